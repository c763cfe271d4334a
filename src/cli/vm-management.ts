import type { Settings } from "../config/params.ts";
import { haFlagOf } from "../core/model/ha-flag.ts";
import type { PoolUuid } from "../core/model/ids.ts";
import { judgeVm } from "../core/restart/restart-plan.ts";
import type { ListedVm } from "../ports/pool-database.ts";

/** A VM as `get-vm-ha` shows it. */
export interface VmHa {
  readonly uuid: string;
  readonly name: string;
  /** Its own HA flag; null: neither true nor false. */
  readonly ha: boolean | null;
  readonly powerState: ListedVm["powerState"];
  readonly managed: boolean;
  /** Why it is managed, or why not. */
  readonly why: string;
  /** Why it would not be started although it is managed; null when nothing speaks against it. */
  readonly caveat: string | null;
}

/** The VM's flag, and what the master makes of it by the same rule. */
export function describeVm(vm: ListedVm, pool: PoolUuid, settings: Settings): VmHa {
  const flag = haFlagOf(vm.otherConfig, settings.XC_FIELD_NAME);
  const ha = flag === "unset" ? null : flag === "on";
  const { managed, why } = settings.OP_MODE === 1 ? byAppliance(vm, settings) : byFlag(ha, settings);
  const { uuid, name, powerState } = vm;
  const caveat = managed ? caveatOf(vm, pool, settings) : null;
  return { uuid, name, ha, powerState, managed, why, caveat };
}

/** The VMs that HA starts as soon as it may: managed, halted, and nothing speaks against a start. */
export function waitingVms(
  vms: readonly ListedVm[],
  pool: PoolUuid,
  settings: Settings,
): readonly ListedVm[] {
  return vms.filter((vm) => {
    const { managed, caveat } = describeVm(vm, pool, settings);
    return managed && caveat === null && vm.powerState === "Halted";
  });
}

type Verdict = Pick<VmHa, "managed" | "why">;

function byFlag(ha: boolean | null, { GLOBAL_VM_HA }: Settings): Verdict {
  if (GLOBAL_VM_HA) return { managed: true, why: "GLOBAL_VM_HA=1 manages every VM" };
  if (ha === true) return { managed: true, why: "its HA flag is true" };
  return { managed: false, why: `its HA flag is ${ha === false ? "false" : "not set"}` };
}

function byAppliance({ appliance, applianceName }: ListedVm, { DISABLED_VAPPS }: Settings): Verdict {
  if (appliance === null) return { managed: false, why: "it belongs to no appliance" };
  const off = DISABLED_VAPPS.includes(appliance);
  return { managed: !off, why: `its appliance ${applianceName} is ${off ? "in DISABLED_VAPPS" : "managed"}` };
}

/** Power state and operations change by the minute; this is what does not. */
function caveatOf(vm: ListedVm, pool: PoolUuid, settings: Settings): string | null {
  switch (judgeVm(vm, pool, { ...settings, GLOBAL_VM_HA: true })) {
    case "never-ran-here":
      return "it is not started before it has run in this pool once";
    case "home-is-another-pool":
      return "it is not started, its home is another pool";
    case "start-blocked":
      return "it is not started, its owner has blocked that";
    default:
      return null;
  }
}
