import { describe, expect, test } from "bun:test";
import { atUptime, hostClock, lastsFor, setDrift, uptimeOf } from "../../../src/simulation/host-clock.ts";
import { type SimPool, simulatePool } from "../../../src/simulation/pool.ts";

function twoHosts(): SimPool {
  return simulatePool({ hosts: 2, vms: [] });
}

describe("setDrift", () => {
  test("a clock that is one part in a hundred too fast, and one that is right", async () => {
    const pool = twoHosts();
    const [fast, right] = [pool.world.host(1), pool.world.host(2)];
    setDrift(pool.world, fast, 1.01);
    await pool.run(100_000);
    expect(uptimeOf(pool.world, fast)).toBe(101_000);
    expect(uptimeOf(pool.world, right)).toBe(100_000);
    expect(atUptime(fast, 101_000)).toBeCloseTo(100_000, 3);
    expect(lastsFor(fast, 10_100)).toBe(10_000);
    expect(lastsFor(right, 10_100)).toBe(10_100);
  });

  test("it does not jump when its rate changes, and keeps its rate over a boot", async () => {
    const pool = twoHosts();
    const host = pool.world.host(1);
    await pool.run(50_000);
    setDrift(pool.world, host, 0.99);
    expect(uptimeOf(pool.world, host)).toBe(50_000);
    await pool.run(100_000);
    expect(uptimeOf(pool.world, host)).toBe(149_000);
    pool.reset(1);
    await pool.run(10_000);
    expect(uptimeOf(pool.world, host)).toBe(9_900);
  });
});

describe("hostClock", () => {
  test("who sleeps for a time has slept for it by the own clock, whatever the fractions", async () => {
    const pool = twoHosts();
    setDrift(pool.world, pool.world.host(1), 0.9937);
    const clock = hostClock(pool.world, pool.world.host(1));
    const slept: number[] = [];
    const sleepOften = async (): Promise<void> => {
      for (const ms of [1, 7, 250, 999, 1_000]) {
        const beforeMs = clock.uptimeMs();
        await clock.sleep(ms);
        slept.push(clock.uptimeMs() - beforeMs - ms);
      }
    };
    void sleepOften();
    await pool.run(5_000);
    expect(slept).toHaveLength(5);
    for (const moreMs of slept) expect([0, 1, 2]).toContain(moreMs);
  });
});
