import { expect, test } from "bun:test";
import { partition, restartToolstack, setPower, setXapi } from "../../../src/simulation/control.ts";
import { ping, post } from "../../../src/simulation/ports/network.ts";
import { Caller, outcome, verdict } from "./caller.ts";

/** What trouble with a xapi looks like from outside: transcripts K, K2, H. */
const POOL = { hosts: 3, vms: [{ name: "b1", on: 2 }], externals: ["10.77.0.1"] } as const;
const UUID = "6f1b3c52-8c0e-4f7a-9c59-0a2b3c4d5e6f";
const ALIVE = [`system.isAlive:${UUID}`, [UUID]] as const;

test("a hung xapi takes calls and never answers; after it goes on it answers them", async () => {
  const caller = new Caller(POOL);
  setXapi(caller.world, caller.world.host(2), "hang");
  const asked = await caller.ask(2, ...ALIVE, { channel: "tcp", withinMs: 30_000 });
  expect(verdict(asked)).toBe("timeout");
  setXapi(caller.world, caller.world.host(2), "run");
  await caller.clock.run(100);
  expect(outcome(asked)).toEqual({ ok: true, value: UUID });
});

test("a killed xapi refuses; restarted, a slave's answers after 2 s over TCP, by its socket after 8, and is whole after 9", async () => {
  const caller = new Caller(POOL);
  setXapi(caller.world, caller.world.host(2), "stop");
  expect(verdict(await caller.ask(2, ...ALIVE, { channel: "tcp" }))).toBe("unreachable");
  const beganMs = caller.clock.nowMs();
  setXapi(caller.world, caller.world.host(2), "run");
  const since = () => caller.clock.nowMs() - beganMs;
  await caller.clock.runUntil(beganMs + 2_400);
  expect(verdict(await caller.ask(2, ...ALIVE, { channel: "tcp" }))).toBe("ok");
  const login = await caller.ask(2, "session.login_with_password", ["root", ""]);
  expect(verdict(login)).toBe("ok");
  expect(since()).toBeGreaterThan(7_000);
  expect(since()).toBeLessThan(9_000);
  await caller.clock.runUntil(() => caller.world.host(2).initComplete, beganMs + 60_000);
  expect(since()).toBeGreaterThan(8_500);
  expect(since()).toBeLessThan(11_500);
  expect(caller.view(1).hosts[1]).toBe("enabled live");
  expect(caller.view(1).vms).toEqual({ b1: "Running h2" });
});

test("a master's toolstack restart: slaves block, then everybody is enabled again and nothing moves", async () => {
  const caller = new Caller(POOL);
  restartToolstack(caller.world, caller.world.host(1));
  const asked = caller.begin(2, "session.login_with_password", ["root", ""]);
  await caller.clock.run(1_000);
  expect(verdict(asked)).toBe("timeout");
  await caller.clock.run(30_000);
  expect(verdict(asked)).toBe("ok");
  expect(caller.view(1).hosts).toEqual(["enabled live", "enabled live", "enabled live"]);
  expect(caller.view(1).vms).toEqual({ b1: "Running h2" });
});

test("a slave that starts without a master ends in emergency mode: bare errors with id 0, local calls answer", async () => {
  const caller = new Caller(POOL);
  setPower(caller.world, caller.world.host(1), false);
  restartToolstack(caller.world, caller.world.host(2));
  await caller.clock.run(60_000);
  const { answer } = await caller.ask(2, "session.login_with_password", ["root", ""]);
  expect(answer).toMatchObject({ http: 200, body: { id: 0, error: ["INTERNAL_ERROR", expect.any(String)] } });
  const local = await caller.localLogin(2);
  expect(outcome(await caller.ask(2, "host.is_in_emergency_mode", [local]))).toEqual({
    ok: true,
    value: true,
  });
  expect(verdict(await caller.ask(2, "host.local_assert_healthy", [local]))).toBe("INTERNAL_ERROR");
  setPower(caller.world, caller.world.host(1), true);
  await caller.clock.run(30_000);
  expect(outcome(await caller.ask(2, "host.is_in_emergency_mode", [local]))).toEqual({
    ok: true,
    value: false,
  });
  expect(caller.world.host(2).initComplete).toBe(true);
});

