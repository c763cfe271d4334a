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

/** A way to a master that has proved to be of this pool, and what it is told in return. */
export interface MasterWay {
  readonly transport: XapiTransport;
  /** The pool secret. */
  readonly secret: string;
}

/** To the master at this address. Nothing is sent before the first call. The fault says why there is no way. Never rejects. */
export type OpenMasterWay = (address: string) => Promise<XapiResult<MasterWay>>;
