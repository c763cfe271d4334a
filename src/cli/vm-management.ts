import type { Settings } from "../config/params.ts";
import { describeRemedy, describeStop } from "../core/intent/stop-words.ts";
import { haFlagOf } from "../core/model/ha-flag.ts";
import type { PoolUuid } from "../core/model/ids.ts";
import type { Stopper } from "../core/model/stop.ts";
import { judgeKept } from "../core/restart/kept-stop.ts";
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
  /** Who stopped it, by what is kept with it; null: it is not halted, or nothing is kept. */
  readonly stopped: StoppedVm | null;
}

/** A halted VM, by its own key: the messages of XAPI, which may say more, are read by the iterations of the master alone. */
export interface StoppedVm {
  readonly who: Stopper;
  /** ISO 8601, UTC; null: not known. */
  readonly at: string | null;
  /** HA leaves it down. */
  readonly staysDown: boolean;
  /** All of that in words, and how to change it. */
  readonly text: string;
}

/** The VM's flag, and what the master makes of it by the same rule. */
export function describeVm(vm: ListedVm, pool: PoolUuid, settings: Settings): VmHa {
  const flag = haFlagOf(vm.otherConfig, settings.XC_FIELD_NAME);
  const ha = flag === "unset" ? null : flag === "on";
  const { managed, why } = settings.OP_MODE === 1 ? byAppliance(vm, settings) : byFlag(ha, settings);
  const { uuid, name, powerState } = vm;
  const caveat = managed ? caveatOf(vm, pool, settings) : null;
  return { uuid, name, ha, powerState, managed, why, caveat, stopped: stoppedVm(vm, settings) };
}

function stoppedVm(vm: ListedVm, settings: Settings): StoppedVm | null {
  if (vm.powerState !== "Halted") return null;
  const { cause, starts } = judgeKept(vm, settings);
  if (cause.kind !== "stopped") return null;
  const { who, atMs } = cause.stop;
  const what = describeStop(cause.stop);
  const text = starts
    ? `${what}; HA starts it`
    : `${what}, and stays down: ${describeRemedy(cause.stop, vm.uuid)}`;
  return { who, at: atMs === null ? null : new Date(atMs).toISOString(), staysDown: !starts, text };
}

/** Managed VMs that HA leaves down, because somebody has stopped them. */
export function leftDown(
  vms: readonly ListedVm[],
  pool: PoolUuid,
  settings: Settings,
): readonly (VmHa & { readonly stopped: StoppedVm })[] {
  return vms
    .map((vm) => describeVm(vm, pool, settings))
    .flatMap((vm) => (vm.managed && vm.stopped?.staysDown ? [{ ...vm, stopped: vm.stopped }] : []));
}

/** The VMs that HA starts as soon as it may: managed, halted, and nothing speaks against a start. */
export function waitingVms(
  vms: readonly ListedVm[],
  pool: PoolUuid,
  settings: Settings,
): readonly ListedVm[] {
  return vms.filter((vm) => {
    const { managed, caveat, stopped } = describeVm(vm, pool, settings);
    return managed && caveat === null && stopped?.staysDown !== true && vm.powerState === "Halted";
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
