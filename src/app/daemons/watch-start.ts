import type { Clock } from "../../ports/clock.ts";

export interface StartWatchPorts {
  readonly clock: Clock;
  /** Does `/var/run/xapi_init_complete.cookie` stand? It is gone while xapi starts, for seconds. */
  isComplete(): boolean;
  /** Asks for an iteration. */
  wake(): void;
}

/** A start takes 9 s and more (adapters/xapi/README.md, "Times"), so it is not missed. */
const WHOLE_MS = 3_000;
/** While it lasts, its end is wanted soon; a look at one file name costs microseconds. */
const STARTING_MS = 250;

/**
 * Wakes the monitor when the xapi of this host has finished a start, until `signal` aborts: a take-over is over only then
 * (core/takeover/put-together.ts), and a slave can read its database again. Neither should wait for MONITOR_DELAY.
 */
export async function watchStart(
  { clock, isComplete, wake }: StartWatchPorts,
  signal: AbortSignal,
): Promise<void> {
  let before = isComplete();
  while (!signal.aborted) {
    await clock.sleep(before ? WHOLE_MS : STARTING_MS, signal);
    const now = isComplete();
    if (now && !before && !signal.aborted) wake();
    before = now;
  }
}
