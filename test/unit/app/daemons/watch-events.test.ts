import { expect, test } from "bun:test";
import { watchEvents } from "../../../../src/app/daemons/watch-events.ts";
import { SUCCESSOR_KEY } from "../../../../src/core/model/pool-keys.ts";
import { portClock } from "../../../../src/simulation/clock.ts";
import { setPoolKey } from "../../../../src/simulation/control.ts";
import { type SimPool, simulatePool } from "../../../../src/simulation/pool.ts";
import { simTransport } from "../../../../src/simulation/ports/transport.ts";

const SECOND = 1_000;
const VMS = [
  { name: "web", on: 1 },
  { name: "db", on: 2 },
  ...Array.from({ length: 30 }, (_, number) => ({ name: `many${number}`, on: 2 })),
];

/** Watches on a host of a pool without this program; the seconds at which it woke, since the last look. */
function watch(host = 1): {
  pool: SimPool;
  woke: () => readonly number[];
  stop: () => void;
  calls: () => number;
} {
  const pool = simulatePool({ hosts: 2, vms: VMS });
  const transport = simTransport(pool.world, host);
  const stop = new AbortController();
  let times: number[] = [];
  let calls = 0;
  void watchEvents(
    {
      clock: portClock(pool.clock, () => 0),
      transport: {
        call: (...request) => {
          calls += 1;
          return transport.call(...request);
        },
        close: () => transport.close(),
      },
      isMaster: async () => pool.world.host(host).poolConf === "master",
      wake: () => void times.push(pool.clock.nowMs() / SECOND),
    },
    stop.signal,
  );
  const woke = () => {
    const seen = times;
    times = [];
    return seen;
  };
  return { pool, woke, stop: () => stop.abort(), calls: () => calls };
}

/** The same on the master, when it has had its first look. */
async function settledWatch() {
  const watching = watch();
  await watching.pool.run(10 * SECOND);
  watching.woke();
  return watching;
}

test("watchEvents: a VM that dies wakes within a second, on whatever host it ran", async () => {
  const { pool, woke } = watch();
  await pool.run(60 * SECOND);
  // Once at the beginning, for what nobody saw.
  expect(woke().length).toBe(1);
  for (const name of ["web", "db"]) {
    const at = pool.clock.nowMs() / SECOND;
    pool.crashVm(name);
    await pool.run(20 * SECOND);
    const [first = Number.NaN, ...more] = woke();
    expect(first - at).toBeLessThan(1);
    expect(more).toEqual([]);
  }
});

test("watchEvents: a pool in which nothing happens costs a request every half minute", async () => {
  const { pool, woke, calls } = await settledWatch();
  const before = calls();
  await pool.run(600 * SECOND);
  expect(woke()).toEqual([]);
  expect(calls() - before).toBeLessThan(25);
  expect(calls() - before).toBeGreaterThan(15);
});

test("watchEvents: many VMs that die at once are one look a second, not one each", async () => {
  const { pool, woke } = await settledWatch();
  for (let number = 0; number < 30; number++) pool.crashVm(`many${number}`);
  await pool.run(30 * SECOND);
  const looks = woke().length;
  expect(looks).toBeGreaterThan(0);
  expect(looks).toBeLessThan(6);
});

test("watchEvents: the HA flag and parameters wake, the successor does not", async () => {
  const { pool, woke } = await settledWatch();
  pool.param("XE_TIMEOUT", "9");
  await pool.run(10 * SECOND);
  expect(woke().length).toBe(1);
  pool.ha("false");
  await pool.run(10 * SECOND);
  expect(woke().length).toBe(1);
  setPoolKey(pool.world, SUCCESSOR_KEY, "somebody");
  await pool.run(10 * SECOND);
  expect(woke()).toEqual([]);
});

test("watchEvents: XAPI that hangs or is gone is waited for, and looked at when it is back", async () => {
  const { pool, woke } = await settledWatch();
  pool.xapi(1, "hang");
  await pool.run(300 * SECOND);
  pool.xapi(1, "run");
  await pool.run(120 * SECOND);
  expect(woke().length).toBeGreaterThan(0);
  pool.xapi(1, "stop");
  await pool.run(300 * SECOND);
  woke();
  pool.xapi(1, "run");
  await pool.run(150 * SECOND);
  expect(woke().length).toBeGreaterThan(0);
  pool.crashVm("web");
  await pool.run(5 * SECOND);
  expect(woke().length).toBe(1);
});

test("watchEvents: where XAPI is a moment late, it is tried again within seconds; where it is gone, once a minute", async () => {
  const { pool, woke, calls } = watch();
  pool.xapi(1, "stop");
  await pool.run(2 * SECOND);
  pool.xapi(1, "run");
  await pool.run(10 * SECOND);
  const [first = Number.NaN] = woke();
  expect(first).toBeLessThan(9);
  pool.xapi(1, "stop");
  await pool.run(600 * SECOND);
  const before = calls();
  await pool.run(600 * SECOND);
  expect(calls() - before).toBeLessThanOrEqual(10);
});

test("watchEvents: on a slave nothing is asked; it ends when it is told to", async () => {
  const { pool, woke, calls, stop } = watch(2);
  await pool.run(300 * SECOND);
  expect([woke(), calls()]).toEqual([[], 0]);
  stop();
  await pool.run(10 * SECOND);
  expect(calls()).toBe(0);
});

test("watchEvents: a slave that becomes master is watched from then on", async () => {
  const { pool, woke, calls } = watch(2);
  pool.power(1, false);
  await pool.run(10 * SECOND);
  pool.promoteByHand(2);
  await pool.run(60 * SECOND);
  // The first look at what happened while nobody watched.
  expect(woke().length).toBe(1);
  pool.crashVm("db");
  await pool.run(SECOND);
  expect(woke().length).toBe(1);
  expect(calls()).toBeLessThan(20);
});
