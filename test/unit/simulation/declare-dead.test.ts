import { expect, test } from "bun:test";
import { setPower, setXapi } from "../../../src/simulation/control.ts";
import { hostsRunning } from "../../../src/simulation/domains.ts";
import { disksOf, lockKey } from "../../../src/simulation/xapi/locks.ts";
import { Caller, outcome, verdict } from "./caller.ts";

/** The story of transcript L: what declare_dead costs, and what it guards against. */
const POOL = {
  hosts: 3,
  vms: [
    { name: "a1", on: 1 },
    { name: "b1", on: 2, disk: "none" },
    { name: "b2", on: 2, disk: "none" },
    { name: "c1", on: 3 },
    { name: "c2", on: 3 },
    { name: "d1" },
  ],
} as const;

test("host.declare_dead: a host that answers, and the master itself, is refused at once and nothing changes", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  const before = caller.view(1);
  expect(verdict(await caller.ask(1, "host.declare_dead", [session, caller.ref(2)]))).toBe("HOST_IS_LIVE");
  expect(verdict(await caller.ask(1, "host.declare_dead", [session, caller.ref(1)]))).toBe("HOST_IS_LIVE");
  expect(verdict(await caller.ask(1, "VM.power_state_reset", [session, caller.vm("b1")]))).toBe(
    "HOST_IS_LIVE",
  );
  expect(caller.view(1)).toEqual(before);
});

test("host.declare_dead: right after a power cut it takes 10 s and 10 s more for each VM, as a task", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  setPower(caller.world, caller.world.host(3), false);
  const begunMs = caller.clock.nowMs();
  const task = await caller.get(1, "Async.host.declare_dead", [session, caller.ref(3)]);
  const status = () => caller.world.host(1).database.get("task", String(task))?.["status"];
  await caller.clock.runUntil(() => status() !== "pending", 120_000);
  const tookMs = caller.clock.nowMs() - begunMs;
  expect(status()).toBe("success");
  expect(tookMs).toBeGreaterThan(29_900);
  expect(tookMs).toBeLessThan(30_500);
  expect(caller.view(1).hosts).toEqual(["enabled live", "enabled live", "disabled live"]);
  expect(caller.view(1).vms).toMatchObject({ c1: "Halted", c2: "Halted", b1: "Running h2" });

  const again = await caller.ask(1, "host.declare_dead", [session, caller.ref(3)]);
  expect(verdict(again)).toBe("ok");
  expect(Math.round(again.tookMs / 100)).toBe(100);
  const on = await caller.ask(1, "VM.start_on", [session, caller.vm("d1"), caller.ref(3), false, false]);
  expect(outcome(on)).toEqual({
    ok: false,
    fault: { kind: "api", code: "HOST_DISABLED", params: [caller.ref(3)] },
  });
});

test("host.tickle_heartbeat: says that the host is dead, so declare_dead takes no time; the disks are free when that has ended", async () => {
  const caller = new Caller(POOL, { declareDeadHookMs: 10 });
  const session = await caller.login(1);
  setPower(caller.world, caller.world.host(3), false);
  const local = await caller.localLogin(1);
  const stuff = { "shutting-down": "true" };
  const refused = await caller.ask(1, "host.tickle_heartbeat", [session, caller.ref(3), stuff]);
  expect(verdict(refused)).not.toBe("ok");
  expect(verdict(await caller.ask(1, "host.tickle_heartbeat", [local, caller.ref(3), stuff]))).toBe("ok");
  expect(caller.view(1).hosts[2]).toBe("enabled dead");
  expect(isLocked(caller, "c1", 3)).toBe(true);
  const declared = await caller.ask(1, "host.declare_dead", [session, caller.ref(3)]);
  expect(verdict(declared)).toBe("ok");
  expect(declared.tookMs).toBeLessThan(100);
  expect(verdict(await caller.ask(1, "VM.start", [session, caller.vm("c1"), false, false]))).toBe("ok");
  expect(hostsRunning(caller.world, caller.world.vmNamed("c1").uuid)).not.toContain(3);
  expect(caller.world.violations).toEqual([]);
});

