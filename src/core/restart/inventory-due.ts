import type { Memory } from "../memory/memory.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import type { RestartSettings } from "../model/settings.ts";
import { judgeVm } from "./restart-plan.ts";

/** Has this master to know what VMs need and hosts have? Only where it starts VMs itself, and has one to start. */
export function isInventoryDue(
  { lastGood }: Pick<Memory, "lastGood">,
  { pool, halted }: DatabaseView,
  settings: RestartSettings,
): boolean {
  if (settings.OP_MODE !== 2 || lastGood?.haFlag !== "on") return false;
  return halted.some((vm) => judgeVm(vm, pool.uuid, settings) === null);
}
