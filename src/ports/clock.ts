/** Time. The only source of "now" and of waiting; a virtual one drives the simulator. */
export interface Clock {
  /** Milliseconds since the epoch. For people only: it may step, so nothing is decided by it. */
  wallMs(): number;
  /** Milliseconds since this host booted (CLOCK_BOOTTIME), the same for every process of the host. */
  uptimeMs(): number;
  /** Resolves after `ms`, or early when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
