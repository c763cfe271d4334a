import { expect, test } from "bun:test";
import { PRESETS } from "../../../src/config/presets.ts";
import { followed, MOMENTS, masterDiesAndIsBack, namedAndOnly } from "./old-master.ts";
import {
  FAST_PARAMETERS,
  inPool,
  nothingRanTwice,
  onlyMaster,
  STEP_MS,
  startSettled,
  vmsOf,
} from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { holds, until } from "./world/wait.ts";

/** Two hosts, as the manual sets them up: an address outside the pool breaks the tie. */

const BOUND_MS = 6 * 60_000;
/** Several times what a failover takes with the short delays of these tests. */
const CALM_MS = 20_000;
/** The world's own address, which a host that is cut off does not reach. */
const GATEWAY = "10.77.0.1";

const startTwo = (params: Readonly<Record<string, string>> = {}) => {
  const example = PRESETS.get("two-node")?.values ?? {};
  const own = { ...FAST_PARAMETERS, FENCE_HEURISTICS_IPS: GATEWAY };
  const vms = [1, 2].flatMap((on) => [`web${on}`, `db${on}`].map((name) => ({ name, on })));
  return startSettled({ hosts: 2, vms, ha: "true", params: { ...example, ...own, ...params } });
};

/** A complaint when a VM was started since the log had `from` entries. */
async function anyStart(pool: Pool, from: number): Promise<string | null> {
  const started = (await pool.sim.log(from)).filter(({ what }) => what === "domain-started");
  return started.length > 0 ? JSON.stringify(started) : null;
}

for (const moment of Object.keys(MOMENTS) as (keyof typeof MOMENTS)[])
  test.concurrent(
    `two hosts: the old master is switched on ${moment}: one master, everything runs, and nothing twice`,
    () =>
      inPool(async (pool) => {
        const master = await masterDiesAndIsBack(pool, moment);
        if (moment !== "as soon as its fence has proved it off") expect(master).toBe(2);
      }, startTwo),
    BOUND_MS,
  );

test.concurrent(
  "two hosts: the master is cut off from the other one and from the address that breaks the tie: it is fenced and replaced",
  () =>
    inPool(async (pool) => {
      await pool.isolate(1);
      await until("the power of the master being cut", STEP_MS, () => !pool.isOn(1));
      await pool.untilRunning(pool.vmNames, STEP_MS, [1]);
      expect(await onlyMaster(pool, STEP_MS)).toBe(2);
      expect([...new Set(pool.controller.asked)]).toEqual([1]);
      await pool.heal();
      await pool.powerOn(1);
      await followed(pool, 2);
      await nothingRanTwice(pool);
    }, startTwo),
  BOUND_MS,
);

test.concurrent(
  "two hosts lose their power after a take-over, and the old master is back first: the newer database wins",
  () =>
    inPool(async (pool) => {
      await pool.powerOff(1);
      await pool.untilRunning(pool.vmNames, STEP_MS, [1]);
      expect(await onlyMaster(pool, STEP_MS)).toBe(2);
      await pool.on(2, "ha-cfg", "set", "MONITOR_DELAY", "5");
      await pool.powerOff(2);

      const from = (await pool.sim.log(0)).length;
      await pool.powerOn(1);
      expect(await onlyMaster(pool, STEP_MS)).toBe(1);
      await holds(CALM_MS, () => anyStart(pool, from));
      await pool.powerOn(2);
      expect(await namedAndOnly(pool)).toBe(2);
      await followed(pool, 2);
      expect((await pool.sim.poolOtherConfig())["HA_MONITOR_DELAY"]).toBe("5");
      await pool.untilRunning(pool.vmNames, STEP_MS);
      await nothingRanTwice(pool);
    }, startTwo),
  BOUND_MS,
);

test.concurrent(
  "two hosts without an address that breaks the tie: the slave waits until an administrator confirms that the master is off",
  () =>
    inPool(
      async (pool) => {
        await pool.powerOff(1);
        const from = (await pool.sim.log(0)).length;
        await pool.untilLogged(2, /quorum/, STEP_MS);
        await holds(CALM_MS, () => anyStart(pool, from));
        await pool.on(2, "ha-cfg", "confirm-off", "h1", "--yes");
        await pool.untilRunning(pool.vmNames, STEP_MS, [1]);
        expect(await onlyMaster(pool, STEP_MS)).toBe(2);
        await nothingRanTwice(pool);
      },
      () => startTwo({ FENCE_USE_IP_HEURISTICS: "0" }),
    ),
  BOUND_MS,
);

test.concurrent(
  "two hosts, and FENCE_MIN_HOSTS wants three: a dead slave is not fenced before it is set to two",
  () =>
    inPool(
      async (pool) => {
        await pool.powerOff(2);
        await pool.untilLogged(1, /FENCE_MIN_HOSTS/, STEP_MS);
        expect(pool.controller.asked).toEqual([]);
        await pool.on(1, "ha-cfg", "set", "FENCE_MIN_HOSTS", "2");
        await pool.untilRunning(vmsOf(2), STEP_MS, [2]);
        expect([...new Set(pool.controller.asked)]).toEqual([2]);
        await nothingRanTwice(pool);
      },
      () => startTwo({ FENCE_MIN_HOSTS: "3" }),
    ),
  BOUND_MS,
);
