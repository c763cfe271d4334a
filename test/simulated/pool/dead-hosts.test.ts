import { expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import type { PassReport } from "../../../src/app/pass/pass-ports.ts";
import { simulatePool } from "../../../src/simulation/pool.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** How long the longest pass of the master takes while `dead` of 32 hosts lose their power, are suspected, and fail. */
async function longestPass(dead: number): Promise<number> {
  const pool = simulatePool({ hosts: 32, params: { FENCE_ENABLED: "0", MONITOR_DELAY: "15" }, runPass });
  const reportOf = () => JSON.parse(pool.disks[0]?.documents.get("pass") ?? "null") as PassReport | null;
  await pool.run(MINUTE_MS);
  for (let host = 33 - dead; host <= 32; host++) pool.power(host, false);
  let longestMs = 0;
  for (let second = 0; second < 120; second++) {
    await pool.run(SECOND_MS);
    longestMs = Math.max(longestMs, reportOf()?.durationMs ?? Number.NaN);
  }
  expect(reportOf()?.result).toBe("done");
  return longestMs;
}

test("fifteen dead hosts cost a pass the time of one", async () => {
  const one = await longestPass(1);
  expect(one).toBeGreaterThan(SECOND_MS);
  expect(await longestPass(15)).toBe(one);
}, 60_000);
