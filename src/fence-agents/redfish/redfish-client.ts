import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { Endpoint } from "../address.ts";
import type { Login } from "../login.ts";
import { quote } from "../quote.ts";
import { hostHeaderOf, pathOnDevice } from "./endpoint.ts";
import { readErrorTexts } from "./error-text.ts";
import { type Fault, final, passing } from "./fault.ts";
import { explainRefusal } from "./http-words.ts";
import { basicOf, callOver, type HttpAnswer, type HttpCall, type HttpReply } from "./https-call.ts";
import { connectByOpenssl } from "./openssl-tunnel.ts";
import { type Fields, fieldsOf, parseJson } from "./resources.ts";
import { type Connected, connectVerified, type Trust } from "./verified-socket.ts";

export interface RedfishOptions {
  readonly endpoint: Endpoint;
  readonly login: Login;
  readonly trust: Trust;
  /** Offer the TLS versions and cipher suites of old controllers, too. */
  readonly legacyTls: boolean;
  /** Of programs of Dom0. */
  readonly environment: Readonly<Record<string, string>>;
  /** For each request, from connecting to the end of the answer. */
  readonly requestMs: number;
}

export type Got = { readonly ok: true; readonly body: Fields } | Fault;

const ROOT = "/redfish/v1/";
/** Some devices send `/redfish/v1` on to `/redfish/v1/`. */
const REDIRECTS = 2;
const GUARD_MS = 1_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/** Requests to one Redfish service; each is a connection of its own, and none rejects. */
export class RedfishClient {
  private readonly clock: Clock;
  private readonly options: RedfishOptions;
  /** Its cipher suites are none of ours. */
  private needsOpenssl = false;

  constructor(clock: Clock, options: RedfishOptions) {
    this.clock = clock;
    this.options = options;
  }

  /**
   * Reads the service's root, which is for everybody: without the login, so that a wrong password is one login and not two.
   * A service that wants one all the same gets it.
   */
  async getRoot(signal: AbortSignal): Promise<Got> {
    const { link, reply } = await this.follow(ROOT, null, signal);
    if (!reply.ok) return reply;
    if (reply.status === UNAUTHORIZED || reply.status === FORBIDDEN) return this.get(ROOT, signal);
    return this.readBody(link, reply);
  }

  /** Reads a resource; it follows the device's links, but only on the device. */
  async get(first: string, signal: AbortSignal): Promise<Got> {
    const { link, reply } = await this.follow(first, this.options.login, signal);
    return reply.ok ? this.readBody(link, reply) : reply;
  }

  private async follow(
    first: string,
    login: Login | null,
    signal: AbortSignal,
  ): Promise<{ readonly link: string; readonly reply: HttpReply }> {
    let link = first;
    for (let hop = 0; hop <= REDIRECTS; hop++) {
      const reply = await this.call({ method: "GET", link, body: null, login }, signal);
      if (!reply.ok || reply.status < 300 || reply.status > 399) return { link, reply };
      link = reply.location ?? "";
    }
    return { link, reply: passing("it sends us round and round") };
  }

  /** Gives a command; the body of the answer does not matter, its status does. */
  async post(link: string, body: Fields, signal: AbortSignal): Promise<{ readonly ok: true } | Fault> {
    const { login } = this.options;
    const reply = await this.call({ method: "POST", link, body: JSON.stringify(body), login }, signal);
    if (!reply.ok) return reply;
    return isGood(reply.status) ? { ok: true } : this.explain("POST", link, reply);
  }

  private async call(
    { method, link, body, login }: Omit<HttpCall, "path"> & { link: string; login: Login | null },
    signal: AbortSignal,
  ): Promise<HttpReply> {
    const { endpoint, requestMs } = this.options;
    const path = pathOnDevice(link, endpoint);
    if (path === null) return final(`it sends us elsewhere (${this.quoted(link)}); the password stays here`);
    return await withDeadline<HttpReply>(
      this.clock,
      requestMs,
      signal,
      async (inner) => {
        const connected = await this.connect(inner);
        if (!connected.ok) return connected;
        return await callOver(connected.socket, endpoint, login, { method, path, body });
      },
      () =>
        passing(
          signal.aborted ? "the time was over before it answered" : `no answer within ${requestMs / 1_000} s`,
        ),
    );
  }

  private async connect(signal: AbortSignal): Promise<Connected> {
    const { environment, requestMs, legacyTls } = this.options;
    const own = this.needsOpenssl ? null : await connectVerified(this.options, signal);
    if (own !== null && (own.ok || own.nothingInCommon !== true || !legacyTls)) return own;
    const context = { clock: this.clock, environment, guardMs: requestMs + GUARD_MS };
    const other = await connectByOpenssl(this.options, context, signal);
    this.needsOpenssl = other !== null;
    return other ?? own ?? passing("openssl is gone");
  }

  private readBody(link: string, reply: HttpAnswer): Got {
    if (!isGood(reply.status)) return this.explain("GET", link, reply);
    if (reply.unreadable !== null) return passing(reply.unreadable);
    const body = fieldsOf(parseJson(reply.text));
    return body === null ? passing(`${this.quoted(link)} is no JSON object`) : { ok: true, body };
  }

  private explain(method: HttpCall["method"], link: string, reply: HttpAnswer): Fault {
    const { endpoint, login } = this.options;
    return explainRefusal({
      status: reply.status,
      method,
      link: this.quoted(link),
      texts: readErrorTexts(reply.text).map((text) => this.quoted(text)),
      authenticate: reply.authenticate,
      host: hostHeaderOf(endpoint),
      user: login.user,
    });
  }

  /** What the device says must not carry the password into a log. */
  private quoted(text: string): string {
    const { login } = this.options;
    return quote(text.replaceAll(basicOf(login), "***"), login.password);
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status <= 299;
}
