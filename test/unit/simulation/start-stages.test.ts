import { expect, test } from "bun:test";
import { setPower, setXapi } from "../../../src/simulation/control.ts";
import { NULL_REF } from "../../../src/simulation/database.ts";
import { hostsRunning } from "../../../src/simulation/domains.ts";
import { obey } from "../../../src/simulation/verbs.ts";
import { setResident } from "../../../src/simulation/xapi/vm-state.ts";
import { knownToXenopsd } from "../../../src/simulation/xenopsd.ts";
import { type Asked, Caller, verdict } from "./caller.ts";

/** Where a start is when something dies, and what becomes of it, as measured on a pool of three real xapis. */
const SLOW_MS = 30_000;

/** A start of `slow` on host 2 that has been under way for `afterMs`. */
async function begin(afterMs: number): Promise<{ caller: Caller; asked: Asked; session: string }> {
  const vms = [{ name: "slow", startMs: SLOW_MS }, { name: "other" }];
  const caller = new Caller({ hosts: 3, vms });
  const session = await caller.login(1);
  const params = [session, caller.vm("slow"), caller.ref(2), false, false];
  const asked = caller.begin(1, "VM.start_on", params);
  await caller.clock.run(afterMs);
  return { caller, asked, session };
}

const record = (caller: Caller) => caller.world.host(1).database.must("VM", caller.vm("slow"));
const runs = (caller: Caller) => hostsRunning(caller.world, caller.world.vmNamed("slow").uuid);

test("a start is known to xenopsd before there is a domain, and for as long as the domain runs", async () => {
  const { caller, asked } = await begin(20);
  const known = () => knownToXenopsd(caller.world.host(2)).length;
  expect([known(), runs(caller)]).toEqual([0, []]);
  await caller.clock.run(100);
  expect([known(), runs(caller)]).toEqual([1, []]);
  expect(record(caller)).toMatchObject({
    power_state: "Halted",
    scheduled_to_be_resident_on: caller.ref(2),
    current_operations: expect.objectContaining({}),
  });
  await caller.clock.run(SLOW_MS);
  expect([known(), runs(caller), verdict(asked)]).toEqual([1, [2], "ok"]);
});

test.each([
  ["in the member's xapi", 20, []],
  ["handed over and not queued", 35, []],
  ["queued in xenopsd", 1_000, [2]],
] as const)("the member's xapi is killed while the start is %s", async (_, afterMs, expected) => {
  const { caller, asked } = await begin(afterMs);
  setXapi(caller.world, caller.world.host(2), "kill");
  await caller.clock.run(2_500);
  expect(verdict(asked)).toBe("CANNOT_CONTACT_HOST");
  expect(record(caller)["current_operations"]).toEqual({});
  await caller.clock.run(17_500);
  expect(caller.world.host(2).initComplete).toBe(expected.length === 0);
  await caller.clock.run(60_000);
  expect(runs(caller)).toEqual([...expected]);
  expect(caller.view(1).vms["slow"]).toBe("Halted");
  expect(caller.world.host(2).initComplete).toBe(true);
});

test("a domain that the database calls Halted: VM.start_on to its own host corrects that, in 0.1 s", async () => {
  const { caller, session } = await begin(1_000);
  setXapi(caller.world, caller.world.host(2), "kill");
  await caller.clock.run(60_000);
  const params = [session, caller.vm("slow"), caller.ref(2), false, false];
  const asked = await caller.ask(1, "VM.start_on", params);
  expect(verdict(asked)).toBe("VM_BAD_POWER_STATE");
  expect(asked.tookMs).toBeLessThan(150);
  expect(caller.view(1).vms["slow"]).toBe("Running h2");
  expect(caller.world.violations).toEqual([]);
});

test("the master's xapi is killed while a start is queued on a slave: the start goes on", async () => {
  const { caller, asked } = await begin(1_000);
  setXapi(caller.world, caller.world.host(1), "kill");
  await caller.clock.run(60_000);
  expect([verdict(asked), runs(caller)]).toEqual(["unreachable", [2]]);
});

