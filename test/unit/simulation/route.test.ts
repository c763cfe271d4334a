import { describe, expect, test } from "bun:test";
import { partition, resetHost, setPower, setRoute } from "../../../src/simulation/control.ts";
import { simulatePool } from "../../../src/simulation/pool.ts";
import { simLocalHost } from "../../../src/simulation/ports/local-host.ts";
import { post } from "../../../src/simulation/ports/network.ts";
import { AS_MEASURED } from "../../../src/simulation/timings.ts";
import { never } from "../adapters/scratch.ts";
import { Caller, outcome, verdict } from "./caller.ts";

/** An unreachable route to a dead host, and a member that follows another master by itself (real pool: R-fast). */
const POOL = { hosts: 3 } as const;

/** Host 1, the master, has lost its power; host 3 makes itself master, and its xapi does not wait. */
async function takeOver(hasRoute: boolean) {
  const caller = new Caller(POOL, { ...AS_MEASURED, fuseMs: 0 });
  const { world } = caller;
  setPower(world, world.host(1), false);
  setRoute(world, world.host(3), world.host(1).address, hasRoute);
  const beganMs = caller.clock.nowMs();
  const local = await caller.localLogin(3);
  await caller.get(3, "pool.emergency_transition_to_master", [local]);
  return { caller, world, tookMs: () => caller.clock.nowMs() - beganMs };
}

/** The other member is told by its own program. */
async function follow(caller: Caller): Promise<void> {
  await caller.get(2, "pool.emergency_reset_master", [await caller.localLogin(2), "10.77.0.13"]);
}

for (const [hasRoute, fromMs, toMs] of [
  [false, 13_000, 18_000],
  // A real one needs 6 s: here it waits for the member that has just been told, too.
  [true, 2_000, 10_500],
] as const)
  test(`a new master asks the dead one${hasRoute ? " in vain at once by a route, else" : ""} for ten seconds`, async () => {
    const { caller, world, tookMs } = await takeOver(hasRoute);
    await follow(caller);
    await caller.clock.runUntil(() => world.host(3).initComplete, 60_000);
    expect(tookMs()).toBeGreaterThan(fromMs);
    expect(tookMs()).toBeLessThan(toMs);
  });

test("a slave that is blocked on its dead master is made to follow another one by its own socket, in milliseconds", async () => {
  const caller = new Caller(POOL);
  setPower(caller.world, caller.world.host(1), false);
  const blocked = caller.begin(2, "session.login_with_password", ["root", ""]);
  await caller.clock.run(5_000);
  expect(verdict(blocked)).toBe("timeout");
  const local = await caller.localLogin(2);
  const asked = await caller.ask(2, "pool.emergency_reset_master", [local, "10.77.0.13"]);
  expect([verdict(asked), asked.tookMs < 20]).toEqual(["ok", true]);
  expect(caller.world.host(2).poolConf).toBe("slave:10.77.0.13");
});

test("a follow of the address that it follows already does nothing: its xapi is not restarted", async () => {
  const caller = new Caller(POOL);
  setPower(caller.world, caller.world.host(1), false);
  const { xapi } = caller.world.host(2);
  const local = await caller.localLogin(2);
  expect(outcome(await caller.ask(2, "pool.emergency_reset_master", [local, "10.77.0.11"])).ok).toBe(true);
  await caller.clock.run(60_000);
  expect(caller.world.host(2).xapi).toBe(xapi);
});

test("nothing passes in either direction, at once for the one that has the route, and other links stay", async () => {
  const { world, clock } = new Caller({ ...POOL, secondNetwork: true });
  const [one, two] = [world.host(1), world.host(2)];
  setRoute(world, one, two.address, true);
  expect([world.reaches(1, 2), world.reaches(2, 1), world.reaches(1, 3), world.reaches(2, 3)]).toEqual([
    false,
    false,
    true,
    true,
  ]);
  expect([world.reachesAnyWay(1, 2), world.reachesAnyWay(2, 1)]).toEqual([true, true]);
  const request = { jsonrpc: "2.0", method: "host.ha_xapi_healthcheck", params: [], id: 1 };
  expect(await post(world, 1, two.address, request)).toBe("no-route");
  let answered = false;
  void post(world, 2, one.address, request).then(() => {
    answered = true;
  });
  await clock.run(60_000);
  expect(answered).toBe(false);
  setRoute(world, one, two.address, false);
  expect(world.reaches(2, 1)).toBe(true);
});

test("an old master that boots while the new one has the route to it stays a second master; a boot forgets routes", async () => {
  const { caller, world } = await takeOver(true);
  await follow(caller);
  await caller.clock.run(60_000);
  setPower(world, world.host(1), true);
  // Only the new master knows of another one: a member says that it is a slave, whoever asks.
  partition(world, [[1], [2]]);
  await caller.clock.run(60_000);
  expect(world.host(1).xapi?.role.kind).toBe("master");
  resetHost(world, world.host(3));
  expect(world.host(3).routes.size).toBe(0);
});

describe("the order of the program", () => {
  const two = () => simulatePool({ hosts: 2, runPass: () => new Promise(() => undefined) });

  test("blocks the way to an address until it is taken back, and is seen by the program", async () => {
    const { world, clock } = new Caller(POOL);
    const local = simLocalHost(world, world.host(3));
    const seen = async () => {
      const observing = local.observe(never());
      await clock.run(3_000);
      return (await observing)?.blockedRoutes;
    };
    await local.blockRoute("10.77.0.11", never());
    await local.blockRoute("10.77.0.11", never());
    expect([world.reaches(3, 1), await seen()]).toEqual([false, ["10.77.0.11"]]);
    expect([await local.unblockRoutes(never()), await local.unblockRoutes(never())]).toEqual([true, false]);
    expect([world.reaches(3, 1), await seen()]).toEqual([true, []]);
    const routes = world.log.filter(({ what }) => what.startsWith("route-"));
    expect(routes.map(({ what, host: of, address }) => [what, of, address])).toEqual([
      ["route-blocked", 3, "10.77.0.11"],
      ["route-unblocked", 3, "10.77.0.11"],
    ]);
  });

  test("ends with each start of the service, after kill -9 as well, and with its stop, whether its monitor lives or not", async () => {
    const pool = two();
    const host = pool.world.host(2);
    const block = () => setRoute(pool.world, host, "10.77.0.11", true);
    await pool.run(10_000);
    block();
    pool.monitor(2).killService();
    expect(host.routes.size).toBe(1);
    await pool.run(10_000);
    expect(host.routes.size).toBe(0);
    block();
    pool.stopService(2);
    await pool.run(1_000);
    expect(host.routes.size).toBe(0);
    block();
    pool.stopService(2);
    expect(host.routes.size).toBe(0);
  });
});
