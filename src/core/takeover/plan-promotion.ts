import { hostName, hostRows, rowOf } from "../members/host-rows.ts";
import { heardHosts } from "../members/vote.ts";
import type { LastGoodView } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import type { PromotionState } from "../memory/promotion.ts";
import { nothing, type Round, type Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView, PoolView } from "../model/pool-view.ts";
import { mayBegin } from "../pace/back-off.ts";
import { beginPromotion } from "./promotion.ts";

/**
 * The take-over from a master, as it is remembered before it begins. Every member is awaited, also one that does not
 * answer now: a VM that the new master's database calls halted may run there until it is back or fenced. Hosts in
 * maintenance may run VMs too; of those only the ones that live are awaited.
 */
export function planPromotion(
  memory: Memory,
  lastGood: LastGoodView,
  oldMaster: HostUuid | null,
  view: PoolView,
): PromotionState {
  const alive = heardHosts(view, memory);
  const awaited = lastGood.hosts
    .map((host) => host.uuid)
    .filter((uuid) => uuid !== view.self.uuid && uuid !== oldMaster)
    .filter((uuid) => lastGood.members.includes(uuid) || alive.includes(uuid));
  // Who was put in maintenance a moment ago is a member still, and comes back disabled.
  const rows = hostRows(memory, view);
  const inMaintenance = awaited.filter(
    (uuid) => !lastGood.members.includes(uuid) || rowOf(rows, uuid).isInMaintenance,
  );
  const startTimes = Object.fromEntries(lastGood.hosts.map((host) => [host.uuid, host.xapiStartTime]));
  return beginPromotion({ oldMaster, nowMs: view.nowMs, awaited, inMaintenance, startTimes });
}

/**
 * This host is master, and the last it knew was another one: an administrator has promoted it, or its memory of the
 * take-over is gone. Its database may be as old as after any other take-over, so it is treated as one.
 */
export function adoptPromotion(memory: Memory, database: DatabaseView, view: PoolView): Memory {
  const { lastGood } = memory;
  if (lastGood === null || lastGood.pool !== database.pool.uuid || lastGood.master === view.self.uuid)
    return memory;
  if (memory.promotion !== null) return memory;
  return { ...memory, promotion: planPromotion(memory, lastGood, lastGood.master, view) };
}

/**
 * The old master is fenced, or the administrator has chosen to do without: the take-over is remembered, then begun.
 * `oldMaster` null: the pool has none, and all hosts have said so.
 */
export function promoteSelf(
  memory: Memory,
  oldMaster: HostUuid | null,
  lastGood: LastGoodView,
  round: Round,
): Step {
  const isProved = oldMaster !== null && memory.incidents[oldMaster]?.proved === true;
  const action: Action = { kind: "promote-self", rests: isProved ? [oldMaster] : [] };
  if (!mayBegin(action, round) || !round.isDiskWritable) return nothing(memory);
  // One that is remembered from another master came to nothing: this is a new take-over, with other members to await.
  const open = memory.promotion?.oldMaster === oldMaster ? memory.promotion : null;
  const promotion = open ?? planPromotion(memory, lastGood, oldMaster, round.view);
  return {
    memory: { ...memory, promotion, sawPoolSinceBoot: true },
    actions: [action],
    reasons: [{ kind: "promoting", oldMaster: oldMaster === null ? null : hostName(memory, oldMaster) }],
  };
}
