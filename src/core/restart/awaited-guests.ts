import type { Memory } from "../memory/memory.ts";
import { type VmUuid, vmUuid } from "../model/ids.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import type { RestartSettings } from "../model/settings.ts";
import { judgeVm } from "./restart-plan.ts";

/**
 * The VMs for whose guests a start may have to wait: started by this program, within START_WAITS_LIMIT, and running. None where nothing waits
 * to be started. One that is down again holds up nobody by its guest.
 */
export function awaitedGuests(
  { restarts }: Pick<Memory, "restarts">,
  { hosts, halted, pool }: Pick<DatabaseView, "hosts" | "halted" | "pool">,
  settings: RestartSettings,
  nowMs: number,
): readonly VmUuid[] {
  if (settings.START_WAITS_FOR === "nothing" || settings.OP_MODE !== 2) return [];
  if (!halted.some((vm) => judgeVm(vm, pool.uuid, settings) === null)) return [];
  const running = new Set<string>(hosts.flatMap(({ residents }) => residents.map(({ uuid }) => uuid)));
  return Object.entries(restarts)
    .filter(([uuid, { startedAtMs }]) => {
      const last = startedAtMs.at(-1);
      return last !== undefined && nowMs < last + settings.START_WAITS_LIMIT * 1_000 && running.has(uuid);
    })
    .map(([uuid]) => vmUuid(uuid));
}
