/** Something happened that should not wait for MONITOR_DELAY (core/README.md, "What wakes the monitor"). */
export interface WakeSource {
  /** Resolves at the next wake-up, at once when one came since the last call, or when `signal` aborts. Never rejects. */
  next(signal: AbortSignal): Promise<void>;
}
