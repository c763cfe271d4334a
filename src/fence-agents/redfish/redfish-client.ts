import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { Login } from "../login.ts";
import { quote } from "../quote.ts";
import { type Endpoint, pathOnDevice } from "./endpoint.ts";
import { callOver, type HttpCall, type HttpReply } from "./https-call.ts";
import { type Fields, fieldsOf, parseJson, readErrorMessage } from "./resources.ts";
import { connectVerified, type Trust } from "./verified-socket.ts";

export interface RedfishOptions {
  readonly endpoint: Endpoint;
  readonly login: Login;
  readonly trust: Trust;
  /** For each request, from connecting to the end of the answer. */
  readonly requestMs: number;
}

export type Got = { readonly ok: true; readonly body: Fields } | { readonly ok: false; readonly why: string };

/** Some devices send `/redfish/v1` on to `/redfish/v1/`. */
const REDIRECTS = 2;

/** Requests to one Redfish service; each is a connection of its own, and none rejects. */
export class RedfishClient {
  private readonly clock: Clock;
  private readonly options: RedfishOptions;

  constructor(clock: Clock, options: RedfishOptions) {
    this.clock = clock;
    this.options = options;
  }

  /** Reads a resource; it follows the device's links, but only on the device. */
  async get(link: string, signal: AbortSignal): Promise<Got> {
    let next = link;
    for (let hop = 0; hop <= REDIRECTS; hop++) {
      const reply = await this.call("GET", next, null, signal);
      if (!reply.ok) return reply;
      if (reply.status < 300 || reply.status > 399) return this.readBody(next, reply);
      next = reply.location ?? "";
    }
    return { ok: false, why: "it sends us round and round" };
  }

  /** Gives a command; the body of the answer does not matter, its status does. */
  async post(
    link: string,
    body: Fields,
    signal: AbortSignal,
  ): Promise<{ ok: true } | { ok: false; why: string }> {
    const reply = await this.call("POST", link, JSON.stringify(body), signal);
    if (!reply.ok) return reply;
    return isGood(reply.status) ? { ok: true } : { ok: false, why: this.explain(link, reply) };
  }

  private async call(
    method: HttpCall["method"],
    link: string,
    body: string | null,
    signal: AbortSignal,
  ): Promise<HttpReply> {
    const { endpoint, trust, login, requestMs } = this.options;
    const path = pathOnDevice(link, endpoint);
    if (path === null)
      return { ok: false, why: `it sends us elsewhere (${this.quoted(link)}); the password stays here` };
    return await withDeadline<HttpReply>(
      this.clock,
      requestMs,
      signal,
      async (inner) => {
        const connected = await connectVerified(endpoint, trust, inner);
        if (!connected.ok) return connected;
        return await callOver(connected.socket, endpoint, login, { method, path, body });
      },
      () => ({
        ok: false,
        why: signal.aborted
          ? "the time was over before it answered"
          : `no answer within ${requestMs / 1_000} s`,
      }),
    );
  }

  private readBody(link: string, reply: HttpReply & { ok: true }): Got {
    if (!isGood(reply.status)) return { ok: false, why: this.explain(link, reply) };
    const body = fieldsOf(parseJson(reply.text));
    return body === null ? { ok: false, why: `${this.quoted(link)} is no JSON object` } : { ok: true, body };
  }

  private explain(link: string, { status, text }: HttpReply & { ok: true }): string {
    const message = this.quoted(readErrorMessage(text));
    const said = message === "" ? `HTTP ${status}` : `HTTP ${status}: ${message}`;
    switch (status) {
      case 401:
        return "wrong user or password (HTTP 401)";
      case 403:
        return `the user may not do this (${said})`;
      case 404:
        return `it has no ${this.quoted(link)} (${said})`;
      case 503:
        return `it is busy (${said})`;
      default:
        return said;
    }
  }

  /** What the device says must not carry the password into a log. */
  private quoted(text: string): string {
    return quote(text, this.options.login.password);
  }
}

function isGood(status: number): boolean {
  return status >= 200 && status <= 299;
}
