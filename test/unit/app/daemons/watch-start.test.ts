import { expect, test } from "bun:test";
import { watchStart } from "../../../../src/app/daemons/watch-start.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";

const SECOND = 1_000;

test("watchStart: wakes once when xapi has finished a start, and never for one that was whole before", async () => {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const woke: number[] = [];
  let looks = 0;
  let complete = true;
  const ended = watchStart(
    {
      clock: portClock(clock, () => 0),
      isComplete: () => {
        looks += 1;
        return complete;
      },
      wake: () => void woke.push(clock.nowMs() / SECOND),
    },
    stop.signal,
  );
  await clock.run(60.1 * SECOND);
  expect(looks).toBe(21);
  complete = false;
  await clock.run(9 * SECOND);
  expect(woke).toEqual([]);
  complete = true;
  await clock.run(10 * SECOND);
  expect(woke).toEqual([69.25]);
  complete = false;
  await clock.run(4 * SECOND);
  complete = true;
  stop.abort();
  await clock.run(4 * SECOND);
  await ended;
  expect(woke).toEqual([69.25]);
});
