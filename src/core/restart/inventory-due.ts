import type { Memory } from "../memory/memory.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import type { RestartSettings } from "../model/settings.ts";
import { judgeVm } from "./restart-plan.ts";
import { isStandingDue } from "./standing.ts";

/**
 * Why has this master to know what VMs need and hosts have? null: it has not. Only where it starts VMs itself: for a start, or, when there is
 * none and it is time, to look how the pool would stand the failure of a host.
 */
export function whyInventoryDue(
  memory: Pick<Memory, "lastGood"> & Parameters<typeof isStandingDue>[0],
  { pool, halted }: DatabaseView,
  settings: RestartSettings,
  nowMs: number,
): "for-a-start" | "for-the-standing" | null {
  if (settings.OP_MODE !== 2 || memory.lastGood?.haFlag !== "on") return null;
  if (halted.some((vm) => judgeVm(vm, pool.uuid, settings) === null)) return "for-a-start";
  return isStandingDue(memory, nowMs) ? "for-the-standing" : null;
}
