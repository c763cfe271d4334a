import { expect, test } from "bun:test";
import { hostDefaults } from "../../../src/simulation/spec.ts";
import { followed, namedAndOnly } from "./old-master.ts";
import {
  FAST_PARAMETERS,
  inPool,
  nothingRanTwice,
  published,
  STEP_MS,
  startSettled,
  twoVmsPerHost,
} from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { until } from "./world/wait.ts";

const BOUND_MS = 6 * 60_000;
const startWith = (hosts: number) => (): Promise<Pool> =>
  startSettled({ hosts, vms: twoVmsPerHost(hosts), params: FAST_PARAMETERS, ha: "true" });

/** A slave by whose own roll it is the master; null: none yet. */
async function namedItself(pool: Pool): Promise<number | null> {
  for (const host of pool.hostNumbers().filter((number) => number !== 1))
    if ((await published(pool, host))?.group.roll?.master === hostDefaults(host).uuid) return host;
  return null;
}

/** The master dies, and the next one as soon as it has named itself; returns the second. */
async function bothDie(pool: Pool): Promise<number> {
  await pool.powerOff(1);
  const next = await until("a host that has named itself", STEP_MS, () => namedItself(pool));
  await pool.powerOff(next);
  return next;
}

test.concurrent(
  "the new master dies as soon as it has named itself: a third host takes over, and both come back as its slaves",
  () =>
    inPool(async (pool) => {
      const next = await bothDie(pool);
      const third = await namedAndOnly(pool);
      expect([1, next]).not.toContain(third);
      await pool.untilRunning(pool.vmNames, STEP_MS, [1, next]);
      await nothingRanTwice(pool);
      for (const host of [1, next]) await pool.powerOn(host);
      await followed(pool, third);
      await pool.untilRunning(pool.vmNames, STEP_MS);
      await nothingRanTwice(pool);
    }, startWith(5)),
  BOUND_MS,
);

test.concurrent(
  "the same in a pool of four: a third host takes over, at the latest when both deaths are confirmed",
  () =>
    inPool(async (pool) => {
      const next = await bothDie(pool);
      const [left = 2] = pool.hostNumbers().filter((host) => pool.isOn(host));
      // Two are no majority of the four who counted, if the roll in which the second was named has reached nobody in time.
      const seen = await until("a third master, or no quorum", STEP_MS, async () => {
        if ((await pool.sim.masters()).length > 0) return "a master";
        return (await pool.messages(left)).includes("this host has no quorum") ? "no quorum" : null;
      });
      // The first word alone is a warning: the other death is still to be confirmed.
      if (seen === "no quorum")
        for (const dead of [1, next]) await pool.tryOn(left, "ha-cfg", "confirm-off", `h${dead}`, "--yes");
      console.log(`four hosts, two of them dead: ${seen}`);
      await pool.untilRunning(pool.vmNames, STEP_MS, [1, next]);
      await namedAndOnly(pool);
      await nothingRanTwice(pool);
    }, startWith(4)),
  BOUND_MS,
);
