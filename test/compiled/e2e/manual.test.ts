import { expect, test } from "bun:test";
import { followed } from "./old-master.ts";
import {
  inPool,
  nothingRanTwice,
  onlyMaster,
  passOfAll,
  rejoined,
  STEP_MS,
  successor,
  vmsOf,
} from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { holds, until } from "./world/wait.ts";

/** Stories of the manual's chapter on cluster management and fencing that no other file tells; the list is in test/README.md. */

const BOUND_MS = 8 * 60_000;
const CALM_MS = 15_000;

const set = (pool: Pool, name: string, value: string) => pool.on(1, "ha-cfg", "set", name, value);

async function bootCount(pool: Pool, host: number): Promise<number> {
  return (await pool.sim.truth()).hosts.find(({ number }) => number === host)?.bootCount ?? 0;
}

test.concurrent(
  "FENCE_HA_ONFAIL=1: a slave that could not be fenced counts as off, once the administrator wants that",
  () =>
    inPool(async (pool) => {
      pool.controller.setState(3, "dead");
      const from = (await pool.sim.log(0)).length;
      await pool.powerOff(3);
      await pool.untilLogged(1, /h3 could not be fenced/, STEP_MS);
      await holds(CALM_MS, async () => {
        const started = (await pool.sim.log(from)).filter(({ what }) => what === "domain-started");
        return started.length > 0 ? JSON.stringify(started) : null;
      });
      await set(pool, "FENCE_HA_ONFAIL", "1");
      await pool.untilRunning(vmsOf(3), STEP_MS, [3]);
      await pool.untilLogged(1, /its power state was not confirmed/, STEP_MS);
      await pool.powerOn(3);
      await rejoined(pool, 3, STEP_MS);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

test.concurrent(
  "FENCE_METHOD=POOL: a dead slave counts as off, and no device is asked",
  () =>
    inPool(async (pool) => {
      await set(pool, "FENCE_METHOD", "POOL");
      await passOfAll(pool);
      await pool.powerOff(2);
      await pool.untilRunning(vmsOf(2), STEP_MS, [2]);
      expect(pool.controller.asked).toEqual([]);
      await pool.powerOn(2);
      await rejoined(pool, 2, STEP_MS);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

test.concurrent(
  "FENCE_HOST_FORGET=1: a dead slave is removed from the pool, and its VMs run elsewhere",
  () =>
    inPool(async (pool) => {
      await set(pool, "FENCE_HOST_FORGET", "1");
      await pool.powerOff(2);
      await pool.untilLogged(1, /h2 was removed from the pool/, STEP_MS);
      await pool.untilRunning(pool.vmNames, STEP_MS, [2]);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

test.concurrent(
  "FENCE_REBOOT_LONE_HOST=1: a slave that sees nobody and that nobody can fence reboots itself, once",
  () =>
    inPool(async (pool) => {
      await set(pool, "FENCE_REBOOT_LONE_HOST", "1");
      await passOfAll(pool);
      pool.controller.setState(3, "dead");
      const before = await bootCount(pool, 3);
      await pool.isolate(3);
      await until("a reboot of host 3", STEP_MS, async () => (await bootCount(pool, 3)) > before);
      await holds(CALM_MS, async () => ((await bootCount(pool, 3)) === before + 1 ? null : "another reboot"));
      await pool.heal();
      pool.controller.setState(3, "up");
      await followed(pool, 1);
      await pool.untilRunning(pool.vmNames, STEP_MS);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

test.concurrent(
  "the program of the next master is killed in the take-over: the watchdog starts it again, and it goes on",
  () =>
    inPool(async (pool) => {
      const next = await successor(pool);
      await pool.on(next, "/etc/init.d/ha-lizard", "start", "-w");
      await pool.powerOff(1);
      await until("an attempt to fence host 1", STEP_MS, () => pool.controller.asked.includes(1));
      await pool.on(next, "sh", "-c", "kill -9 $(cat /run/ha-lizard.pid)");
      await pool.untilLogged(next, /The monitor is not running: restarting the service/, STEP_MS);
      await pool.untilRunning(pool.vmNames, STEP_MS, [1]);
      expect(await onlyMaster(pool, STEP_MS)).not.toBe(1);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);
