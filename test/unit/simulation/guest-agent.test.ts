import { expect, test } from "bun:test";
import { NULL_REF } from "../../../src/simulation/database.ts";
import { Caller } from "./caller.ts";

test("what a guest says comes after its start, and is taken away before the next one, not at its halt", async () => {
  const caller = new Caller({
    hosts: 2,
    vms: [{ name: "web", guest: { toolsMs: 5_000, addressMs: 30_000 } }, { name: "old" }],
  });
  const { database } = caller.world.host(1);
  const vm = caller.vm("web");
  const guest = () => {
    const ref = String(database.must("VM", vm)["guest_metrics"]);
    return ref === NULL_REF ? null : database.must("VM_guest_metrics", ref);
  };
  const session = await caller.login(1);
  const call = async (method: string, ...more: boolean[]) => {
    const asked = caller.begin(1, method, [session, vm, ...more]);
    await caller.clock.run(2_000);
    return asked;
  };
  await call("VM.start", false, false);
  expect(guest()).toBeNull();
  await caller.clock.run(5_000);
  expect(guest()).toMatchObject({ PV_drivers_version: { major: "8" }, networks: { "0/ipv6/0": "fe80::1" } });
  await caller.clock.run(30_000);
  expect(guest()).toMatchObject({ networks: { "0/ip": "10.9.0.7" }, live: true });
  await call("VM.hard_shutdown");
  expect(database.must("VM", vm)["power_state"]).toBe("Halted");
  expect(guest()).not.toBeNull();
  await call("VM.start", false, false);
  expect(guest()).toBeNull();
});
