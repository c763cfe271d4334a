import { expect, test } from "bun:test";
import { watchStart } from "../../src/app/watch-start.ts";
import { portClock, VirtualClock } from "../sim/clock.ts";

const SECOND = 1_000;

test("watchStart: wakes once when xapi has finished a start, and never for one that was whole before", async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const woke: number[] = [];
  let complete = true;
  const ended = watchStart(
    {
      clock: portClock(clock, () => 0),
      isComplete: () => complete,
      wake: () => void woke.push(clock.nowMs() / SECOND),
    },
    stop.signal,
  );
  await clock.run(10.5 * SECOND);
  complete = false;
  await clock.run(8 * SECOND);
  expect(woke).toEqual([]);
  complete = true;
  await clock.run(10 * SECOND);
  expect(woke).toEqual([19]);
  complete = false;
  await clock.run(2 * SECOND);
  complete = true;
  stop.abort();
  await clock.run(2 * SECOND);
  await ended;
  expect(woke).toEqual([19]);
});
