import { describe, expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import { type SimPool, simulatePool } from "../../../src/simulation/pool.ts";
import { act } from "../scenarios/verbs.ts";
import { type Cause, causeOf, ResetWatch } from "./resets.ts";

const SECOND = 1_000;

async function watched(
  script: readonly string[],
  seconds: number,
): Promise<{ pool: SimPool; resets: ResetWatch }> {
  const params = {
    FENCE_METHOD: "WATCHDOG",
    FENCE_WATCHDOG_TIMEOUT: "15",
    MONITOR_DELAY: "10",
    XE_TIMEOUT: "20",
  };
  const vms = [1, 2, 3].map((on) => ({ name: `vm${on}`, on }));
  const pool = simulatePool({ hosts: 3, vms, params, runPass });
  const resets = new ResetWatch(pool, () => false);
  await pool.run(60 * SECOND);
  for (const line of script) act(pool, line.split(" "));
  await pool.run(seconds * SECOND);
  return { pool, resets };
}

describe("ResetWatch: why a watchdog fires", () => {
  test.each<[why: Cause, script: readonly string[], host: number]>([
    ["monitor-away", ["stall h2 monitor 60s"], 2],
    ["monitor-away", ["stall h2 watchdog 60s", "service h2 kill"], 2],
    ["monitor-away", ["stall h2 monitor 25s", "xapi-ha on", "xapi-ha off"], 2],
    ["forgotten", ["xapi h1 hang", "state h2 delete", "service h2 kill"], 2],
    ["no-majority", ["split h1,h3 | h2"], 2],
    ["no-majority", ["split h1 | h2 | h3"], 3],
  ])("%s: %j", async (cause, script, host) => {
    const { resets } = await watched(script, 45);
    expect(resets.resets).toContainEqual({ atMs: expect.any(Number), host, cause });
    expect(resets.failures()).toEqual([]);
  });

  test("one that fires although nothing was in the way is a failure", async () => {
    const { pool, resets } = await watched([], 0);
    const [slot] = pool.world.host(2).watchdog.slots;
    expect(slot).toBeDefined();
    await pool.run(7 * SECOND);
    pool.world.record("watchdog-fired", { host: 2 });
    expect(resets.failures()).toEqual([expect.stringMatching(/^reset-unexplained at .*: h2 /)]);
    expect(resets.counts()["monitor-away"]).toBe(0);
  });
});

describe("causeOf", () => {
  const looks = (count: number, look: Cause | null) => Array.from({ length: count }, () => look);
  test("what was in the way for the longest time", () =>
    expect(causeOf([...looks(4, "cut-off"), ...looks(9, "election"), ...looks(11, null)])).toBe("election"));
  test("nothing explains it where a lease could have been renewed meanwhile", () =>
    expect(causeOf([...looks(20, "cut-off"), ...looks(12, null)])).toBeNull());
  test("for that it takes one stretch", () =>
    expect(causeOf([...looks(8, null), ...looks(5, "cut-off"), ...looks(8, null)])).toBe("cut-off"));
});