test("the network: no route to a dead host after 3 s, silence over a cut link, ping as the links are", async () => {
  const { clock, world } = new Caller(POOL);
  const results: unknown[] = [];
  const signal = new AbortController().signal;
  const request = { jsonrpc: "2.0", id: 1, method: ALIVE[0], params: ALIVE[1] };
  const note = (name: string) => (value: unknown) => results.push([name, value, clock.nowMs()]);
  world.setLink(2, 1, false);
  setPower(world, world.host(3), false);
  void post(world, 1, "10.77.0.13", request).then(note("dead"));
  void post(world, 2, "10.77.0.11", request).then(note("cut"));
  void ping(world, 2, "10.77.0.11", signal).then(note("ping cut"));
  void ping(world, 1, "10.77.0.12", signal).then(note("ping other way"));
  void ping(world, 1, "10.77.0.1", signal).then(note("gateway"));
  void ping(world, 1, "10.99.0.1", signal).then(note("nobody"));
  await clock.runUntil(60_000);
  expect(results).toEqual([
    ["ping other way", "answered", 1],
    ["gateway", "answered", 1],
    ["ping cut", "silent", 1_000],
    ["nobody", "silent", 1_000],
    ["dead", "no-route", 3_000],
  ]);
});

test("a slow xapi answers every call, late", async () => {
  const caller = new Caller(POOL);
  setXapi(caller.world, caller.world.host(2), "slow");
  const asked = await caller.ask(2, ...ALIVE, { channel: "tcp" });
  expect([verdict(asked), asked.tookMs]).toEqual(["ok", 7_001]);
  setXapi(caller.world, caller.world.host(2), "run");
  expect((await caller.ask(2, ...ALIVE, { channel: "tcp" })).tookMs).toBe(1);
});

test("a slave cut off from its master for a while: calls end when the link is back, its VMs are not touched", async () => {
  const caller = new Caller(POOL);
  const { world } = caller;
  partition(world, [[1, 3], [2]]);
  const asked = caller.begin(2, "session.login_with_password", ["root", ""]);
  await caller.clock.run(40_000);
  expect(verdict(asked)).toBe("timeout");
  world.mendAllLinks();
  await caller.clock.run(15_000);
  expect(verdict(asked)).toBe("ok");
  expect(world.host(2).domains.size).toBe(1);
  expect(caller.view(1).hosts[1]).toBe("enabled live");
});

test("two masters on two sides of a partition: recover_slaves after it makes one of them a slave, its copies die", async () => {
  const caller = new Caller(POOL);
  const { world } = caller;
  const b1 = world.vmNamed("b1");
  partition(world, [[1], [2, 3]]);
  const local = await caller.localLogin(3);
  await caller.get(3, "pool.emergency_transition_to_master", [local]);
  await caller.clock.run(15_000);
  const session = await caller.login(3);
  await caller.get(3, "pool.recover_slaves", [session]);
  await caller.clock.run(30_000);
  // Host 1, alone, declares host 2 dead and starts its VM: nothing in XAPI hinders it.
  const lonely = await caller.login(1);
  await caller.get(1, "host.declare_dead", [lonely, caller.ref(2)]);
  await caller.get(1, "VM.start_on", [lonely, b1.ref, caller.ref(1), false, false]);
  expect(world.violations.map(({ what }) => what)).toEqual(["vm-twice", "disk-two-writers"]);
  world.mendAllLinks();
  await caller.clock.run(60_000);
  expect(world.hosts.map(({ poolConf }) => poolConf)).toEqual(["master", "slave:10.77.0.13", "master"]);
  await caller.get(3, "pool.recover_slaves", [session]);
  await caller.clock.run(30_000);
  expect(world.hosts.map(({ poolConf }) => poolConf)).toEqual([
    "slave:10.77.0.13",
    "slave:10.77.0.13",
    "master",
  ]);
  expect(world.hosts.map(({ domains }) => domains.has(b1.uuid))).toEqual([false, true, false]);
});
