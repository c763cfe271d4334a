import { hasMandate, isLeftOut } from "../group/may-act.ts";
import { lastFlag } from "../members/flag-dispute.ts";
import { hostRows, rowOf } from "../members/host-rows.ts";
import type { LastGoodView } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import { nothing, type Round, type Step } from "../memory/step.ts";
import type { PoolView } from "../model/pool-view.ts";
import { namedByGroup } from "./mastership.ts";
import { masterOf, saysItIsNone } from "./other-master.ts";
import { promoteSelf } from "./plan-promotion.ts";

/** A master that has just been told to serve needs less than this until it says so. */
const SETTLE_MS = 60_000;

/**
 * Since when no host of the pool is master. Two masters that find each other while they start each become the other's
 * slave, and nothing in xapi ends that (adapters/xapi/README.md, "An old master returns"): every host waits for a master that is none. It is known only when
 * all hosts have said that they are no master; one that does not answer may be it, unless the group has left it out.
 */
export function stepMasterless(memory: Memory, lastGood: LastGoodView | null, view: PoolView): number | null {
  if (lastGood === null || view.database.ok || view.self.role.kind !== "slave") return null;
  const others = lastGood.hosts.filter((host) => host.uuid !== view.self.uuid);
  // Whom the group has named is the master, as soon as the one that it follows has said that it is none.
  const isNamed = hasMandate(view) && namedByGroup(view) === view.self.uuid;
  const followed = masterOf(view.self.role, lastGood);
  const allSaidNo = others.every((host) => {
    const probe = view.probes.get(host.uuid);
    const isNeeded = host.uuid === followed || !(isNamed || isLeftOut(host.uuid, view));
    if (probe?.xapi !== "answered" && !isNeeded) return true;
    return probe?.xapi === "answered" && saysItIsNone(probe);
  });
  return others.length > 0 && allSaidNo ? (memory.masterlessSinceMs ?? view.nowMs) : null;
}

/** The pool has no master, and all hosts have said so: the leader becomes it. Nobody is fenced, and nobody left out. */
export function endMasterless(memory: Memory, round: Round): Step {
  const { lastGood, masterlessSinceMs } = memory;
  const { view, settings } = round;
  if (lastGood === null || masterlessSinceMs === null) return nothing(memory);
  if (lastFlag(lastGood, view) !== "on" || !settings.PROMOTE_SLAVE) return nothing(memory);
  const { uuid } = view.self;
  // A xapi that has just become a slave is disabled for a moment; of a member maintenance is not believed (core/members/membership.ts).
  const isMember = lastGood.members.includes(uuid);
  if (!isMember && rowOf(hostRows(memory, view), uuid).isInMaintenance) return nothing(memory);
  if (view.nowMs - masterlessSinceMs < SETTLE_MS) return nothing(memory);
  return promoteSelf(memory, null, lastGood, round);
}
