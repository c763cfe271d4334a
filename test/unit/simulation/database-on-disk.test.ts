import { expect, test } from "bun:test";
import { addVm } from "../../../src/simulation/build.ts";
import { setPower, setXapi } from "../../../src/simulation/control.ts";
import { hostsRunning } from "../../../src/simulation/domains.ts";
import { AS_MEASURED } from "../../../src/simulation/timings.ts";
import { Caller, outcome, verdict } from "./caller.ts";

/** The database on disk, as a pool of three real xapis kept and lost it. */
function pool(): Caller {
  const vms = [{ name: "b1", on: 2 }, { name: "c1", on: 3 }, { name: "late" }];
  return new Caller({ hosts: 3, vms }, AS_MEASURED);
}

async function startLate(caller: Caller, host: number): Promise<string> {
  const session = await caller.login(1);
  await caller.get(1, "VM.start_on", [session, caller.vm("late"), caller.ref(host), false, false]);
  return session;
}

const backup = (caller: Caller, local: string, host: number) => [local, caller.ref(host), 0, true];

test("a master's xapi that is killed comes back with the database on its disk; its slaves never compare again", async () => {
  const caller = pool();
  await startLate(caller, 3);
  setXapi(caller.world, caller.world.host(1), "kill");
  await caller.clock.run(60_000);
  expect(caller.view(1)).toMatchObject({
    hosts: ["enabled live", "enabled live", "enabled live"],
    vms: { late: "Halted" },
  });
  expect(hostsRunning(caller.world, caller.world.vmNamed("late").uuid)).toEqual([3]);
});

test.each([
  ["a clean stop", async (caller: Caller) => setXapi(caller.world, caller.world.host(1), "stop")],
  ["300 s", (caller: Caller) => caller.clock.run(301_000)],
  [
    "host.request_backup of the master",
    async (caller: Caller) => {
      const local = await caller.localLogin(1);
      const asked = await caller.ask(1, "host.request_backup", backup(caller, local, 1));
      expect([verdict(asked), asked.tookMs]).toEqual(["ok", 6]);
    },
  ],
  [
    "a slave's fetch",
    async (caller: Caller) => {
      const local = await caller.localLogin(2);
      const options = { channel: "tcp" } as const;
      const asked = await caller.ask(2, "host.request_backup", backup(caller, local, 2), options);
      expect(verdict(asked)).toBe("ok");
      expect(asked.tookMs).toBeGreaterThan(40);
      expect(asked.tookMs).toBeLessThan(100);
    },
  ],
  [
    "pool.sync_database",
    async (caller: Caller) => caller.get(1, "pool.sync_database", [await caller.login(1)]),
  ],
] as const)("a master's memory is on its disk after %s", async (_, write) => {
  const caller = pool();
  await startLate(caller, 3);
  await write(caller);
  setXapi(caller.world, caller.world.host(1), "kill");
  setXapi(caller.world, caller.world.host(1), "run");
  await caller.clock.run(60_000);
  expect(caller.view(1).vms).toMatchObject({ late: "Running h3" });
});

test("slaves of a killed master are connected again after 9 s and disabled for 7 to 11 s", async () => {
  const caller = pool();
  const killedMs = caller.clock.nowMs();
  setXapi(caller.world, caller.world.host(1), "kill");
  const disabled = () => caller.view(1).hosts[1] === "disabled live";
  await caller.clock.runUntil(disabled, killedMs + 60_000);
  const disabledMs = caller.clock.nowMs();
  await caller.clock.runUntil(() => !disabled(), killedMs + 60_000);
  const enabledMs = caller.clock.nowMs();
  expect(Math.round(((caller.when("slave-reconnected", 2) ?? 0) - killedMs) / 1_000)).toBe(9);
  expect(enabledMs - disabledMs).toBeGreaterThan(7_000);
  expect(enabledMs - disabledMs).toBeLessThan(11_000);
});

test("host.request_backup: refused to an ordinary session; a local one of a slave is unknown on its unix socket", async () => {
  const caller = pool();
  const session = await caller.login(1);
  expect(verdict(await caller.ask(1, "host.request_backup", backup(caller, session, 1)))).toBe(
    "INTERNAL_ERROR",
  );
  const local = await caller.localLogin(2);
  expect(verdict(await caller.ask(2, "host.request_backup", backup(caller, local, 2)))).toBe(
    "SESSION_INVALID",
  );
});

test("host.request_backup of a slave: an error while its master starts, and after 10 s without a master's power", async () => {
  const caller = pool();
  const { world } = caller;
  const local = await caller.localLogin(2);
  const fetch = () =>
    caller.ask(2, "host.request_backup", backup(caller, local, 2), { channel: "tcp", withinMs: 30_000 });
  const copy = world.host(2).database;
  setXapi(world, world.host(1), "kill");
  await caller.clock.run(1_000);
  expect(outcome(await fetch())).toMatchObject({ ok: false, fault: { code: "INTERNAL_ERROR" } });
  setPower(world, world.host(1), false);
  const asked = await fetch();
  expect(verdict(asked)).toBe("INTERNAL_ERROR");
  expect(Math.round(asked.tookMs / 1_000)).toBe(10);
  expect(world.host(2).database).toBe(copy);
});

test("a fetch is refused by a slave whose disk is full, and its file stays as it was", async () => {
  const caller = pool();
  const { world } = caller;
  const copy = world.host(2).database;
  world.host(2).databaseDiskFull = true;
  const local = await caller.localLogin(2);
  const asked = await caller.ask(2, "host.request_backup", backup(caller, local, 2), { channel: "tcp" });
  expect(verdict(asked)).toBe("INTERNAL_ERROR");
  expect(world.host(2).database).toBe(copy);
});

test("a fetch puts an older database over a newer copy", async () => {
  const caller = pool();
  const { world } = caller;
  const created = addVm(world, world.host(1).database, { name: "created" }, 99);
  world.host(2).database = world.host(1).database.copy();
  setXapi(world, world.host(1), "kill");
  await caller.clock.run(20_000);
  expect(world.host(2).database.get("VM", created.ref)).toBeDefined();
  const local = await caller.localLogin(2);
  await caller.ask(2, "host.request_backup", backup(caller, local, 2), { channel: "tcp" });
  expect(world.host(2).database.get("VM", created.ref)).toBeUndefined();
});

test("other_config.agent_start_time of the master changes although its database is an older one", async () => {
  const caller = pool();
  const stamp = () => {
    const other = caller.world.host(1).database.must("host", caller.ref(1))["other_config"];
    return Number.parseInt((other as Record<string, string>)["agent_start_time"] ?? "", 10);
  };
  const before = stamp();
  setXapi(caller.world, caller.world.host(1), "kill");
  await caller.clock.run(20_000);
  expect(stamp()).toBeGreaterThan(before);
});
