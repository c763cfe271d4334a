import type { XapiResult } from "../core/model/pool-view.ts";

/**
 * One way to a xapi: the unix socket of this host, or a simulated one. It knows requests and answers, not what
 * they mean.
 */
export interface XapiTransport {
  /**
   * One JSON-RPC request; `params` without interpretation, the session included. The value is the `result` as it
   * came. Never rejects. An abort by `signal` is a `timeout` fault.
   */
  call(method: string, params: readonly unknown[], signal: AbortSignal): Promise<XapiResult<unknown>>;
  /** Closes idle connections. Never rejects. */
  close(): Promise<void>;
}
