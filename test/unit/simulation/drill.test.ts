import { describe, expect, test } from "bun:test";
import type { DrillRequest, DrillResult } from "../../../src/ports/drill.ts";
import { playDrill } from "../../../src/simulation/drill/play.ts";
import type { SimPool, SimPoolOptions } from "../../../src/simulation/pool.ts";
import { AS_MEASURED } from "../../../src/simulation/timings.ts";
import { haCfgOn, poolWithHa } from "../cli/sim-pool.ts";

const QUICK = { FENCE_METHOD: "IPMI", XAPI_COUNT: "2", XAPI_DELAY: "5", MONITOR_DELAY: "10" };

/** A pool whose death is played, and which really dies: with the same times. */
function poolOf(options: Partial<SimPoolOptions>): SimPool {
  return poolWithHa({ hosts: 3, params: QUICK, watches: true, timings: AS_MEASURED, ...options });
}

/** What `ha-cfg drill` asks to be played: the pool as its database has it, read by the real client. */
async function requestOf(pool: SimPool, args: readonly string[]): Promise<DrillRequest> {
  const asked: DrillRequest[] = [];
  const run = await haCfgOn(pool, 2, ["drill", ...args], {
    playDrill: async (request) => {
      asked.push(request);
      throw new Error("not now");
    },
  });
  const [request] = asked;
  if (request === undefined) throw new Error(`nothing is played: ${run.err}`);
  return request;
}

/** Names of the VMs that it has lost, with the name of the host on which each runs again. */
function whereabouts({ database, inventory }: DrillRequest, { vms }: DrillResult): Record<string, string> {
  const nameOf = (uuid: string | null) =>
    database.hosts.find((host) => host.uuid === uuid)?.name ?? "nowhere";
  const entries = vms.map(({ uuid, to }): [string, string] => [
    inventory.vms.find((vm) => vm.uuid === uuid)?.name ?? uuid,
    nameOf(to),
  ]);
  return Object.fromEntries(entries);
}

const VMS = [
  { name: "web", on: 3 },
  { name: "mail", on: 1 },
  { name: "db", on: 3, order: 1, startDelayS: 5 },
  { name: "huge", on: 3, memoryBytes: 40 * 1024 ** 3 },
  { name: "big", on: 2, memoryBytes: 30 * 1024 ** 3 },
];

