import { expect, test } from "bun:test";
import { addVm } from "../../../src/simulation/build.ts";
import { setPower } from "../../../src/simulation/control.ts";
import { hostsRunning } from "../../../src/simulation/domains.ts";
import { Caller, outcome, verdict } from "./caller.ts";

/** The stories of transcripts M, M2 and N0: the master's death with three hosts, and its return. */
function pool(): Caller {
  return new Caller({
    hosts: 3,
    vms: [
      { name: "a1", on: 1 },
      { name: "a2", on: 1 },
      { name: "b1", on: 2 },
      { name: "c1", on: 3 },
      { name: "late" },
      { name: "halted" },
    ],
  });
}

/** Host 1 dies; host 2 promotes itself. Ends when host 2's xapi serves as master. */
async function promote(caller: Caller): Promise<{ session: string; calledMs: number }> {
  const local = await caller.localLogin(2);
  const calledMs = caller.clock.nowMs();
  await caller.get(2, "pool.emergency_transition_to_master", [local]);
  await caller.clock.runUntil(() => caller.when("master-serving", 2) !== null, calledMs + 60_000);
  return { session: await caller.login(2), calledMs };
}

test("slaves of a dead master: local calls answer, everything that needs the database hangs", async () => {
  const caller = pool();
  const session = await caller.login(2);
  const local = await caller.localLogin(2);
  const open = caller.begin(2, "event.from", [session, ["vm"], "00000000000000099999,0", 20]);
  await caller.clock.run(100);
  setPower(caller.world, caller.world.host(1), false);
  for (const method of [
    "host.ha_xapi_healthcheck",
    "host.is_in_emergency_mode",
    "host.local_assert_healthy",
  ]) {
    expect(verdict(await caller.ask(2, method, [local]))).toBe("ok");
  }
  const hanging = [
    caller.begin(2, "pool.get_all_records", [session]),
    caller.begin(2, "pool.is_slave", [local, "OpaqueRef:NULL"]),
    caller.begin(2, "session.login_with_password", ["root", ""]),
    caller.begin(3, "session.login_with_password", ["root", ""]),
    open,
  ];
  await caller.clock.run(90_000);
  expect(hanging.map(verdict)).toEqual(hanging.map(() => "timeout"));
  expect(outcome(await caller.ask(2, "host.is_in_emergency_mode", [local]))).toEqual({
    ok: true,
    value: false,
  });
});

test("pool.emergency_transition_to_master: pool.conf at once, hang, refusal, UUID_INVALID, then a login 12.7 s later", async () => {
  const caller = pool();
  const old = await caller.login(2);
  setPower(caller.world, caller.world.host(1), false);
  const local = await caller.localLogin(2);
  const calledMs = caller.clock.nowMs();
  const called = await caller.ask(2, "pool.emergency_transition_to_master", [local]);
  expect(verdict(called)).toBe("ok");
  expect(called.tookMs).toBeLessThan(10);
  expect(caller.world.host(2).poolConf).toBe("master");
  const hanging = caller.begin(2, "session.login_with_password", ["root", ""]);
  const seen = new Set<string>();
  let firstLoginMs = 0;
  for (let ms = 500; firstLoginMs === 0 && ms < 30_000; ms += 50) {
    await caller.clock.runUntil(calledMs + ms);
    const login = await caller.ask(2, "session.login_with_password", ["root", ""], { withinMs: 10 });
    seen.add(verdict(login));
    if (verdict(login) === "ok") firstLoginMs = caller.clock.nowMs() - calledMs;
  }
  expect([...seen]).toEqual(["timeout", "unreachable", "UUID_INVALID", "ok"]);
  expect(firstLoginMs).toBeGreaterThan(12_000);
  expect(firstLoginMs).toBeLessThan(13_200);
  expect(verdict(hanging)).toBe("unreachable");
  expect(verdict(await caller.ask(2, "pool.get_all_records", [old]))).toBe("SESSION_INVALID");
  expect(caller.view(2).hosts).toEqual(["disabled live", "disabled live", "disabled live"]);
});

test("a new master's start hangs while the other slave is blocked, and ends after pool.recover_slaves (M2)", async () => {
  const caller = pool();
  setPower(caller.world, caller.world.host(1), false);
  const { session } = await promote(caller);
  await caller.clock.run(120_000);
  expect(caller.world.host(2).initComplete).toBe(false);
  expect(caller.view(2).hosts[1]).toBe("disabled live");

  const beganMs = caller.clock.nowMs();
  const recovered = await caller.ask(2, "pool.recover_slaves", [session]);
  expect(outcome(recovered)).toEqual({ ok: true, value: [caller.ref(3)] });
  expect(recovered.tookMs).toBeGreaterThan(1_900);
  expect(recovered.tookMs).toBeLessThan(4_200);
  expect(caller.world.host(3).poolConf).toBe("slave:10.77.0.12");
  await caller.clock.run(40_000);
  const cookie = (host: number) => (caller.when("cookie", host, beganMs) ?? Number.NaN) - beganMs;
  expect(cookie(2)).toBeGreaterThan(12_000);
  expect(cookie(2)).toBeLessThan(16_500);
  expect(cookie(3)).toBeGreaterThan(19_000);
  expect(cookie(3)).toBeLessThan(25_000);
  expect(caller.view(2).hosts).toEqual(["disabled live", "enabled live", "enabled live"]);
});

