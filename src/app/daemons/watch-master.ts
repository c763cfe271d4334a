import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";

export interface MasterWatchPorts {
  readonly clock: Clock;
  /** The master that this host follows, by pool.conf; null when it follows none. */
  masterAddress(): Promise<string | null>;
  /** Is anybody there? Rejects or resolves to false when not; a light question, of which no proof is asked. */
  answers(address: string, signal: AbortSignal): Promise<boolean>;
  /** Asks for an iteration. */
  wake(): void;
}

/** Sixty-three slaves ask a master some thirteen times a second, each for one echo. */
const EVERY_MS = 5_000;
const ANSWER_MS = 2_000;

/**
 * Wakes the monitor of a slave when its master falls silent, until `signal` aborts, so that the retries begin within
 * seconds and not within MONITOR_DELAY. It judges nothing: the iteration asks again, with all its patience. Once for
 * each silence; a silence that lasts is looked after by the iterations.
 */
export async function watchMaster(ports: MasterWatchPorts, signal: AbortSignal): Promise<void> {
  const { clock } = ports;
  let silent: string | null = null;
  while (!signal.aborted) {
    await clock.sleep(EVERY_MS, signal);
    const address = await ports.masterAddress();
    if (signal.aborted) return;
    const heard =
      address === null ||
      (await withDeadline(
        clock,
        ANSWER_MS,
        signal,
        (inner) => ports.answers(address, inner).catch(() => false),
        () => false,
      ));
    if (signal.aborted) return;
    if (!heard && silent !== address) ports.wake();
    silent = heard ? null : address;
  }
}
