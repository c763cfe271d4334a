import { hostRows, rowOf } from "../members/host-rows.ts";
import type { LastGoodView } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import { nothing, type Round, type Step } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import { promoteSelf } from "./plan-promotion.ts";

/** A master that has just been told to serve needs less than this until it says so. */
const SETTLE_S = 60;
const LEAST_TURN_S = 30;

/**
 * Since when no host of the pool is master. Two masters that find each other while they start each become the other's
 * slave, and nothing in xapi ends that (adapters/xapi/README.md, "An old master returns"): every host waits for a master that is none. It is known only when
 * all hosts have said that they are no master; one that does not answer may be it.
 */
export function stepMasterless(memory: Memory, lastGood: LastGoodView | null, view: PoolView): number | null {
  if (lastGood === null || view.database.ok || view.self.role.kind !== "slave") return null;
  const others = lastGood.hosts.filter((host) => host.uuid !== view.self.uuid);
  const allSaidNo = others.every((host) => {
    const probe = view.probes.get(host.uuid);
    return probe?.xapi === "answered" && (probe.follows.kind === "slave-of" || probe.follows.kind === "lost");
  });
  return others.length > 0 && allSaidNo ? (memory.masterlessSinceMs ?? view.nowMs) : null;
}

/**
 * Is it this host's turn to end that? In the order of uuids, which is the same for all, and far enough apart for the one
 * before to be seen as master.
 */
export function isTurnToEnd(
  sinceMs: number,
  members: readonly HostUuid[],
  view: PoolView,
  settings: { readonly XAPI_COUNT: number; readonly XAPI_DELAY: number },
): boolean {
  const place = [...members].sort().indexOf(view.self.uuid);
  if (place < 0) return false;
  const turnS = Math.max(LEAST_TURN_S, settings.XAPI_COUNT * settings.XAPI_DELAY);
  return view.nowMs - sinceMs >= (SETTLE_S + place * turnS) * 1_000;
}

/** The pool has no master, and all hosts have said so: one of them becomes it. Nobody is fenced, and nobody left out. */
export function endMasterless(memory: Memory, round: Round): Step {
  const { lastGood, masterlessSinceMs } = memory;
  const { view, settings } = round;
  if (lastGood === null || masterlessSinceMs === null) return nothing(memory);
  if (lastGood.haFlag !== "on" || !settings.PROMOTE_SLAVE) return nothing(memory);
  if (rowOf(hostRows(memory, view), view.self.uuid).isInMaintenance) return nothing(memory);
  if (!isTurnToEnd(masterlessSinceMs, lastGood.members, view, settings)) return nothing(memory);
  return promoteSelf(memory, null, lastGood, round);
}
