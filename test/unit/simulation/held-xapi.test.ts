import { describe, expect, test } from "bun:test";
import {
  holdXapi,
  releaseXapi,
  resetHost,
  restartToolstack,
  setPower,
  setXapi,
} from "../../../src/simulation/control.ts";
import { simulatePool } from "../../../src/simulation/pool.ts";
import { simGroupSelf } from "../../../src/simulation/ports/group-self.ts";
import { simLocalHost } from "../../../src/simulation/ports/local-host.ts";
import { startXapi } from "../../../src/simulation/xapi/start.ts";
import { never } from "../adapters/scratch.ts";
import { Caller } from "./caller.ts";

function held(number = 2) {
  const caller = new Caller({ hosts: 3, vms: [{ name: "b1", on: 2 }] });
  const { world } = caller;
  const host = world.host(number);
  const local = simLocalHost(world, host);
  const logged = () => world.log.flatMap(({ what, host: of }) => (of === number ? [what] : []));
  return { caller, world, host, local, self: simGroupSelf(world, number), logged };
}

describe("holdXapi", () => {
  test("xapi ends at once, nothing restarts it, and its VMs run on", async () => {
    const { caller, world, host, local, self, logged } = held();
    await caller.clock.run(5_000);
    await local.holdXapi(never());
    expect([host.xapi, host.initComplete, await self.isXapiHeld()]).toEqual([null, false, true]);
    setXapi(world, host, "kill");
    startXapi(world, host);
    await caller.clock.run(60_000);
    await local.holdXapi(never());
    expect(host.xapi).toBe(null);
    expect([...host.domains]).toHaveLength(1);
    const observing = local.observe(never());
    await caller.clock.run(5_000);
    expect(await observing).toMatchObject({ heldSinceMs: 5_000, xapiAnswers: false });
    expect(logged().filter((what) => what === "xapi-held")).toHaveLength(1);
  });

  test("also not the fuse of a role that was changed, or a restart that has begun", async () => {
    const { caller, world, host } = held();
    const local = await caller.localLogin(2);
    await caller.get(2, "pool.emergency_reset_master", [local, "10.77.0.13"]);
    await caller.clock.run(9_950);
    restartToolstack(world, host);
    holdXapi(world, host);
    await caller.clock.run(60_000);
    expect([host.xapi, host.poolConf]).toEqual([null, "slave:10.77.0.13"]);
  });
});

test("releaseXapi: it starts and becomes whole; when it is not held, nothing happens", async () => {
  const { caller, world, host, local, logged } = held();
  expect(await local.releaseXapi(never())).toBe(false);
  await local.holdXapi(never());
  await caller.clock.run(60_000);
  expect(await local.releaseXapi(never())).toBe(true);
  expect(releaseXapi(world, host)).toBe(false);
  await caller.clock.run(30_000);
  expect([host.initComplete, host.heldSinceMs]).toEqual([true, null]);
  expect(logged().filter((what) => what.startsWith("xapi-"))).toEqual([
    "xapi-held",
    "xapi-ended",
    "xapi-released",
    "xapi-started",
  ]);
});

test("a boot ends the hold", async () => {
  const { caller, world, host } = held();
  holdXapi(world, host);
  resetHost(world, host);
  await caller.clock.run(60_000);
  expect([host.initComplete, host.heldSinceMs]).toEqual([true, null]);
});

for (const [who, act] of [
  ["xe-toolstack-restart", restartToolstack],
  ["systemctl start xapi", (world, host) => setXapi(world, host, "run")],
] as const satisfies readonly (readonly [string, typeof restartToolstack])[])
  test(`an administrator's ${who} starts it; the note stays, and what is said is the truth`, async () => {
    const { caller, world, host, self } = held();
    holdXapi(world, host);
    await caller.clock.run(1_000);
    act(world, host);
    await caller.clock.run(30_000);
    expect([host.initComplete, host.heldSinceMs, await self.isXapiHeld()]).toEqual([true, 0, false]);
  });

test("restarts by the program are refused while it is held", async () => {
  const { world, host, local } = held();
  holdXapi(world, host);
  await expect(local.restartXapi(never())).rejects.toThrow("it is held");
  await expect(local.restartToolstack(never())).rejects.toThrow("it is held");
  expect(host.xapi).toBe(null);
});

test("restartXapi: a xapi that was told to become master is there after a second, not after its ten of waiting", async () => {
  const { caller, world, host, local } = held();
  setPower(world, world.host(1), false);
  const session = await caller.localLogin(2);
  await caller.get(2, "pool.emergency_transition_to_master", [session]);
  const restarting = local.restartXapi(never());
  await caller.clock.run(4_000);
  await restarting;
  expect([host.xapi?.role.kind, host.xapi?.serving]).toEqual(["master", true]);
});

describe("a stop of the service", () => {
  const pool = () => simulatePool({ hosts: 2, runPass: () => new Promise(() => undefined) });

  test("ends the hold, whether its monitor lives or not; kill -9 does not", async () => {
    const two = pool();
    await two.run(10_000);
    const host = two.world.host(2);
    holdXapi(two.world, host);
    two.monitor(2).killService();
    await two.run(10_000);
    expect(host.xapi).toBe(null);
    two.stopService(2);
    await two.run(30_000);
    expect([host.initComplete, host.heldSinceMs]).toEqual([true, null]);
    holdXapi(two.world, host);
    two.stopService(2);
    expect(host.heldSinceMs).toBe(null);
    const { length } = two.world.log;
    await two.run(30_000);
    const after = two.world.log.slice(length).filter(({ what, host: of }) => of === 2 && what === "log");
    expect(after).toEqual([]);
  });
});
