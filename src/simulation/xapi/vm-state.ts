import { type Database, type Fields, NULL_REF } from "../database.ts";

/** Running on a host, in the VM's record and in the host's. */
export function setRunning(database: Database, vmRef: string, hostRef: string): void {
  setResident(database, vmRef, hostRef);
  database.update("VM", vmRef, {
    power_state: "Running",
    resident_on: hostRef,
    scheduled_to_be_resident_on: NULL_REF,
    domid: 1 + (database.generation % 10_000),
  });
}

/** Halted, resident nowhere; disks' locks are another matter (adapters/xapi/README.md, T9). */
export function setHalted(database: Database, vmRef: string): void {
  setResident(database, vmRef, NULL_REF);
  database.update("VM", vmRef, {
    power_state: "Halted",
    resident_on: NULL_REF,
    scheduled_to_be_resident_on: NULL_REF,
    current_operations: {},
    domid: -1,
  });
}

/** The host that a VM is said to be on, in the VM's record and in the hosts'. */
export function setResident(database: Database, vmRef: string, hostRef: string): void {
  const before = String(database.must("VM", vmRef)["resident_on"]);
  if (before === hostRef) return;
  const residents = (ref: string) =>
    database.get("host", ref)?.["resident_VMs"] as readonly string[] | undefined;
  const old = residents(before);
  if (old !== undefined)
    database.update("host", before, { resident_VMs: old.filter((ref) => ref !== vmRef) });
  database.update("VM", vmRef, { resident_on: hostRef });
  const now = residents(hostRef);
  if (now !== undefined) database.update("host", hostRef, { resident_VMs: [...now, vmRef] });
}

/** References of the VMs, without the control domain, that the database has on a host. */
export function residentsOf(database: Database, hostRef: string): string[] {
  const refs = (database.get("host", hostRef)?.["resident_VMs"] ?? []) as readonly string[];
  return refs.filter((ref) => database.get("VM", ref)?.["is_control_domain"] === false);
}

/** Bytes free on a host, by the database: as `host.compute_free_memory`. */
export function freeMemory(database: Database, hostRef: string): number {
  return freeWith(memoryNeeded, database, hostRef);
}

/** The same when every guest there is squeezed as far as it allows, by which a start is judged. */
export function squeezedMemory(database: Database, hostRef: string): number {
  return freeWith(leastMemory, database, hostRef);
}

function freeWith(needed: (vm: Fields) => number, database: Database, hostRef: string): number {
  const host = database.must("host", hostRef);
  const metrics = database.get("host_metrics", String(host["metrics"]));
  let free = Number(metrics?.["memory_total"] ?? 0) - Number(host["memory_overhead"]);
  for (const [, vm] of database.entries("VM")) {
    const here = vm["resident_on"] === hostRef || vm["scheduled_to_be_resident_on"] === hostRef;
    if (here) free -= needed(vm);
  }
  return free;
}

export function memoryNeeded(vm: Fields): number {
  return Number(vm["memory_static_max"]) + Number(vm["memory_overhead"]);
}

export function leastMemory(vm: Fields): number {
  const least = vm["is_control_domain"] === true ? "memory_static_max" : "memory_dynamic_min";
  return Number(vm[least]) + Number(vm["memory_overhead"]);
}