test("a promoted slave's database is its last copy: later starts are adopted, VMs it does not know are killed (T6, T7)", async () => {
  const caller = pool();
  const { world } = caller;
  const master = await caller.login(1);
  await caller.get(1, "pool.sync_database", [master]);
  await caller.get(1, "VM.start_on", [master, caller.vm("late"), caller.ref(3), false, false]);
  const unknown = addVm(world, world.host(1).database, { name: "unknown", on: 3 }, 99);
  setPower(world, world.host(1), false);
  const { session } = await promote(caller);
  expect(caller.view(2).vms).toMatchObject({
    a1: "Running h1",
    c1: "Running h3",
    late: "Halted",
    unknown: "unknown",
  });
  await caller.get(2, "pool.recover_slaves", [session]);
  await caller.clock.run(30_000);
  expect(caller.view(2).vms).toMatchObject({ a1: "Running h1", c1: "Running h3", late: "Running h3" });
  expect(hostsRunning(world, unknown.uuid)).toEqual([]);
  expect(hostsRunning(world, world.vmNamed("late").uuid)).toEqual([3]);
  const agent = (host: number) => world.host(2).database.must("host", caller.ref(host))["other_config"];
  expect(agent(3)).not.toEqual(world.host(3).database.must("host", caller.ref(3))["other_config"]);
});

test("VM.start from an old database starts a second copy, which the world counts", async () => {
  const caller = pool();
  const { world } = caller;
  const master = await caller.login(1);
  await caller.get(1, "VM.start_on", [master, caller.vm("late"), caller.ref(3), false, false]);
  setPower(world, world.host(1), false);
  const { session } = await promote(caller);
  await caller.get(2, "pool.recover_slaves", [session]);
  await caller.clock.runUntil(() => caller.view(2).hosts[1] === "enabled live", 200_000);
  expect(
    verdict(await caller.ask(2, "VM.start_on", [session, caller.vm("late"), caller.ref(2), false, false])),
  ).toBe("ok");
  const kinds = world.violations.map(({ what }) => what);
  expect(kinds).toEqual(["vm-twice", "disk-two-writers"]);
});

test("the old master returns, finds the new one by asking, and is its slave within seconds", async () => {
  const caller = pool();
  setPower(caller.world, caller.world.host(1), false);
  const { session } = await promote(caller);
  await caller.get(2, "pool.recover_slaves", [session]);
  await caller.clock.run(30_000);
  const onMs = caller.clock.nowMs();
  setPower(caller.world, caller.world.host(1), true);
  await caller.clock.runUntil(() => caller.world.host(1).poolConf !== "master", onMs + 60_000);
  expect(caller.world.host(1).poolConf).toBe("slave:10.77.0.12");
  expect(caller.clock.nowMs() - onMs).toBeLessThan(8_000);
  await caller.clock.run(20_000);
  expect(caller.world.host(1).initComplete).toBe(true);
  expect(caller.view(2).hosts[0]).toBe("enabled live");
  expect(caller.view(2).vms).toMatchObject({ a1: "Halted", a2: "Halted" });
});

test("an old master whose network comes late stays a second master until pool.recover_slaves (N0)", async () => {
  const caller = pool();
  const { world } = caller;
  setPower(world, world.host(1), false);
  const { session } = await promote(caller);
  await caller.get(2, "pool.recover_slaves", [session]);
  await caller.clock.run(30_000);
  const local = await caller.localLogin(2);
  await caller.get(2, "host.tickle_heartbeat", [local, caller.ref(1), { "shutting-down": "true" }]);
  await caller.get(2, "host.declare_dead", [session, caller.ref(1)]);
  await caller.get(2, "VM.start_on", [session, caller.vm("a1"), caller.ref(3), false, false]);
  for (const other of [2, 3]) world.setLink(1, other, false);
  setPower(world, world.host(1), true);
  await caller.clock.run(10_000);
  for (const other of [2, 3]) world.setLink(1, other, true);
  await caller.clock.run(130_000);
  expect(world.hosts.map((host) => host.poolConf)).toEqual(["master", "master", "slave:10.77.0.12"]);
  expect(world.host(1).initComplete).toBe(true);
  expect(caller.view(1)).toMatchObject({
    hosts: ["enabled live", "disabled live", "disabled live"],
    vms: { a1: "Halted", c1: "Running h3" },
  });
  expect(caller.view(2).vms).toMatchObject({ a1: "Running h3" });

  const beganMs = caller.clock.nowMs();
  const recovered = await caller.ask(2, "pool.recover_slaves", [session]);
  expect(outcome(recovered)).toEqual({ ok: true, value: [caller.ref(1), caller.ref(3)] });
  expect(recovered.tookMs).toBeLessThan(200);
  expect(world.host(1).poolConf).toBe("slave:10.77.0.12");
  await caller.clock.runUntil(
    () => world.host(1).initComplete && world.host(1).xapi?.connected === true,
    beganMs + 60_000,
  );
  const wholeMs = caller.clock.nowMs() - beganMs;
  expect(wholeMs).toBeGreaterThan(18_000);
  expect(wholeMs).toBeLessThan(23_000);
  expect(world.violations).toEqual([]);
});
