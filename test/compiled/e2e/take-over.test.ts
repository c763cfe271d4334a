import { expect, test } from "bun:test";
import { followed, MOMENTS, masterDiesAndIsBack, namedAndOnly } from "./old-master.ts";
import {
  inPool,
  lastIncident,
  nothingRanTwice,
  onlyMaster,
  passOfAll,
  replaysTheSame,
  reportOf,
  STEP_MS,
  vmsOf,
} from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { holds } from "./world/wait.ts";

/** A dead master is replaced, and comes back at a bad moment, or with all the others. */

const BOUND_MS = 6 * 60_000;
/** Several times what a failover takes with the short delays of these tests. */
const CALM_MS = 20_000;

for (const moment of Object.keys(MOMENTS) as (keyof typeof MOMENTS)[])
  test.concurrent(
    `the old master is switched on ${moment}: one master, everything runs, and nothing twice`,
    () =>
      inPool(async (pool) => {
        const master = await masterDiesAndIsBack(pool, moment);
        // Until the promotion has begun the old master is still the one that the group has named.
        if (moment !== "as soon as its fence has proved it off") expect(master).not.toBe(1);
        await replaysTheSame(pool, master);
        const { hosts, takeOvers, events, missing } = await lastIncident(pool, master);
        expect(hosts.find(({ name }) => name === "h1")).toMatchObject({ proved: true, proof: "TESTBMC" });
        expect(takeOvers.map(({ host }) => host)).toContain(
          `h${moment.includes("proved it off") ? 2 : master}`,
        );
        expect(new Set(events.map(({ seenBy }) => seenBy)).size).toBeGreaterThan(1);
        expect(missing).toEqual([]);
      }),
    BOUND_MS,
  );

test.concurrent(
  "a dead master is explained a minute later; then the whole pool loses its power, and the old master is back before the present one: the newer database wins",
  () =>
    inPool(async (pool) => {
      await pool.powerOff(1);
      const present = await onlyMaster(pool, STEP_MS);
      await pool.untilRunning(pool.vmNames, STEP_MS, [1]);
      await explainsItself(pool, present);
      await pool.on(present, "ha-cfg", "set", "MONITOR_DELAY", "5");
      await passOfAll(pool);
      const others = pool.hostNumbers().filter((host) => host !== present);
      await Promise.all([2, 3].map((host) => pool.powerOff(host)));

      const from = (await pool.sim.log(0)).length;
      for (const host of others) await pool.powerOn(host);
      // The old database is served, and nobody acts by it.
      expect(await onlyMaster(pool, STEP_MS)).toBe(1);
      await holds(CALM_MS, async () => {
        const started = (await pool.sim.log(from)).filter(({ what }) => what === "domain-started");
        return started.length > 0 ? JSON.stringify(started) : null;
      });

      await pool.powerOn(present);
      expect(await namedAndOnly(pool)).toBe(present);
      await followed(pool, present);
      expect((await pool.sim.poolOtherConfig())["HA_MONITOR_DELAY"]).toBe("5");
      await pool.untilRunning(pool.vmNames, STEP_MS);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

/** Within a minute after the last start an administrator is told what he asks first, and the record decides the same again. */
async function explainsItself(pool: Pool, master: number): Promise<void> {
  expect(await reportOf(pool, master, "h1", vmsOf(1))).toContain("Without the record of h1: ");
  await replaysTheSame(pool, master);
  const tasks = (await pool.sim.log(0)).filter(({ what }) => what === "task-shown" || what === "task-ended");
  expect(tasks).toMatchObject([
    { what: "task-shown", host: master, label: "HA-Lizard: h1 failed, recovering its VMs" },
    { what: "task-ended", host: master, status: "success" },
  ]);
  const told = await pool.on(master, "ha-cfg", "history", "last");
  expect(told).toMatch(/off +[\d:]+, proved by its fence device \(TESTBMC\)/);
  expect(told).toMatch(/fence begun +[\d:]+ by h\d \(leader\), 2 of 3 votes: h\d, h\d; silent: h1/);
  expect(told).toMatch(/(web|db)1 was down longest: [\d.]+ s for its host to count as failed/);
}
