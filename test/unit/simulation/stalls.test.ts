import { describe, expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import { VirtualClock } from "../../../src/simulation/clock.ts";
import type { Stalled } from "../../../src/simulation/monitor.ts";
import { type SimPool, simulatePool } from "../../../src/simulation/pool.ts";
import { mortal, newSimProcess, stall } from "../../../src/simulation/ports/process.ts";

const SECOND = 1_000;

async function leased(): Promise<SimPool> {
  const params = { FENCE_METHOD: "WATCHDOG", FENCE_WATCHDOG_TIMEOUT: "30", MONITOR_DELAY: "10" };
  const vms = [1, 2, 3].map((on) => ({ name: `vm${on}`, on }));
  const pool = simulatePool({ hosts: 3, vms, params, runPass });
  await pool.run(60 * SECOND);
  return pool;
}

const times = ({ world }: SimPool, what: string, host: number): readonly number[] =>
  world.log.filter((entry) => entry.what === what && entry["host"] === host).map(({ atMs }) => atMs);

/** Numbers of the slots that a host has armed since the world began. */
const armed = ({ world }: SimPool, host: number): number => world.host(host).watchdog.count;

describe("stall: a process", () => {
  test("its timers are late, what was asked is answered when it goes on, and nothing of a dead one is", async () => {
    const clock = new VirtualClock();
    const process = newSimProcess(1);
    const port = mortal(process, {
      ask: () => new Promise<number>((resolve) => void clock.schedule(SECOND, () => resolve(clock.nowMs()))),
    });
    const heard: [answered: number, goesOn: number][] = [];
    const askOnce = async (): Promise<void> => void heard.push([await port.ask(), clock.nowMs()]);
    void askOnce();
    stall(clock, process, 5 * SECOND);
    await clock.run(10 * SECOND);
    expect(heard).toEqual([[SECOND, 5 * SECOND]]);
    void askOnce();
    stall(clock, process, 5 * SECOND);
    process.alive = false;
    await clock.run(10 * SECOND);
    expect(heard).toHaveLength(1);
  });

  test("of two stalls the longer one counts", async () => {
    const clock = new VirtualClock();
    const process = newSimProcess(1);
    stall(clock, process, 5 * SECOND);
    stall(clock, process, 2 * SECOND);
    await clock.run(4 * SECOND);
    expect(process.stopped).not.toBeNull();
    await clock.run(2 * SECOND);
    expect(process.stopped).toBeNull();
  });
});

describe("stall: a host of a pool with leases", () => {
  test("a monitor that stands still for some seconds renews nothing meanwhile, and goes on", async () => {
    const pool = await leased();
    pool.monitor(2).stall("monitor", 12 * SECOND);
    const before = armed(pool, 2);
    await pool.run(11 * SECOND);
    expect(armed(pool, 2)).toBe(before);
    await pool.run(20 * SECOND);
    expect(armed(pool, 2)).toBeGreaterThan(before);
    expect(times(pool, "watchdog-fired", 2)).toEqual([]);
  });

  test.each<Stalled>(["monitor", "word", "all"])(
    "%s: one that stands still for longer than the lease is reset",
    async (what) => {
      const pool = await leased();
      pool.monitor(2).stall(what, 45 * SECOND);
      await pool.run(40 * SECOND);
      expect(times(pool, "watchdog-fired", 2)).toHaveLength(1);
      expect(times(pool, "watchdog-fired", 1)).toEqual([]);
    },
  );

  test("an iteration that stands still holds up no lease", async () => {
    const pool = await leased();
    // One runs every ten seconds, for a moment.
    await pool.until(
      () => pool.world.log.at(-1)?.what === "pass" && pool.world.log.at(-1)?.["host"] === 2,
      30 * SECOND,
    );
    for (let tries = 0; tries < 40; tries += 1) {
      pool.monitor(2).stall("iteration", 45 * SECOND);
      await pool.run(SECOND / 2);
    }
    const passes = times(pool, "pass", 2).length;
    await pool.run(20 * SECOND);
    expect(times(pool, "pass", 2)).toHaveLength(passes);
    expect(times(pool, "watchdog-fired", 2)).toEqual([]);
  });

  test("a monitor that is killed while its watchdog stands still is started when that goes on", async () => {
    const pool = await leased();
    pool.monitor(2).stall("watchdog", 10 * SECOND);
    const before = armed(pool, 2);
    pool.monitor(2).killService();
    await pool.run(10 * SECOND);
    expect(armed(pool, 2)).toBe(before);
    await pool.run(20 * SECOND);
    expect(armed(pool, 2)).toBeGreaterThan(before);
  });
});
