import { expect, test } from "bun:test";
import { setMaintenance, setPower, setXapi } from "../../../src/simulation/control.ts";
import { hostsRunning } from "../../../src/simulation/domains.ts";
import { Caller, outcome, verdict } from "./caller.ts";

const GIB = 1024 ** 3;
const POOL = {
  hosts: [{}, { memoryBytes: 8 * GIB }],
  vms: [
    { name: "running", on: 2 },
    { name: "small" },
    { name: "big", memoryBytes: 10 * GIB },
    { name: "local", disk: 2 },
    { name: "blocked", startBlocked: true },
    { name: "template", template: true },
    { name: "delayed", startDelayS: 3 },
    { name: "app1", appliance: "app", order: 1 },
    { name: "app2", appliance: "app", order: 0 },
  ],
  appliances: [{ name: "app" }],
} as const;

async function startOn(caller: Caller, name: string, host: number): Promise<string> {
  const session = await caller.login(1);
  return verdict(
    await caller.ask(1, "VM.start_on", [session, caller.vm(name), caller.ref(host), false, false]),
  );
}

test.each([
  ["running", 1, "VM_BAD_POWER_STATE"],
  ["big", 2, "HOST_NOT_ENOUGH_FREE_MEMORY"],
  ["local", 1, "VM_REQUIRES_SR"],
  ["blocked", 1, "OPERATION_BLOCKED"],
  ["template", 1, "VM_IS_TEMPLATE"],
  ["small", 2, "ok"],
  ["local", 2, "ok"],
  ["big", 1, "ok"],
] as const)("VM.start_on: %s on host %p is %s", async (name, host, expected) => {
  const caller = new Caller(POOL);
  expect(await startOn(caller, name, host)).toBe(expected);
  const runs = hostsRunning(caller.world, caller.world.vmNamed(name).uuid);
  if (expected === "ok") expect(runs).toEqual([host]);
});

test("VM.start: no host that can is NO_HOSTS_AVAILABLE; a host in maintenance is none", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  setMaintenance(caller.world, caller.world.host(2), true);
  expect(verdict(await caller.ask(1, "VM.start", [session, caller.vm("local"), false, false]))).toBe(
    "NO_HOSTS_AVAILABLE",
  );
  expect(await startOn(caller, "small", 2)).toBe("HOST_DISABLED");
});

test("VM.start_on: start_delay is slept once here and twice on another host (T12)", async () => {
  for (const [host, delayMs] of [
    [1, 3_000],
    [2, 6_000],
  ] as const) {
    const caller = new Caller(POOL);
    const session = await caller.login(1);
    const params = [session, caller.vm("delayed"), caller.ref(host), false, false];
    const asked = await caller.ask(1, "VM.start_on", params);
    expect(verdict(asked)).toBe("ok");
    expect(Math.floor(asked.tookMs / 1000) * 1000).toBe(delayMs);
  }
});

test("VM.start: a second start waits for the first and then finds the VM running", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  const first = caller.begin(1, "VM.start", [session, caller.vm("small"), false, false]);
  const second = caller.begin(1, "VM.start", [session, caller.vm("small"), false, false]);
  await caller.clock.run(2_000);
  expect([verdict(first), verdict(second)]).toEqual(["ok", "VM_BAD_POWER_STATE"]);
  expect(caller.world.violations).toEqual([]);
});

test("VM.start_on a dead host that is called live hangs for more than 30 s; one called dead is HOST_NOT_LIVE", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  setPower(caller.world, caller.world.host(2), false);
  const params = [session, caller.vm("small"), caller.ref(2), false, false];
  expect(verdict(await caller.ask(1, "VM.start_on", params, { withinMs: 31_000 }))).toBe("timeout");
  const local = await caller.localLogin(1);
  await caller.get(1, "host.tickle_heartbeat", [local, caller.ref(2), { "shutting-down": "true" }]);
  await caller.clock.run(10_000);
  expect(verdict(await caller.ask(1, "VM.start_on", params))).toBe("HOST_NOT_LIVE");
  expect(verdict(await caller.ask(1, "host.disable", [session, caller.ref(2)]))).toBe("HOST_OFFLINE");
});

test("Async.VM.start: the task says success, or failure with the error and its parameters", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  const end = async (name: string) => {
    const task = await caller.get(1, "Async.VM.start", [session, caller.vm(name), false, false]);
    await caller.clock.run(2_000);
    return (await caller.get(1, "task.get_record", [session, task])) as Record<string, unknown>;
  };
  expect(await end("small")).toMatchObject({ status: "success", result: "<value></value>", error_info: [] });
  const error_info = ["VM_BAD_POWER_STATE", caller.vm("running"), "halted", "running"];
  expect(await end("running")).toMatchObject({ status: "failure", error_info });
});

test("VM_appliance.start: lower order first; partly failed says which", async () => {
  const caller = new Caller(POOL);
  const session = await caller.login(1);
  const appliance = caller.world.host(1).database.refs("VM_appliance")[0];
  expect(verdict(await caller.ask(1, "VM_appliance.start", [session, appliance, false]))).toBe("ok");
  const order = caller.world.log.filter(({ what }) => what === "domain-started").map((entry) => entry["vm"]);
  expect(order).toEqual(["app2", "app1"]);
});

test("VM.start: a disk held by a living host that runs the VM no more is taken over; one it does run is not", async () => {
  const caller = new Caller(POOL);
  const { world } = caller;
  const session = await caller.login(1);
  const running = world.vmNamed("running");
  // What a database that is too old says: halted, its disk locked by host 2, where it really runs.
  world.host(1).database.update("VM", running.ref, { power_state: "Halted", resident_on: "OpaqueRef:NULL" });
  const params = [session, running.ref, caller.ref(1), false, false];
  expect(verdict(await caller.ask(1, "VM.start_on", params))).toBe("SR_BACKEND_FAILURE_46");
  setXapi(world, world.host(2), "stop");
  expect(outcome(await caller.ask(1, "VM.start_on", params))).toMatchObject({
    fault: { code: "SR_BACKEND_FAILURE_46" },
  });
  setXapi(world, world.host(2), "run");
  await caller.clock.run(20_000);
  world.host(2).domains.delete(running.uuid);
  world.host(1).database.update("VM", running.ref, { power_state: "Halted", resident_on: "OpaqueRef:NULL" });
  expect(verdict(await caller.ask(1, "VM.start_on", params))).toBe("ok");
  expect(world.violations).toEqual([]);
});
