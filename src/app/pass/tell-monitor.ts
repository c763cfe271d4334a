import { offHosts } from "../../core/fencing/off-hosts.ts";
import { type Action, actionKey } from "../../core/model/action.ts";
import type { Pass } from "./pass.ts";

/**
 * Tells the monitor whom this host knows to be off, because its group counts without them; and whether a fence is under way or
 * about to begin, because the lead is not handed over meanwhile. Where that cannot be written, it is tried again.
 */
export async function tellMonitor(pass: Pass, next: readonly Action[]): Promise<void> {
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
