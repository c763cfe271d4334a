/** Something happened that should not wait for MONITOR_DELAY (behaviour.md §9). */
export interface WakeSource {
  /** Resolves at the next wake-up, at once when one came since the last call, or when `signal` aborts. Never rejects. */
  next(signal: AbortSignal): Promise<void>;
}
