import type { XapiFault, XapiResult } from "../../core/model/pool-view.ts";
import type { Clock } from "../../ports/clock.ts";
import { neverAborts, OVER, withDeadline } from "../../ports/deadline.ts";
import type { XapiTransport } from "../../ports/xapi-transport.ts";
import { isApiFault, readRef } from "./errors.ts";

/**
 * Without a password: over the socket of this host the caller is root (adapters/xapi/README.md, "Sessions"). A name, so
 * that xapi counts and limits our sessions apart from others'.
 */
const LOGIN_PARAMS = ["root", "", "1.0", "ha-lizard"] as const;
const LOCAL_LOGIN_PARAMS = ["root", ""] as const;
const LOGOUT_MS = 1_000;

/** How a session begins, and whether another one may be begun in its place. */
export interface Login {
  readonly method: string;
  readonly params: readonly unknown[];
  /** XAPI that has forgotten it is another one than before, so what was known of the one before is not known of it. */
  readonly once: boolean;
}

const PASSWORD_LOGIN: Login = {
  method: "session.login_with_password",
  params: LOGIN_PARAMS,
  once: false,
};

export interface SessionOptions {
  readonly transport: XapiTransport;
  /** TCP port 80 of this host; unless given, the same as the socket. */
  readonly tcp?: XapiTransport;
  readonly clock: Clock;
  /** Deadline of one ordinary call, in milliseconds (XE_TIMEOUT). */
  readonly xeTimeoutMs: number;
  /** Unless given, root's of this host. */
  readonly login?: Login;
}

export interface LocalCallOptions {
  /**
   * Over TCP a slave carries out by itself what it would forward from its socket (adapters/xapi/README.md, "Who answers a
   * call").
   */
  readonly overTcp?: boolean;
  /** Deadline for a call that is known to be long. */
  readonly limitMs?: number;
}

export interface Session {
  /**
   * One call in the session of this pass; `params` without the session. Logs in first when needed, and once more when
   * XAPI has forgotten the session (a new master knows none), unless its login says that it is for once. `limitMs`: deadline for calls that are known to be long.
   */
  call(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
    limitMs?: number,
  ): Promise<XapiResult<unknown>>;
  /**
   * One call in a local session of its own, which no master is needed for (adapters/xapi/README.md, T3); it is logged
   * out at once.
   */
  callLocally(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
    options?: LocalCallOptions,
  ): Promise<XapiResult<unknown>>;
  /** Logs out, at most a second, and closes the connections. Calls after that are refused. */
  close(): Promise<void>;
  /** Requests sent so far. */
  calls(): number;
}

const TIMEOUT: { ok: false; fault: XapiFault } = { ok: false, fault: { kind: "timeout" } };
const CLOSED: { ok: false; fault: XapiFault } = {
  ok: false,
  fault: { kind: "unreachable", detail: "the client is closed" },
};

/** Begins without a request; see `Session`. */
export function openSession(options: SessionOptions): Session {
  return new PassSession(options);
}

class PassSession implements Session {
  private readonly options: SessionOptions;
  private readonly closing = new AbortController();
  private login: Promise<XapiResult<string>> | null = null;
  private sent = 0;
  private readonly way: Login;

  constructor(options: SessionOptions) {
    this.options = options;
    this.way = options.login ?? PASSWORD_LOGIN;
  }

  calls(): number {
    return this.sent;
  }

  async call(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
    limitMs: number = this.options.xeTimeoutMs,
  ): Promise<XapiResult<unknown>> {
    const first = await this.attempt(method, params, signal, limitMs);
    if (first.ok || this.way.once || !isApiFault(first.fault, "SESSION_INVALID")) return first;
    return this.attempt(method, params, signal, limitMs);
  }

  private async attempt(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
    limitMs: number,
  ): Promise<XapiResult<unknown>> {
    if (this.closing.signal.aborted) return CLOSED;
    const loggingIn = this.logIn();
    const session = await untilAbort(loggingIn, signal);
    if (!session.ok) return session;
    const answer = await this.send(method, [session.value, ...params], signal, limitMs);
    const isDead = !answer.ok && isApiFault(answer.fault, "SESSION_INVALID");
    // Only the first of several callers throws the dead session away; the others find the new one.
    if (isDead && !this.way.once && this.login === loggingIn) this.login = null;
    return answer;
  }

  /** Shared by all callers, so it ends with the client and its own deadline, not with the first caller's signal. */
  private logIn(): Promise<XapiResult<string>> {
    if (this.login !== null) return this.login;
    const { xeTimeoutMs } = this.options;
    const { method, params } = this.way;
    const running = this.send(method, params, this.closing.signal, xeTimeoutMs)
      .then(readRef)
      .then((answer) => {
        if (!answer.ok && this.login === running) this.login = null;
        return answer;
      });
    this.login = running;
    return running;
  }

  async callLocally(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
    { overTcp = false, limitMs = this.options.xeTimeoutMs }: LocalCallOptions = {},
  ): Promise<XapiResult<unknown>> {
    if (this.closing.signal.aborted) return CLOSED;
    const { xeTimeoutMs, transport, tcp = transport } = this.options;
    const login = "session.slave_local_login_with_password";
    const session = readRef(await this.send(login, LOCAL_LOGIN_PARAMS, signal, xeTimeoutMs));
    if (!session.ok) return session;
    const way = overTcp ? tcp : transport;
    const answer = await this.send(method, [session.value, ...params], signal, limitMs, way);
    // A local session never expires (adapters/xapi/README.md, "Sessions"), so it is ended also when the caller has no
    // time left.
    await this.send("session.local_logout", [session.value], neverAborts(), LOGOUT_MS);
    return answer;
  }

  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    const last = this.login;
    this.closing.abort(OVER);
    const session = last === null ? CLOSED : await last;
    if (session.ok) await this.send("session.logout", [session.value], neverAborts(), LOGOUT_MS);
    await Promise.all([this.options.transport.close(), this.options.tcp?.close()]);
  }

  private send(
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
    limitMs: number,
    way: XapiTransport = this.options.transport,
  ): Promise<XapiResult<unknown>> {
    if (signal.aborted) return Promise.resolve(TIMEOUT);
    const { clock } = this.options;
    this.sent += 1;
    return withDeadline<XapiResult<unknown>>(
      clock,
      limitMs,
      signal,
      (inner) => way.call(method, params, inner),
      () => TIMEOUT,
    );
  }
}

/** The result of shared work, or `timeout` as soon as this caller's signal aborts. */
function untilAbort<T>(work: Promise<XapiResult<T>>, signal: AbortSignal): Promise<XapiResult<T>> {
  if (signal.aborted) return Promise.resolve(TIMEOUT);
  return new Promise((resolve) => {
    const stop = () => resolve(TIMEOUT);
    signal.addEventListener("abort", stop, { once: true });
    void work.then((answer) => {
      signal.removeEventListener("abort", stop);
      resolve(answer);
    });
  });
}
