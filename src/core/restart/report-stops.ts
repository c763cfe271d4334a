import type { StopVerdict } from "../intent/judge-stop.ts";
import { describeRemedy, describeStop } from "../intent/stop-words.ts";
import type { MasterRound } from "../memory/step.ts";
import type { VmUuid } from "../model/ids.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { isLeftDown } from "./stops.ts";

/** Which VMs are left down because somebody stopped them, and which of those that are started now (`starting`) have signs that say nothing. */
export function reportStops(
  verdicts: ReadonlyMap<VmUuid, StopVerdict>,
  { database, inFlight }: MasterRound,
  starting: ReadonlySet<VmUuid>,
): readonly Reason[] {
  return database.halted.flatMap(({ uuid, name: vm, busy }): readonly Reason[] => {
    const verdict = verdicts.get(uuid);
    // A start changes the signs before the VM runs.
    if (verdict === undefined || busy || inFlight.has(`start-vm:${uuid}`)) return [];
    const { cause, starts } = verdict;
    if (cause.kind === "doubt" && starting.has(uuid))
      return [{ kind: "vm-stop-doubted", vm, uuid, why: cause.why }];
    if (cause.kind !== "stopped" || starts) return [];
    const { stop } = cause;
    return [{ kind: "vm-left-down", vm, uuid, who: describeStop(stop), remedy: describeRemedy(stop, uuid) }];
  });
}

/**
 * Why an appliance is not started of which a VM was stopped on purpose and another one was not: XAPI starts an appliance as a whole. null:
 * all that are down were stopped, or it is no appliance.
 */
export function whyApplianceIsLeft(
  key: string,
  verdicts: ReadonlyMap<VmUuid, StopVerdict>,
  { appliances, halted }: DatabaseView,
): string | null {
  const down = appliances?.find(({ uuid }) => uuid === key)?.haltedVms ?? [];
  const isLeft = (vm: VmUuid) => isLeftDown(verdicts.get(vm));
  const left = down.find(isLeft);
  const cause = left === undefined ? undefined : verdicts.get(left)?.cause;
  if (cause?.kind !== "stopped" || down.every(isLeft)) return null;
  const name = halted.find(({ uuid }) => uuid === left)?.name ?? left;
  return `${name} of it was ${describeStop(cause.stop)}, and XAPI starts an appliance as a whole; start ${name} or the others by hand`;
}