test("host.declare_dead: VMs are Halted within 10 ms, their disks are free when its hooks have ended", async () => {
  const caller = new Caller(POOL, { declareDeadHookMs: 4_000 });
  const session = await caller.login(1);
  setPower(caller.world, caller.world.host(3), false);
  const local = await caller.localLogin(1);
  await caller.get(1, "host.tickle_heartbeat", [local, caller.ref(3), { "shutting-down": "true" }]);
  const declared = caller.begin(1, "host.declare_dead", [session, caller.ref(3)]);
  await caller.clock.run(10);
  expect(caller.view(1).vms).toMatchObject({ c1: "Halted", c2: "Halted" });
  const params = [session, caller.vm("c1"), caller.ref(2), false, false];
  expect(verdict(await caller.ask(1, "VM.start_on", params))).toBe("SR_BACKEND_FAILURE_46");
  await caller.clock.run(4_100);
  expect(verdict(declared)).toBe("ok");
  expect(isLocked(caller, "c1", 3)).toBe(false);
  expect(verdict(await caller.ask(1, "VM.start_on", params))).toBe("ok");
});

/** Has the host's mark been left on the disk of the VM? */
function isLocked(caller: Caller, name: string, host: number): boolean {
  const { database } = caller.world.host(1);
  return disksOf(database, caller.vm(name)).some(
    (vdi) => lockKey(caller.ref(host)) in (database.must("VDI", vdi)["sm_config"] as object),
  );
}

test("host.declare_dead: against a hung xapi it hangs, and ends with HOST_IS_LIVE when that goes on", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  setXapi(caller.world, caller.world.host(2), "hang");
  const asked = await caller.ask(1, "host.declare_dead", [session, caller.ref(2)], { withinMs: 25_000 });
  expect(verdict(asked)).toBe("timeout");
  setXapi(caller.world, caller.world.host(2), "run");
  await caller.clock.run(1_000);
  expect(verdict(asked)).toBe("HOST_IS_LIVE");
  expect(caller.view(1).hosts[1]).toBe("enabled live");
});

test("VM.start: xapi killed, its domains alive, declared dead: the VM runs twice until the resync ends its copy", async () => {
  const caller = new Caller(POOL);
  const { world } = caller;
  const session = await caller.login(1);
  const b1 = world.vmNamed("b1");
  setXapi(world, world.host(2), "stop");
  const declared = await caller.ask(1, "host.declare_dead", [session, caller.ref(2)]);
  expect(verdict(declared)).toBe("ok");
  expect(declared.tookMs).toBeLessThan(100);
  const started = await caller.ask(1, "VM.start_on", [session, b1.ref, caller.ref(3), false, false]);
  expect(verdict(started)).toBe("ok");
  expect(hostsRunning(world, b1.uuid)).toEqual([2, 3]);
  expect(world.violations.map(({ what, vm }) => ({ what, vm }))).toContainEqual({
    what: "vm-twice",
    vm: "b1",
  });
  setXapi(world, world.host(2), "run");
  await caller.clock.run(15_000);
  expect(hostsRunning(world, b1.uuid)).toEqual([3]);
  expect(hostsRunning(world, world.vmNamed("b2").uuid)).toEqual([2]);
  expect(caller.view(1).vms).toMatchObject({ b1: "Running h3", b2: "Running h2" });
});

test("VM.power_state_reset: leaves the disk's lock, so the start fails with SR_BACKEND_FAILURE_46 (T9)", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  setPower(caller.world, caller.world.host(3), false);
  expect(verdict(await caller.ask(1, "VM.power_state_reset", [session, caller.vm("c1")]))).toBe("ok");
  const params = [session, caller.vm("c1"), caller.ref(2), false, false];
  expect(verdict(await caller.ask(1, "VM.start_on", params))).toBe("SR_BACKEND_FAILURE_46");
  expect(verdict(await caller.ask(1, "host.declare_dead", [session, caller.ref(3)]))).toBe("ok");
  expect(verdict(await caller.ask(1, "VM.start_on", params))).toBe("ok");
});

test("host_metrics.live: goes false about ten minutes after a power cut, and nothing else changes", async () => {
  const caller = new Caller(POOL);
  setPower(caller.world, caller.world.host(3), false);
  await caller.clock.run(595_000);
  expect(caller.view(1).hosts[2]).toBe("enabled live");
  await caller.clock.run(40_000);
  expect(caller.view(1).hosts[2]).toBe("enabled dead");
  expect(caller.view(1).vms).toMatchObject({ c1: "Running h3", c2: "Running h3" });
});