describe("playDrill", () => {
  for (const host of [3, 1])
    test(`h${host} dies: what is played is what happens then, host by host, and when`, async () => {
      const pool = poolOf({ vms: VMS });
      await pool.run(60_000);
      const request = await requestOf(pool, [`h${host}`]);
      const { world } = pool;
      const [events, keys] = [world.log.length, JSON.stringify(world.host(1).database.entries("pool"))];
      const result = await playDrill(request);
      // Nobody has touched the pool.
      expect([world.log.length, JSON.stringify(world.host(1).database.entries("pool"))]).toEqual([
        events,
        keys,
      ]);
      await pool.run(60_000);
      const begunMs = world.nowMs();
      pool.loseForGood(host);
      const names = VMS.filter(({ on }) => on === host).map(({ name }) => name);
      expect(await pool.until(() => names.every((name) => pool.running(name).length === 1), 180_000)).toBe(
        true,
      );
      const really = Object.fromEntries(names.map((name) => [name, `h${pool.running(name)[0]}`]));
      expect(whereabouts(request, result)).toEqual(really);
      const tookMs = world.nowMs() - begunMs;
      // When the pass before has ended is chance.
      expect(Math.abs((result.times.lastVmMs ?? 0) - tookMs)).toBeLessThan(10_000);
    });

  test("each step has its time, in the order in which it has to come", async () => {
    const pool = poolOf({ vms: VMS });
    await pool.run(60_000);
    const { times, moments } = await playDrill(await requestOf(pool, ["h1"]));
    const steps = [
      ...[times.missedMs, times.suspectedMs, times.failedMs, times.provedMs, times.newMasterMs],
      ...[times.declaredMs, times.firstVmMs, times.lastVmMs],
    ];
    expect(steps).toEqual(steps.toSorted((a, b) => Number(a) - Number(b)));
    expect(steps).not.toContain(null);
    const story = moments.map(({ text }) => text).join("\n");
    expect(story).toContain("h1 loses power");
    expect(story).toContain("h2 leads the pool and may act: it speaks for 2 of 3 hosts, a majority");
    expect(story).toContain("h2 asks the fence agent IPMI to cut h1");
    expect(story).toContain("xapi of h2 serves as master");
  });

  test("what only some hosts have counts: storage, memory, maintenance", async () => {
    const local = { name: "local", on: 3, disk: 3 } as const;
    const tight = poolOf({
      hosts: [{}, { memoryBytes: 6 * 1024 ** 3 }, {}],
      vms: [...VMS.slice(0, 4), local],
    });
    tight.maintenance(1, true);
    await tight.run(60_000);
    const request = await requestOf(tight, ["h3"]);
    expect(whereabouts(request, await playDrill(request))).toEqual({
      ...{ web: "h2", db: "h2", huge: "nowhere", local: "nowhere" },
    });
  });

  test("an agent that takes long takes long here; a device that dies with its host proves nothing", async () => {
    const pool = poolOf({ vms: VMS });
    await pool.run(60_000);
    const { times } = await playDrill(await requestOf(pool, ["h3", "--agent-takes", "20"]));
    expect(Number(times.provedMs) - Number(times.failedMs)).toBeGreaterThanOrEqual(20_000);
    const dead = await playDrill(await requestOf(pool, ["h3", "--device-dies"]));
    expect([dead.times.provedMs, dead.times.declaredMs, dead.times.firstVmMs]).toEqual([null, null, null]);
    expect(dead.moments.map(({ text }) => text).join("\n")).toContain("ha-cfg confirm-off h3");
    // It ends although the fence is tried again and again.
    expect(dead.playedMs).toBeLessThan(1_000_000);
  });

  test("POOL proves nothing; a lease does, when it is over", async () => {
    const unproved = poolOf({ vms: VMS, params: { ...QUICK, FENCE_METHOD: "POOL" } });
    await unproved.run(60_000);
    expect((await playDrill(await requestOf(unproved, ["h3"]))).times.provedMs).toBeNull();
    const leased = poolOf({ vms: VMS, params: { ...QUICK, FENCE_METHOD: "WATCHDOG" } });
    await leased.run(60_000);
    const { times } = await playDrill(await requestOf(leased, ["h3"]));
    expect(Number(times.provedMs)).toBeGreaterThan(28_000);
    expect(times.lastVmMs).not.toBeNull();
  });

  test("two VMs of one name; what is down and would be started runs before, and is none of those that are lost", async () => {
    const twins = [
      { name: "twin", on: 3 },
      { name: "twin", on: 3 },
    ];
    const pool = poolOf({ vms: [...twins, { name: "down" }] });
    const request = await requestOf(pool, ["h3"]);
    expect(request.vms.length).toBe(3);
    const result = await playDrill(request);
    expect(result.vms.map(({ uuid }) => uuid)).toEqual(request.vms.slice(0, 2).map(({ uuid }) => uuid));
    expect(result.vms.every(({ to }) => to !== null)).toBe(true);
  });

  test("two hosts: what decides the tie is told", async () => {
    const tie = { FENCE_MIN_HOSTS: "2", TIE_BREAKER: "ssh", TIE_BREAKER_PLACE: "ha@192.0.2.9:ties" };
    const pool = poolOf({ hosts: 2, vms: VMS.slice(1, 2), params: { ...QUICK, ...tie } });
    await pool.run(60_000);
    const story = ({ moments }: DrillResult) => moments.map(({ text }) => text);
    expect(story(await playDrill(await requestOf(pool, ["h1"])))).toContain(
      "h2 leads the pool and may act: it speaks for half of the hosts, and it has claimed the tie",
    );
    const plain = poolOf({ hosts: 2, params: { ...QUICK, FENCE_MIN_HOSTS: "2" } });
    await plain.run(60_000);
    expect(story(await playDrill(await requestOf(plain, ["h2"])))).toContain(
      "h1 leads the pool and may act: it speaks for half of the hosts, with the master among them",
    );
  });
});
