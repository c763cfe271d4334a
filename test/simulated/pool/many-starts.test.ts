import { expect, test } from "bun:test";
import { runPass } from "../../../src/app/pass/iterate.ts";
import { PARALLEL_STARTS } from "../../../src/core/restart/restart-plan.ts";
import { type SimPool, simulatePool } from "../../../src/simulation/pool.ts";
import { MINUTE, QUICK, SECOND } from "./stage.ts";

const VMS = 500;
const GROUPS = 5;
const SLOW_MS = 40 * SECOND;
/** One of the last group takes so long. */
const SLOW = `vm${VMS - 1}`;
const HOST = 4;
const GIB = 1024 ** 3;

const orderOf = (number: number): number => Math.floor((number * GROUPS) / VMS);

/** Host 4 runs five hundred VMs, in groups of a hundred, and dies. */
function loadedPool(): SimPool {
  const vms = Array.from({ length: VMS }, (_, number) => ({
    name: `vm${number}`,
    on: HOST,
    order: orderOf(number),
    memoryBytes: GIB / 8,
    ...(`vm${number}` === SLOW ? { startMs: SLOW_MS } : {}),
  }));
  return simulatePool({ hosts: 4, vms, params: QUICK, runPass });
}

test("500 VMs of a dead host: in the order asked for, ten at a time, and none waits for a slow one", async () => {
  const pool = loadedPool();
  await pool.run(30 * SECOND);
  pool.power(HOST, false);
  const names = Array.from({ length: VMS }, (_, number) => `vm${number}`);
  /** When so many run. */
  const whenRunning = async (count: number): Promise<number> => {
    const limitMs = pool.clock.nowMs() + 5 * MINUTE;
    const running = () => names.filter((name) => pool.running(name).length > 0).length;
    while (running() < count && pool.clock.nowMs() < limitMs) await pool.run(SECOND);
    return pool.clock.nowMs();
  };
  const whole = await whenRunning(VMS - 1);
  expect(await whenRunning(VMS)).toBeGreaterThan(whole + SLOW_MS / 2);

  const since = (what: string) =>
    pool.world.log.filter((entry) => entry.what === what && entry.atMs > 30 * SECOND);
  const asked = since("start-asked");
  const started = since("domain-started");
  expect(new Set(asked.map(({ vm }) => vm)).size).toBe(VMS);
  expect(asked.length).toBe(VMS);
  // Groups in turn.
  const orders = asked.map(({ vm }) => orderOf(Number(String(vm).slice(2))));
  expect(orders).toEqual(orders.toSorted((a, b) => a - b));
  // Never more than ten under way.
  const events = [...asked.map(({ atMs }) => [atMs, 1]), ...started.map(({ atMs }) => [atMs, -1])] as const;
  let underWay = 0;
  let peak = 0;
  for (const [, change = 0] of events.toSorted(([a = 0, x = 0], [b = 0, y = 0]) => a - b || x - y)) {
    underWay += change;
    peak = Math.max(peak, underWay);
  }
  expect(peak).toBe(PARALLEL_STARTS);
  const first = asked[0]?.atMs ?? Number.NaN;
  // Fifty rounds of a fifth of a second, what is between them, and the device that is asked again every five seconds.
  expect(whole - first).toBeLessThan(18 * SECOND);
}, 120_000);
