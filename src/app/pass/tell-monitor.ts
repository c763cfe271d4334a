import type { Settings } from "../../config/params.ts";
import { offHosts } from "../../core/fencing/off-hosts.ts";
import type { AgreedHost } from "../../core/group/own-state.ts";
import type { Memory } from "../../core/memory/memory.ts";
import { type Action, actionKey, type Outcome } from "../../core/model/action.ts";
import { type HostUuid, hostUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { fenceLimitMs } from "./fence.ts";
import { disarmWords } from "./group-report.ts";

/** What surrounds a fence: the last probe, and saving what is remembered. */
const AROUND_MS = 15_000;

/** Hosts whose xapi is held and may start. */
function agreedHosts({ agreed }: Memory): readonly AgreedHost[] {
  return Object.entries(agreed).flatMap(([host, said]) =>
    said === null ? [] : [{ host: hostUuid(host), ...said }],
  );
}

/** What of a pass concerns the monitor. */
interface Telling {
  readonly ports: { readonly store: Pick<StateStore, "save">; readonly clock: Pick<Clock, "uptimeMs"> };
  readonly config: { readonly settings: Settings };
  readonly memory: Memory;
  readonly self: { readonly uuid: HostUuid };
  readonly inFlight: ReadonlyMap<string, unknown>;
  readonly ended: readonly Outcome[];
  toldMonitor: string | null;
}

/**
 * Tells the monitor whom this host knows to be off, because its group counts without them; and whether a fence is under way or
 * about to begin, because the lead is not handed over meanwhile: until when at most, for an iteration may end before it tells the end;
 * whose held xapi may start; and what administrators say about a rest of HA, which ends a fence that is under way.
 * Where that cannot be written, it is tried again.
 */
export async function tellMonitor(pass: Telling, next: readonly Action[]): Promise<void> {
  // What has ended counts until the memory knows how.
  const ended = pass.ended.map(({ action }) => action);
  const keys = [...pass.inFlight.keys(), ...[...ended, ...next].map(actionKey)];
  const off = offHosts(pass.memory);
  const fences = [...new Set(keys)].filter((key) => key.startsWith("fence-host:"));
  const agreed = agreedHosts(pass.memory);
  // Of another fence the end is another one.
  const disarm = disarmWords(pass.self.uuid, pass.memory.lastGood);
  const text = JSON.stringify({ off, fences, agreed, disarm });
  if (text === pass.toldMonitor) return;
  const untilMs = pass.ports.clock.uptimeMs() + fenceLimitMs(pass.config.settings) + AROUND_MS;
  const told = { off, fencingUntilMs: fences.length > 0 ? untilMs : null, agreed, disarm };
  const isTold = await pass.ports.store.save("off-hosts", told).then(
    () => true,
    () => false,
  );
  pass.toldMonitor = isTold ? text : null;
}
