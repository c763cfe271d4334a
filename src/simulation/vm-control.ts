import { addVm } from "./build.ts";
import { masterDatabases } from "./control.ts";
import { type Database, type Fields, NULL_REF } from "./database.ts";
import { destroyDomain, hostsRunning } from "./domains.ts";
import type { SimHost, SimVm, World } from "./world.ts";
import { disksOf, releaseLocks, setLock } from "./xapi/locks.ts";

/** What people and other programs do to single VMs: the verbs `vm` of scenarios and of the random ring. */

/** Suspended: its memory is on disk, no domain runs. */
export function suspendVm(world: World, vm: SimVm): void {
  const [on] = hostsRunning(world, vm.uuid);
  world.record("vm-changed", { vm: vm.name });
  for (const database of masterDatabases(world)) {
    database.update("VM", vm.ref, { power_state: "Suspended", resident_on: NULL_REF, domid: -1 });
    for (const [ref, host] of database.entries("host")) {
      const residents = host["resident_VMs"] as readonly string[];
      if (!residents.includes(vm.ref)) continue;
      database.update("host", ref, { resident_VMs: residents.filter((resident) => resident !== vm.ref) });
      releaseLocks(database, ref, (uuid) => uuid === vm.uuid);
    }
  }
  if (on !== undefined) destroyDomain(world, world.host(on), vm.uuid, "suspend");
}

/** Paused or not: the domain stays, and with it the disk's writer. */
export function pauseVm(world: World, vm: SimVm, paused: boolean): void {
  change(world, vm, (record) => {
    const lives = record["power_state"] === "Running" || record["power_state"] === "Paused";
    return lives ? { power_state: paused ? "Paused" : "Running" } : {};
  });
}

/** An operation of somebody else is in progress, or is over. What XAPI itself is at, a start that hangs, is not touched. */
export function setVmBusy(world: World, vm: SimVm, busy: boolean): void {
  change(world, vm, (record) => {
    const { [SOMEBODY]: _, ...others } = record["current_operations"] as Fields;
    return { current_operations: busy ? { ...others, [SOMEBODY]: "clone" } : others };
  });
}

const SOMEBODY = "OpaqueRef:somebody";

export function setVmBlocked(world: World, vm: SimVm, blocked: boolean): void {
  change(world, vm, () => ({ blocked_operations: blocked ? { start: "blocked", start_on: "blocked" } : {} }));
}

/** The VM's own HA flag; null takes it away. */
export function setVmFlag(world: World, vm: SimVm, value: string | null, field = "ha-lizard-enabled"): void {
  const key = `XenCenter.CustomFields.${field}`;
  change(world, vm, (record) => {
    const { [key]: _, ...others } = record["other_config"] as Fields;
    return { other_config: value === null ? others : { ...others, [key]: value } };
  });
}

/** `other_config.auto_poweron`: a host that boots starts it (auto-poweron.ts). */
export function setAutoPoweron(world: World, vm: SimVm, on: boolean): void {
  change(world, vm, (record) => {
    const { auto_poweron: _, ...others } = record["other_config"] as Fields;
    return { other_config: on ? { ...others, auto_poweron: "true" } : others };
  });
}

/**
 * A clone, a copy, or an import of the VM: halted, with a disk of its own, and with everything that stands in
 * other_config (adapters/xapi/README.md, "`other_config`").
 */
export function cloneVm(world: World, vm: SimVm, name: string): SimVm {
  const [database] = masterDatabases(world);
  if (database === undefined) throw new Error("Cannot clone: no host serves as master");
  const { other_config, memory_static_max } = database.must("VM", vm.ref);
  const disk = vm.disk === null ? "none" : vm.disk === 0 ? "shared" : vm.disk;
  const memoryBytes = Number(memory_static_max);
  const clone = addVm(world, database, { name, disk, memoryBytes }, world.vms.size + 1);
  database.update("VM", clone.ref, { other_config: other_config ?? {} });
  world.record("vm-cloned", { vm: vm.name, name });
  return clone;
}

/**
 * A lock on the VM's disks that nobody holds any more, as a crash leaves it (adapters/xapi/README.md, "Locks on
 * disks").
 */
export function leaveLock(world: World, vm: SimVm, host: SimHost): void {
  for (const database of masterDatabases(world)) {
    for (const vdi of disksOf(database, vm.ref)) setLock(database, vdi, host.ref, true);
  }
}

function change(world: World, vm: SimVm, fields: (record: Fields) => Fields): void {
  world.record("vm-changed", { vm: vm.name });
  for (const database of masterDatabases(world)) update(database, vm.ref, fields);
}

function update(database: Database, ref: string, fields: (record: Fields) => Fields): void {
  const record = database.get("VM", ref);
  if (record !== undefined) database.update("VM", ref, fields(record));
}
