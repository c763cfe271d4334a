import { expect, test } from "bun:test";
import { createStoring } from "../../../../src/app/pass/storing.ts";
import type { XapiResult } from "../../../../src/core/model/pool-view.ts";
import { neverAborts } from "../../../../src/ports/deadline.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";
import { host } from "../../core/fixtures.ts";

const DONE: XapiResult<void> = { ok: true, value: undefined };
/** A master whose database is written in so many milliseconds; when each write began. */
function master(takesMs: number) {
  const time = new VirtualClock();
  const clock = portClock(time, () => 0);
  const writes: number[] = [];
  const xapi = {
    storeDatabase: async () => {
      writes.push(clock.uptimeMs());
      await clock.sleep(takesMs, neverAborts());
      return DONE;
    },
  };
  const storing = createStoring(xapi, clock);
  /** Asks after so long, and tells when what was so then is on disk. */
  const ask = async (afterMs: number) => {
    await clock.sleep(afterMs, neverAborts());
    const { ok } = await storing.store(host(1), neverAborts());
    return { ok, atMs: clock.uptimeMs() };
  };
  const run = async (...afterMs: readonly number[]) => {
    const asked = Promise.all(afterMs.map(ask));
    await time.runUntil(20_000);
    return asked;
  };
  return { writes, run };
}

test("store: at once when nothing was written just now", async () => {
  const { writes, run } = master(5);
  expect(await run(100, 3_000)).toEqual([
    { ok: true, atMs: 105 },
    { ok: true, atMs: 3_005 },
  ]);
  expect(writes).toEqual([100, 3_000]);
});

test("store: what changes during a write needs another one, one for all who ask, after a rest", async () => {
  const { writes, run } = master(10);
  const ends = await run(100, 102, 108, 150, 299);
  expect(writes).toEqual([100, 300]);
  expect(ends.map(({ atMs }) => atMs)).toEqual([110, 310, 310, 310, 310]);
});

test("store: the rest is a second at most", async () => {
  const { writes, run } = master(200);
  await run(0, 10, 20, 1_500);
  expect(writes).toEqual([0, 1_200, 2_400]);
});

test("store: one write at a time, however long it takes", async () => {
  const { writes, run } = master(4_000);
  await run(0, 10, 4_500);
  expect(writes).toEqual([0, 5_000]);
});
