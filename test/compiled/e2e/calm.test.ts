import { expect, test } from "bun:test";
import { inPool, nothingRanTwice, onlyMaster, passOfAll, STEP_MS, successor } from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { holds } from "./world/wait.ts";

const BOUND_MS = 5 * 60_000;

/** Long enough for several failovers with the short delays of these tests: a failed host is fenced after 4 s. */
const CALM_MS = 25_000;

/** Plays a story after which nothing may have run twice. */
const inCalmPool = (story: (pool: Pool) => Promise<void>): Promise<void> =>
  inPool(async (pool) => {
    await story(pool);
    await nothingRanTwice(pool);
  });

/** A complaint when a host but `doomed` was fenced, or any promoted, or a VM started since the log had `from` entries. */
async function stir(pool: Pool, from: number, doomed: number | null = null): Promise<string | null> {
  const fenced = pool.controller.asked.filter((host) => host !== doomed);
  if (fenced.length > 0) return `fence attempts: host ${fenced.join(", ")}`;
  for (const host of [2, 3]) {
    if ((await pool.sim.poolConf(host)).startsWith("master")) return `host ${host} is promoted`;
  }
  const started = (await pool.sim.log(from)).filter((entry) => entry["what"] === "domain-started");
  return started.length > 0 ? `started: ${JSON.stringify(started)}` : null;
}

test.concurrent(
  "toolstack restart of 60 s on the master: no fence, no promotion, and HA works afterwards",
  () =>
    inCalmPool(async (pool) => {
      const from = (await pool.sim.log(0)).length;
      await pool.do({ verb: "xapi", host: 1, state: "stop" });
      await holds(60_000, () => stir(pool, from));
      await pool.do({ verb: "xapi", host: 1, state: "run" });
      expect(await onlyMaster(pool, STEP_MS)).toBe(1);
      await pool.do({ verb: "vm", vm: "db2", do: "crash" });
      await pool.untilStartedAgain("db2", STEP_MS);
      expect(pool.controller.asked).toEqual([]);
    }),
  BOUND_MS,
);

test.concurrent(
  "a slave cut off without quorum: it starts nothing, fences nobody, is not promoted",
  () =>
    inCalmPool(async (pool) => {
      // The successor, because it is the one that would; its controller is dead so that the others cannot fence it.
      const cutOff = await successor(pool);
      pool.controller.setState(cutOff, "dead");
      const from = (await pool.sim.log(0)).length;
      await pool.partition(
        pool.hostNumbers().filter((host) => host !== cutOff),
        [cutOff],
      );
      await holds(CALM_MS, () => stir(pool, from, cutOff));
      await pool.untilLogged(cutOff, /quorum/i, STEP_MS);
      await pool.heal();
      expect(await onlyMaster(pool, STEP_MS)).toBe(1);
      await pool.untilRunning(pool.vmNames, STEP_MS);
    }),
  BOUND_MS,
);

test.concurrent(
  "HA switched off: a dead VM, a dead slave and a dead master stay dead",
  () =>
    inCalmPool(async (pool) => {
      await pool.on(1, "ha-cfg", "ha-disable");
      await passOfAll(pool);
      const from = (await pool.sim.log(0)).length;
      await pool.do({ verb: "vm", vm: "web2", do: "crash" });
      await pool.powerOff(3);
      await holds(CALM_MS / 2, () => stir(pool, from));
      await pool.powerOff(1);
      await holds(CALM_MS, () => stir(pool, from));
    }),
  BOUND_MS,
);

test.concurrent(
  "a host in maintenance loses its power: nothing is fenced or started",
  () =>
    inCalmPool(async (pool) => {
      await pool.do({ verb: "maintenance", host: 3, on: true });
      await passOfAll(pool);
      const from = (await pool.sim.log(0)).length;
      await pool.powerOff(3);
      await holds(CALM_MS, () => stir(pool, from));
    }),
  BOUND_MS,
);
