import { expect, test } from "bun:test";
import {
  inPool,
  killProgram,
  nothingRanTwice,
  onlyMaster,
  rejoined,
  STEP_MS,
  successor,
  vmsOf,
} from "./story.ts";
import { until } from "./world/wait.ts";

test(
  "kill -9 of monitor and iteration in the middle of both failovers: they go on when the monitor is started again",
  () =>
    inPool(async (pool) => {
      // A slave dies; the master's program is killed when it has just ordered the power-off.
      await pool.powerOff(3);
      await until("an attempt to fence host 3", STEP_MS, () => pool.controller.asked.includes(3));
      expect(await killProgram(pool, 1)).toBeGreaterThan(0);
      await pool.on(1, "/etc/init.d/ha-lizard", "start");
      await pool.untilRunning(vmsOf(3), STEP_MS, [3]);

      // The master dies; the successor's program is killed when it decides, and again when it is promoted.
      await pool.powerOn(3);
      await rejoined(pool, 3, STEP_MS);
      const next = await successor(pool);
      await pool.powerOff(1);
      await until("an attempt to fence host 1", STEP_MS, () => pool.controller.asked.includes(1));
      expect(await killProgram(pool, next)).toBeGreaterThan(0);
      await pool.on(next, "/etc/init.d/ha-lizard", "start");
      await until("the promotion", STEP_MS, async () => (await pool.sim.poolConf(next)).startsWith("master"));
      await killProgram(pool, next);
      await pool.on(next, "/etc/init.d/ha-lizard", "start");
      expect(await onlyMaster(pool, STEP_MS)).toBe(next);
      await pool.untilRunning(pool.vmNames, STEP_MS, [1]);
      await nothingRanTwice(pool);
    }),
  6 * 60_000,
);
