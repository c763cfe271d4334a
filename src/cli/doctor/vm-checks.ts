import type { ListedVm } from "../../ports/pool-database.ts";
import { type Check, type Examination, type Finding, findingsOf } from "./check.ts";
import { managedVms, vmNames } from "./managed-vms.ts";

/** The VMs themselves: which HA looks after, and what in their own settings stands against it. */
export const vmCheck: Check = {
  name: "vms",
  limitMs: () => 1_000,
  async run(examination) {
    const managed = managedVms(examination);
    return [
      ...noneManaged(managed, examination),
      ...startedAtBoot(managed, examination),
      ...notStarted(managed),
      ...passedThrough(managed),
    ];
  },
};

/** A command is given as it is typed; where it is one for each of several VMs, their uuids are in `ha-cfg get-vm-ha`. */
function uuidOf(vms: readonly ListedVm[]): string {
  const [only] = vms;
  return only !== undefined && vms.length === 1 ? only.uuid : "UUID";
}

function noneManaged(managed: readonly ListedVm[], { sight, settings }: Examination): readonly Finding[] {
  if (managed.length > 0 || sight.vms === null || sight.vms.length === 0) return [];
  const byAppliance = settings.OP_MODE === 1;
  return [
    findingsOf("managed-vms").warn(
      byAppliance
        ? "HA looks after no VM: with OP_MODE=1 only those in a vApp are started again, and none is in one that is managed"
        : "HA looks after no VM: with GLOBAL_VM_HA=0 only those whose own flag is true are started again, and none has it",
      byAppliance ? "ha-cfg set OP_MODE 2" : "ha-cfg set-vm-ha VM true, or ha-cfg set GLOBAL_VM_HA 1",
    ),
  ];
}

/** A host that boots starts such VMs of the whole pool by `xe`, wherever they may run: HA, which knows where, is not asked. */
function startedAtBoot(managed: readonly ListedVm[], { sight }: Examination): readonly Finding[] {
  const { warn, bad } = findingsOf("auto-poweron");
  const wanted = managed.filter(({ otherConfig }) => otherConfig["auto_poweron"] === "true");
  if (wanted.length === 0 || !sight.database.ok) return [];
  const cure = `xe vm-param-remove uuid=${uuidOf(wanted)} param-name=other-config param-key=auto_poweron`;
  const about = `auto_poweron is set for ${vmNames(wanted.map(({ name }) => name))}, which HA starts`;
  return sight.database.value.pool.otherConfig["auto_poweron"] === "true"
    ? [
        bad(
          `${about}: a host that boots while it is cut off starts it a second time, and two copies destroy a disk`,
          cure,
        ),
      ]
    : [
        warn(
          `${about}: as soon as the pool has auto_poweron as well, a host that boots starts it, too`,
          cure,
        ),
      ];
}

/** A halted one may be meant to stay down; one that runs is expected to run again. */
function notStarted(managed: readonly ListedVm[]): readonly Finding[] {
  const blocked = managed.filter(({ powerState, startBlocked }) => powerState === "Running" && startBlocked);
  if (blocked.length === 0) return [];
  return [
    findingsOf("vm-starts").warn(
      `${vmNames(blocked.map(({ name }) => name))} would not be started again when its host dies: somebody has blocked its start`,
      `xe vm-param-remove uuid=${uuidOf(blocked)} param-name=blocked-operations param-key=start, and the same with start_on`,
    ),
  ];
}

function passedThrough(managed: readonly ListedVm[]): readonly Finding[] {
  const tied = managed.filter(({ otherConfig }) => (otherConfig["pci"] ?? "") !== "");
  if (tied.length === 0) return [];
  const text = `${vmNames(tied.map(({ name }) => name))} uses a PCI device of its host: it cannot be started elsewhere`;
  return [
    findingsOf("pci-devices").warn(
      text,
      `xe vm-param-remove uuid=${uuidOf(tied)} param-name=other-config param-key=pci, or do without HA for it`,
    ),
  ];
}
