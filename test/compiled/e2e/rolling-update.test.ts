import { expect, test } from "bun:test";
import { inPool, nothingRanTwice, onlyMaster, passOfAll, published, STEP_MS, vmsOf } from "./story.ts";
import type { Pool } from "./world/pool.ts";
import { holds, until } from "./world/wait.ts";

/** An update of the whole pool, host by host, the master first, with HA on. */

const BOUND_MS = 10 * 60_000;
/** Several times what a failover takes with the short delays of these tests: a failed host is fenced after 4 s. */
const DOWN_MS = 20_000;
/** The master has started, and a host that it has disabled is enabled again. */
const STARTED_MS = 25_000;
/** From when a power cut that the test makes is over until the host is enabled, or a VM is started. */
const SOON_MS = 60_000;

/** What a host remembers in this boot. */
const MEMORY_FILE = "/run/ha-lizard/state/recent-memory.json";

/** Starts of VMs that were no arrival of a migration, since the log had `from` entries. */
async function starts(pool: Pool, from: number): Promise<readonly string[]> {
  const moved = new Set<unknown>();
  const found: string[] = [];
  for (const { what, vm, why } of await pool.sim.log(from)) {
    if (what === "domain-ended" && why === "migrate") moved.add(vm);
    if (what === "domain-started" && !moved.delete(vm)) found.push(String(vm));
  }
  return found;
}

/** A complaint when a host was fenced, a slave promoted, or a VM started since the log had `from` entries. */
async function stir(pool: Pool, from: number): Promise<string | null> {
  const fenced = pool.controller.asked;
  if (fenced.length > 0) return `fence attempts: host ${fenced.join(", ")}`;
  for (const host of [2, 3])
    if ((await pool.sim.poolConf(host)).startsWith("master")) return `host ${host} is promoted`;
  const started = await starts(pool, from);
  return started.length > 0 ? `started: ${started.join(", ")}` : null;
}

/** Until the start of its xapi is complete the database may still call it enabled as before, and as long as that start lasts disabled. */
const enabled = (pool: Pool, host: number): Promise<unknown> =>
  until(`host ${host} being enabled, and its start complete`, SOON_MS, async () => {
    const { hosts } = await pool.sim.truth();
    const isComplete = hosts.find(({ number }) => number === host)?.initComplete === true;
    return isComplete && (await pool.sim.enabledHosts()).includes(host);
  });

/** A host that has just come back may refuse at first. */
const move = (pool: Pool, vms: readonly string[], to: number): Promise<unknown> =>
  until(`${vms.join(", ")} running on host ${to}`, SOON_MS, async () => {
    const running = await pool.sim.running();
    const left = vms.filter((vm) => !running.get(vm)?.includes(to));
    for (const vm of left) await pool.do({ verb: "vm", vm, do: "migrate", host: to });
    return left.length === 0;
  });

/** As Xen Orchestra does it: disabled, emptied, its toolstack restarted, rebooted; XAPI enables it, and the VMs come back. */
async function update(pool: Pool, host: number, from: number): Promise<void> {
  // Who is disabled within 20 s after the start of the master is disabled by that start, by all that is seen.
  for (const one of pool.hostNumbers()) await enabled(pool, one);
  if (host > 1) await holds(STARTED_MS, () => stir(pool, from));
  await passOfAll(pool);
  await pool.do({ verb: "host-disable", host });
  for (const one of pool.hostNumbers())
    await until(`host ${one} taking host ${host} for one in maintenance`, SOON_MS, async () =>
      (await pool.file(one, MEMORY_FILE))?.includes('"work":{"kind":"disabled"'),
    );
  await move(pool, vmsOf(host), (host % 3) + 1);
  await pool.do({ verb: "toolstack-restart", host });
  await enabled(pool, host);
  await passOfAll(pool);
  await pool.powerOff(host);
  await holds(DOWN_MS, () => stir(pool, from));
  await pool.powerOn(host);
  await onlyMaster(pool, SOON_MS);
  await enabled(pool, host);
  await pool.do({ verb: "host-enable", host });
  await move(pool, vmsOf(host), host);
  await passOfAll(pool);
}

/** HA is as it was: a VM that dies is started, and a host that dies is fenced, and nobody else. */
async function actsAgain(pool: Pool, host: number): Promise<void> {
  await pool.do({ verb: "vm", vm: "db2", do: "crash" });
  await pool.untilStartedAgain("db2", STEP_MS);
  expect(pool.controller.asked).toEqual([]);
  await pool.powerOff(host);
  await pool.untilRunning(pool.vmNames, STEP_MS, [host]);
  expect([...new Set(pool.controller.asked)]).toEqual([host]);
}

test.concurrent(
  "each host is disabled, emptied and rebooted: no fence, no promotion, no start, and HA works afterwards",
  () =>
    inPool(async (pool) => {
      const from = (await pool.sim.log(0)).length;
      for (const host of [1, 2, 3]) await update(pool, host, from);
      expect(await stir(pool, from)).toBeNull();
      expect(await onlyMaster(pool, STEP_MS)).toBe(1);
      await actsAgain(pool, 3);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);

test.concurrent(
  "HA is disarmed, and each host goes down with its VMs: no fence, no promotion, no start, until it is armed by itself",
  () =>
    inPool(async (pool) => {
      const from = (await pool.sim.log(0)).length;
      const said = await pool.on(2, "ha-cfg", "disarm", "--for", "3min");
      expect(said).toMatch(/^All 3 hosts have it\.\nHA is disarmed for .* for 3 min, /);
      const endMs = Date.now() + 180_000;
      for (const host of [1, 2]) {
        await pool.powerOff(host);
        await holds(DOWN_MS, () => stir(pool, from));
        await pool.powerOn(host);
        await onlyMaster(pool, SOON_MS);
        await enabled(pool, host);
      }
      await pool.do({ verb: "vm", vm: "db3", do: "crash" });
      expect(await pool.on(3, "ha-cfg", "status")).toContain("on, and disarmed (");
      // Not earlier; but a host that boots and leads at once does not know for how long it was off.
      await holds(endMs - 2_000 - Date.now(), () => stir(pool, from));
      await until(
        "HA being armed by itself",
        STEP_MS,
        async () => (await published(pool, 1))?.group.roll?.disarms.length === 0,
      );
      await pool.untilRunning(pool.vmNames, STEP_MS);
      expect(pool.controller.asked).toEqual([]);
      expect([...(await starts(pool, from))].sort()).toEqual([...vmsOf(1, 2), "db3"].sort());
      await actsAgain(pool, 3);
      await nothingRanTwice(pool);
    }),
  BOUND_MS,
);
