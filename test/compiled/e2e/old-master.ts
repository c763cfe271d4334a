import { expect } from "bun:test";
import { hostDefaults } from "../../../src/simulation/spec.ts";
import { nothingRanTwice, onlyMaster, published, rejoined, STEP_MS } from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { until } from "./world/wait.ts";

/** Stories of a dead master that comes back, in a pool of any size. */

/** When the old master is switched on again, by what is seen of the take-over; who takes over is for the group to say. */
export const MOMENTS = {
  "as soon as its fence has proved it off": (pool) =>
    until("the fence of host 1", STEP_MS, () =>
      anySlave(pool, async (host) => /h1 was fenced: its agent confirms/.test(await pool.messages(host))),
    ),
  "as soon as the promotion has begun": (pool) =>
    until("the promotion", STEP_MS, () =>
      anySlave(pool, async (host) => (await pool.sim.poolConf(host)).startsWith("master")),
    ),
  "when it has been replaced": async (pool) => {
    await pool.untilRunning(pool.vmNames, STEP_MS, [1]);
    await onlyMaster(pool, STEP_MS);
    // So that the new master's xapi does not wait for the old one.
    const happened = (await pool.sim.log(0)).map(({ what }) => what);
    expect(happened).toContain("route-blocked");
  },
} satisfies Readonly<Record<string, (pool: Pool) => Promise<unknown>>>;

async function anySlave(pool: Pool, holds: (host: number) => Promise<boolean>): Promise<boolean> {
  for (const host of pool.hostNumbers()) if (host !== 1 && (await holds(host))) return true;
  return false;
}

/**
 * The master dies, and is switched on at such a moment: in the end one host is master, the other hosts are its enabled slaves, every
 * VM runs, and none ran twice. Returns the master.
 */
export async function masterDiesAndIsBack(pool: Pool, moment: keyof typeof MOMENTS): Promise<number> {
  await pool.powerOff(1);
  await MOMENTS[moment](pool);
  await pool.powerOn(1);
  const master = await namedAndOnly(pool);
  await followed(pool, master);
  await pool.untilRunning(pool.vmNames, STEP_MS);
  await nothingRanTwice(pool);
  for (const host of pool.hostNumbers())
    expect(await pool.on(host, "ip", "route", "show", "type", "unreachable")).toBe("");
  return master;
}

/** The only master, once it is whom every host that is on knows to be named. */
export async function namedAndOnly(pool: Pool): Promise<number> {
  const on = pool.hostNumbers().filter((host) => pool.isOn(host));
  return await until("one master, which the group has named", STEP_MS, async () => {
    const [master, ...others] = await pool.sim.masters();
    if (master === undefined || others.length > 0) return null;
    const { uuid } = hostDefaults(master);
    for (const host of on) if ((await published(pool, host))?.group.roll?.master !== uuid) return null;
    return master;
  });
}

/** Waits until every other host that is on is an enabled slave of this master, and all of them are one group. */
export async function followed(pool: Pool, master: number): Promise<void> {
  for (const host of pool.hostNumbers())
    if (host !== master && pool.isOn(host)) await rejoined(pool, host, STEP_MS);
  expect(await namedAndOnly(pool)).toBe(master);
}
