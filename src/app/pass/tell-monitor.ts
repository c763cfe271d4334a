import { offHosts } from "../../core/fencing/off-hosts.ts";
import type { Memory } from "../../core/memory/memory.ts";
import { type Action, actionKey, type Outcome } from "../../core/model/action.ts";
import type { StateStore } from "../../ports/state-store.ts";

/** What of a pass concerns the monitor. */
interface Telling {
  readonly ports: { readonly store: Pick<StateStore, "save"> };
  readonly memory: Memory;
  readonly inFlight: ReadonlyMap<string, unknown>;
  readonly ended: readonly Outcome[];
  toldMonitor: string | null;
}

/**
 * Tells the monitor whom this host knows to be off, because its group counts without them; and whether a fence is under way or
 * about to begin, because the lead is not handed over meanwhile. Where that cannot be written, it is tried again.
 */
export async function tellMonitor(pass: Telling, next: readonly Action[]): Promise<void> {
  // What has ended counts until the memory knows how.
  const ended = pass.ended.map(({ action }) => action);
  const keys = [...pass.inFlight.keys(), ...[...ended, ...next].map(actionKey)];
  const told = { off: offHosts(pass.memory), isFencing: keys.some((key) => key.startsWith("fence-host:")) };
  const text = JSON.stringify(told);
  if (text === pass.toldMonitor) return;
  const isTold = await pass.ports.store.save("off-hosts", told).then(
    () => true,
    () => false,
  );
  pass.toldMonitor = isTold ? text : null;
}
