import type { Database } from "../database.ts";
import { NULL_REF } from "../database.ts";
import { destroyDomain } from "../domains.ts";
import type { SimHost, World } from "../world.ts";
import { releaseLocks } from "./locks.ts";
import { setHalted, setRunning } from "./vm-state.ts";

/**
 * What a xapi does with the VMs of its host near the end of its start (adapters/xapi/README.md, T7): those the database
 * knows nothing of, or says to be elsewhere, are killed; those said to be nowhere are adopted; those said to be here
 * that are not are halted.
 */
export function resyncVms(world: World, host: SimHost, database: Database): void {
  for (const uuid of [...host.domains.keys()]) {
    const ref = database.findByUuid("VM", uuid);
    const residentOn = ref === undefined ? null : database.must("VM", ref)["resident_on"];
    if (ref !== undefined && residentOn === host.ref) {
      // Set there by VM.atomic_set_resident_on, or already Running.
      if (database.must("VM", ref)["power_state"] === "Halted") setRunning(database, ref, host.ref);
      continue;
    }
    if (ref !== undefined && residentOn === NULL_REF) {
      setRunning(database, ref, host.ref);
      world.record("vm-adopted", { host: host.number, vm: world.vms.get(uuid)?.name ?? uuid });
      continue;
    }
    destroyDomain(world, host, uuid, "resync", ref === undefined ? { known: false } : {});
    releaseLocks(database, host.ref, (vm) => vm === uuid);
  }
  for (const [ref, vm] of database.entries("VM")) {
    if (vm["resident_on"] !== host.ref || vm["is_control_domain"] === true) continue;
    if (!host.domains.has(String(vm["uuid"]))) setHalted(database, ref);
  }
}
