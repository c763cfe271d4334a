import type { Clock } from "../../ports/clock.ts";
import type { StateStore } from "../../ports/state-store.ts";
import type { WatchdogSlots } from "../../ports/watchdog-slots.ts";

export interface EndLeasePorts {
  readonly clock: Clock;
  readonly store: Pick<StateStore, "save">;
  readonly slots: Pick<WatchdogSlots, "armed">;
}

/** A change of the roll takes seconds. */
const WAIT_MS = 20_000;
const LOOK_MS = 250;

/**
 * Asks the monitor of this host to end the lease, before the service is stopped: without a monitor the host would be reset. `none`: nothing
 * is armed. `ended`: nothing is any more. `refused`: a majority has not noted it in time, and the lease goes on.
 */
export async function endLease(
  { clock, store, slots }: EndLeasePorts,
  signal: AbortSignal,
): Promise<"none" | "ended" | "refused"> {
  if (await isDisarmed(slots, signal)) return "none";
  const startedMs = clock.uptimeMs();
  await store.save("lease-end", { atMs: startedMs });
  while (!signal.aborted && clock.uptimeMs() - startedMs < WAIT_MS) {
    await clock.sleep(LOOK_MS, signal);
    if (await isDisarmed(slots, signal)) return "ended";
  }
  await store.save("lease-end", { atMs: null });
  return "refused";
}

/** What cannot be told may be armed. */
async function isDisarmed(slots: EndLeasePorts["slots"], signal: AbortSignal): Promise<boolean> {
  const armed = await slots.armed(signal);
  return armed !== "unknown" && armed.length === 0;
}
