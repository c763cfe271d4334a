import { aliveNow } from "../members/decision.ts";
import type { LastGoodView, Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView, PoolView } from "../model/pool-view.ts";
import { beginPromotion, type PromotionState } from "./promotion.ts";

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
  const alive = aliveNow(view, memory.health);
  const awaited = lastGood.hosts
    .map((host) => host.uuid)
    .filter((uuid) => uuid !== view.self.uuid && uuid !== oldMaster)
    .filter((uuid) => lastGood.members.includes(uuid) || alive.includes(uuid));
  const inMaintenance = awaited.filter((uuid) => !lastGood.members.includes(uuid));
  const startTimes = Object.fromEntries(lastGood.hosts.map((host) => [host.uuid, host.agentStartTime]));
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
