import { expect, test } from "bun:test";
import { followed, namedAndOnly } from "./old-master.ts";
import { inPool, nothingRanTwice, STEP_MS, successor, vmsOf } from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { until } from "./world/wait.ts";

/** An administrator's own orders to XAPI about who is master, in the middle of a failover. */

const BOUND_MS = 6 * 60_000;

const answered = (pool: Pool, from: number, call: string): Promise<unknown> =>
  until(`an answer to ${call}`, STEP_MS, async () => {
    const log = await pool.sim.log(from);
    return log.find((entry) => entry.what === "administrator" && entry["call"] === call)?.["answer"];
  });

const isMaster = (pool: Pool, host: number): Promise<boolean> =>
  until(`host ${host} master by its pool.conf`, STEP_MS, async () =>
    (await pool.sim.poolConf(host)).startsWith("master"),
  );

/** Everything runs, once, under this master; what was off comes back as its slave. */
async function whole(pool: Pool, master: number, off: number): Promise<void> {
  await pool.untilRunning(pool.vmNames, STEP_MS, [off]);
  await nothingRanTwice(pool);
  await pool.powerOn(off);
  await followed(pool, master);
  await pool.untilRunning(pool.vmNames, STEP_MS);
  await nothingRanTwice(pool);
}

test.concurrent(
  "pool-designate-new-master: the group follows, and a slave that dies in the same moment is replaced",
  () =>
    inPool(async (pool) => {
      await pool.do({ verb: "designate", host: 2 });
      await isMaster(pool, 2);
      await pool.powerOff(3);
      await pool.untilRunning(vmsOf(3), STEP_MS, [3]);
      expect(await namedAndOnly(pool)).toBe(2);
      expect([...new Set(pool.controller.asked)]).toEqual([3]);
      await whole(pool, 2, 3);
    }),
  BOUND_MS,
);

test.concurrent(
  "pool-designate-new-master while a dead slave is fenced: XAPI refuses it, and the failover goes on",
  () =>
    inPool(async (pool) => {
      pool.controller.setState(3, "dead");
      await pool.powerOff(3);
      await until("an attempt to fence host 3", STEP_MS, () => pool.controller.asked.includes(3));
      const from = (await pool.sim.log(0)).length;
      await pool.do({ verb: "designate", host: 2 });
      expect(await answered(pool, from, "pool.designate_new_master")).not.toBe("done");
      pool.controller.setState(3, "up");
      await pool.untilRunning(vmsOf(3), STEP_MS, [3]);
      expect(await namedAndOnly(pool)).toBe(1);
      await whole(pool, 1, 3);
    }),
  BOUND_MS,
);

test.concurrent(
  "ha-cfg power-on: refused while the host lives or is being fenced, and elsewhere than where the pool is led; then it is on",
  () =>
    inPool(async (pool) => {
      const refused = async (host: number, name: string, why: string) => {
        const { code, stderr } = await pool.tryOn(host, "ha-cfg", "power-on", name, "--yes");
        expect([code, stderr]).toEqual([1, expect.stringContaining(`Cannot switch ${name} on: ${why}`)]);
      };
      await refused(1, "h3", "its monitor is heard");
      pool.controller.setState(3, "dead");
      await pool.powerOff(3);
      await until("an attempt to fence host 3", STEP_MS, () => pool.controller.asked.includes(3));
      await refused(1, "h3", "it");
      pool.controller.setState(3, "up");
      await pool.untilRunning(vmsOf(3), STEP_MS, [3]);
      await refused(2, "h3", "h1 leads the hosts of this pool");
      await until("host 3 may be switched on", STEP_MS, async () => {
        const { code } = await pool.tryOn(1, "ha-cfg", "power-on", "h3", "--yes", "--json");
        return code === 0;
      });
      await followed(pool, 1);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

for (const who of ["the successor", "another slave"])
  test.concurrent(
    `pool-emergency-transition-to-master on ${who} while the dead master is fenced: one master in the end`,
    () =>
      inPool(async (pool) => {
        const next = await successor(pool);
        const promoted = who === "the successor" ? next : 5 - next;
        await pool.powerOff(1);
        await until("an attempt to fence host 1", STEP_MS, () => pool.controller.asked.includes(1));
        await pool.do({ verb: "promote-by-hand", host: promoted });
        const master = await namedAndOnly(pool);
        expect(master).not.toBe(1);
        await whole(pool, master, 1);
      }),
    BOUND_MS,
  );
