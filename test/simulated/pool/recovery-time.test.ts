import { describe, expect, test } from "bun:test";
import type { SimPool } from "../../../src/simulation/pool.ts";
import { MINUTE, restedPool } from "./stage.ts";

const SIZES = [2, 3, 8, 16];
const GATEWAY = "192.0.2.1";
const PARAMS = { FENCE_MIN_HOSTS: "2", FENCE_USE_IP_HEURISTICS: "1", FENCE_HEURISTICS_IPS: GATEWAY };

/** MONITOR_DELAY and XAPI_DELAY of the stage. */
const TIE_S = 10 + 5;

/** Seconds from one event to the first of another kind after it. */
function at(pool: SimPool, what: string, text = ""): number {
  const found = pool.world.log.find(
    (entry) => entry.atMs > 30_000 && entry.what === what && JSON.stringify(entry).includes(text),
  );
  return (found?.atMs ?? Number.NaN) / 1_000;
}

async function lose(hosts: number, victim: number): Promise<SimPool> {
  const pool = await restedPool(hosts, { params: PARAMS, externals: [GATEWAY] });
  pool.power(victim, false);
  await pool.until(() => Number.isFinite(at(pool, "start-asked")), 5 * MINUTE);
  return pool;
}

/** From the end of the new master's own start to the first start of a VM: no member is waited for. */
function startAfterOwnS(pool: SimPool, master: number): number {
  const own = pool.world.log.find(
    ({ what, host, present, atMs }) =>
      what === "cookie" && host === master && present === true && atMs > 30_000,
  );
  return at(pool, "start-asked") - (own?.atMs ?? Number.NaN) / 1_000;
}

/** What the program adds to the detection that the parameters set, and to what the agent and xapi take themselves. */
describe("recovery time", () => {
  for (const hosts of SIZES) {
    test(`${hosts} hosts, a slave dies: at most 3 s between failure and first start, beside the agent`, async () => {
      const pool = await lose(hosts, hosts);
      const agentS = pool.world.timings.bmcMs / 1_000;
      const addedS = at(pool, "start-asked") - at(pool, "log", "is down") - agentS;
      expect(addedS).toBeLessThanOrEqual(3);
    });

    test(`${hosts} hosts, the master dies: at most 6 s beyond agent, two questions to the device, and the restart of its own XAPI`, async () => {
      const pool = await lose(hosts, 1);
      const agentS = pool.world.timings.bmcMs / 1_000;
      // Before the declaration, and before the start: a third of what it takes to switch.
      const askedS = (2 * agentS) / 3;
      // In a tie the slave's half lets a living master go first, and leads only when that is off.
      const turnS = hosts === 2 ? TIE_S + 1 : 0;
      const failedS = at(pool, "log", "is down");
      const decidedS = at(pool, "promote-asked") - failedS - turnS - agentS;
      expect(decidedS + Math.max(0, startAfterOwnS(pool, 2)) - askedS).toBeLessThanOrEqual(6);
    });
  }
});
