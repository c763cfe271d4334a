import { masterDatabases } from "../control.ts";
import { type Database, type Fields, NULL_REF } from "../database.ts";
import { TEMPLATES } from "../records/templates.ts";
import type { SimHost, SimVm, World } from "../world.ts";

/** XAPI takes away what the guest said before, right before a start; after a halt it stays. */
export function forgetGuest(database: Database, vmRef: string): void {
  const before = String(database.must("VM", vmRef)["guest_metrics"]);
  database.update("VM", vmRef, { guest_metrics: NULL_REF });
  if (before !== NULL_REF) database.delete("VM_guest_metrics", before);
}

/** The guest of a domain that has just begun: its agent speaks, then has an address, as long as that domain lives. */
export function wakeGuest(world: World, host: SimHost, vm: SimVm): void {
  const { guest } = vm;
  const sinceMs = host.domains.get(vm.uuid)?.sinceMs;
  if (guest === null || sinceMs === undefined) return;
  const say = (afterMs: number, what: Fields) =>
    world.clock.schedule(afterMs, () => {
      if (host.domains.get(vm.uuid)?.sinceMs !== sinceMs) return;
      for (const database of masterDatabases(world)) report(database, vm, what);
    });
  say(guest.toolsMs, { PV_drivers_version: { major: "8", minor: "4", micro: "0", build: "1" } });
  // An address that a guest gives itself comes first.
  if (guest.addressMs !== undefined) {
    say(guest.toolsMs, { networks: { "0/ipv6/0": "fe80::1" } });
    say(guest.addressMs, { networks: { "0/ip": "10.9.0.7", "0/ipv6/0": "fe80::1" } });
  }
}

function report(database: Database, vm: SimVm, what: Fields): void {
  const record = database.get("VM", vm.ref);
  if (record === undefined || record["power_state"] === "Halted") return;
  const ref = `OpaqueRef:guest-${vm.uuid}`;
  if (database.get("VM_guest_metrics", ref) === undefined) {
    const fresh = { uuid: `guest-${vm.uuid}`, live: true, PV_drivers_detected: true };
    database.insert("VM_guest_metrics", ref, { ...TEMPLATES.VM_guest_metrics, ...fresh });
    database.update("VM", vm.ref, { guest_metrics: ref });
  }
  database.update("VM_guest_metrics", ref, what);
}