test("xenopsd is killed at work: the start is lost, its folder stays, the host's operations hang until xapi restarts", async () => {
  const { caller, asked, session } = await begin(1_000);
  const { world } = caller;
  obey(world, { verb: "xenopsd-kill", host: 2 });
  const other = caller.begin(1, "VM.start_on", [session, caller.vm("other"), caller.ref(2), false, false]);
  await caller.clock.run(120_000);
  expect([runs(caller), knownToXenopsd(world.host(2)).length]).toEqual([[], 1]);
  expect([verdict(asked), verdict(other)]).toEqual(["timeout", "timeout"]);
  setXapi(world, world.host(2), "kill");
  await caller.clock.run(20_000);
  expect([knownToXenopsd(world.host(2)).length, verdict(asked)]).toEqual([0, "CANNOT_CONTACT_HOST"]);
  const again = await caller.ask(1, "VM.start_on", [
    session,
    caller.vm("other"),
    caller.ref(2),
    false,
    false,
  ]);
  expect(verdict(again)).toBe("ok");
});

test("VM.atomic_set_resident_on: by a local session only; the comparison then keeps the VM instead of ending it", async () => {
  const caller = new Caller({ hosts: 3, vms: [{ name: "b1", on: 2 }] });
  const { world } = caller;
  const { database } = world.host(1);
  database.update("VM", caller.vm("b1"), { resident_on: caller.ref(3) });
  const params = [caller.vm("b1"), caller.ref(2)];
  const session = await caller.login(1);
  expect(verdict(await caller.ask(1, "VM.atomic_set_resident_on", [session, ...params]))).toBe(
    "INTERNAL_ERROR",
  );
  const local = await caller.localLogin(1);
  expect(verdict(await caller.ask(1, "VM.atomic_set_resident_on", [local, ...params]))).toBe("ok");
  setXapi(world, world.host(2), "kill");
  await caller.clock.run(30_000);
  expect(hostsRunning(world, world.vmNamed("b1").uuid)).toEqual([2]);
  expect(caller.view(1).vms["b1"]).toBe("Running h2");
});

/** What the copy of the new master says of b1, and what becomes of it when its host compares. */
test.each([
  ["on the old master, declared dead before", 1, true, [2]],
  ["on the old master, declared dead after", 1, false, []],
  ["Halted", null, false, [2]],
  ["on another living host", 3, true, []],
] as const)("the comparison after a take-over: %s", async (_, where, declaredBefore, expected) => {
  const caller = new Caller({ hosts: 3, vms: [{ name: "b1", on: 2 }] });
  const { world } = caller;
  const b1 = caller.vm("b1");
  const state = where === null ? "Halted" : "Running";
  setResident(world.host(3).database, b1, where === null ? NULL_REF : caller.ref(where));
  world.host(3).database.update("VM", b1, { power_state: state });
  setPower(world, world.host(1), false);
  const onThree = await caller.localLogin(3);
  await caller.get(3, "pool.emergency_transition_to_master", [onThree]);
  setXapi(world, world.host(3), "kill");
  await caller.clock.runUntil(() => caller.when("master-serving", 3) !== null, 60_000);
  const session = await caller.login(3);
  const local = await caller.localLogin(3);
  const onTwo = await caller.localLogin(2);
  const declare = async () => {
    await caller.get(3, "host.tickle_heartbeat", [local, caller.ref(1), { "shutting-down": "true" }]);
    await caller.get(3, "host.declare_dead", [session, caller.ref(1)]);
  };
  if (declaredBefore) await declare();
  await caller.get(2, "pool.emergency_reset_master", [onTwo, world.host(3).address]);
  setXapi(world, world.host(2), "kill");
  await caller.clock.run(60_000);
  if (!declaredBefore) await declare();
  expect(hostsRunning(world, world.vmNamed("b1").uuid)).toEqual([...expected]);
});
