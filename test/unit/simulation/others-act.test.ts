import { expect, test } from "bun:test";
import { loseForGood, setPower } from "../../../src/simulation/control.ts";
import { type SimPool, simulatePool } from "../../../src/simulation/pool.ts";
import { simFencer } from "../../../src/simulation/ports/fencer.ts";
import { AS_MEASURED } from "../../../src/simulation/timings.ts";
import { cloneVm, setAutoPoweron } from "../../../src/simulation/vm-control.ts";
import { Caller, outcome, verdict } from "./caller.ts";

/** What people, devices and hosts do without asking this program, and what XAPI makes of a member that is dead. */
function pool(): SimPool {
  return simulatePool({ hosts: 3, vms: [{ name: "web", on: 3 }, { name: "down" }] });
}

test("a host that boots starts the halted VMs with auto_poweron, and no others", async () => {
  const { world, clock } = pool();
  setAutoPoweron(world, world.vmNamed("down"), true);
  setPower(world, world.host(2), false);
  setPower(world, world.host(2), true);
  await clock.run(30_000);
  expect(world.hosts.flatMap(({ domains }) => [...domains.keys()])).toContain(world.vmNamed("down").uuid);
});

test("cloneVm: halted, with a disk of its own and every key of other_config", () => {
  const { world } = pool();
  const web = world.vmNamed("web");
  const clone = cloneVm(world, web, "copy");
  const { database } = world.host(1);
  expect(clone.uuid).not.toBe(web.uuid);
  expect(database.must("VM", clone.ref)).toMatchObject({ power_state: "Halted", name_label: "copy" });
  expect(database.must("VM", clone.ref)["other_config"]).toEqual(
    database.must("VM", web.ref)["other_config"],
  );
  expect(database.must("VM", clone.ref)["VBDs"]).not.toEqual(database.must("VM", web.ref)["VBDs"]);
});

test("loseForGood: no switch brings the host back", () => {
  const { world } = pool();
  loseForGood(world, world.host(3));
  setPower(world, world.host(3), true);
  expect([world.host(3).power, world.vms.size]).toEqual([false, 2]);
});

test("a device that acts late does so although the host that asked has died meanwhile", async () => {
  const { world, clock } = pool();
  world.host(3).bmcDelayMs = 5_000;
  const request = { host: world.host(3).uuid, method: "IPMI", action: "stop", timeoutMs: 30_000 };
  const asked = simFencer(world, 1).fence(
    request as unknown as Parameters<ReturnType<typeof simFencer>["fence"]>[0],
    new AbortController().signal,
  );
  await clock.run(3_000);
  setPower(world, world.host(1), false);
  expect(world.host(3).power).toBe(true);
  await clock.run(10_000);
  expect([world.host(3).power, (await asked).kind]).toEqual([false, "fenced"]);
});

test("pool.sync_database with a dead member: the living have it, then an error by what `live` says", async () => {
  const caller = new Caller({ hosts: 3, vms: [] }, AS_MEASURED);
  const { world } = caller;
  const session = await caller.login(1);
  setPower(world, world.host(3), false);
  const before = world.host(2).database;
  const asked = await caller.ask(1, "pool.sync_database", [session]);
  expect(verdict(asked)).toBe("CANNOT_CONTACT_HOST");
  expect(Math.round(asked.tookMs / 1_000)).toBe(10);
  expect(world.host(2).database).not.toBe(before);
  const local = await caller.localLogin(1);
  await caller.get(1, "host.tickle_heartbeat", [local, caller.ref(3), { "shutting-down": "true" }]);
  const again = await caller.ask(1, "pool.sync_database", [session]);
  expect(verdict(again)).toBe("HOST_OFFLINE");
  expect(again.tookMs).toBeLessThan(1_000);
});

test("pool.recover_slaves: a dead host that comes first costs 10 s before the next one is told", async () => {
  const caller = new Caller({ hosts: 3, vms: [] }, AS_MEASURED);
  const session = await caller.login(1);
  setPower(caller.world, caller.world.host(2), false);
  const asked = await caller.ask(1, "pool.recover_slaves", [session]);
  expect(outcome(asked)).toEqual({ ok: true, value: [caller.ref(3)] });
  expect(Math.round(asked.tookMs / 1_000)).toBe(10);
});

test("XAPI's logs: a nameless login writes 7 lines on a slave and is a failed login on a master; isAlive is quiet", async () => {
  const caller = new Caller({ hosts: 2, vms: [] });
  const uuid = "6f1b3c52-8c0e-4f7a-9c59-0a2b3c4d5e6f";
  const tcp = { channel: "tcp" } as const;
  await caller.ask(1, `system.isAlive:${uuid}`, [uuid], tcp);
  await caller.ask(2, `system.isAlive:${uuid}`, [uuid], tcp);
  const noise = () => caller.world.hosts.map((host) => host.noise);
  expect(noise()).toEqual(Array(2).fill({ errorLines: 0, failedLogins: 0 }));
  await caller.ask(1, "session.login_with_password", ["", ""], tcp);
  await caller.ask(2, "session.login_with_password", ["", ""], tcp);
  expect(noise()).toEqual([
    { errorLines: 0, failedLogins: 1 },
    { errorLines: 7, failedLogins: 0 },
  ]);
});
