import { expect, test } from "bun:test";
import { portClock, sleep, VirtualClock } from "../../../src/simulation/clock.ts";
import { createRandom } from "../../../src/simulation/random.ts";

test("VirtualClock: events run in the order of their times, equal times in the order of scheduling", async () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  for (const [name, ms] of [
    ["c", 20],
    ["a", 10],
    ["b", 10],
    ["d", 30],
  ] as const) {
    clock.schedule(ms, () => order.push(`${name}@${clock.nowMs()}`));
  }
  await clock.runUntil(25);
  expect(order).toEqual(["a@10", "b@10", "c@20"]);
  expect(clock.nowMs()).toBe(25);
  await clock.runUntil(100);
  expect(order).toEqual(["a@10", "b@10", "c@20", "d@30"]);
});

test("VirtualClock: a thousand events of random times run sorted", async () => {
  const clock = new VirtualClock();
  const random = createRandom(7);
  const times: number[] = [];
  for (let i = 0; i < 1000; i += 1) clock.schedule(random.below(500), () => times.push(clock.nowMs()));
  await clock.runUntil(1_000);
  expect(times.length).toBe(1000);
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test("VirtualClock: all continuations of an event run before time goes on", async () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  const work = async () => {
    await sleep(clock, 10);
    for (let i = 0; i < 50; i += 1) await Promise.resolve();
    seen.push(clock.nowMs());
    await sleep(clock, 10);
    seen.push(clock.nowMs());
  };
  const done = work();
  clock.schedule(10, () => {});
  clock.schedule(11, () => {});
  await clock.runUntil(50);
  await done;
  expect(seen).toEqual([10, 20]);
});

test("VirtualClock: a cancelled event does not run and time does not wait for it", async () => {
  const clock = new VirtualClock();
  let ran = false;
  clock
    .schedule(10, () => {
      ran = true;
    })
    .cancel();
  expect(await clock.runUntil(() => ran)).toBe(false);
  expect(clock.nowMs()).toBe(0);
});

test("VirtualClock.runUntil: ends at the event that makes the goal true", async () => {
  const clock = new VirtualClock();
  let count = 0;
  for (let ms = 1; ms <= 10; ms += 1) clock.schedule(ms, () => count++);
  expect(await clock.runUntil(() => count === 4, 100)).toBe(true);
  expect(clock.nowMs()).toBe(4);
  expect(await clock.runUntil(() => count === 40, 100)).toBe(false);
  expect(clock.nowMs()).toBe(100);
});

test("portClock: uptime begins at the boot, sleep ends early when its signal aborts", async () => {
  const clock = new VirtualClock();
  await clock.runUntil(500);
  const port = portClock(clock, () => 400);
  expect(port.uptimeMs()).toBe(100);
  const controller = new AbortController();
  let wokenAt = 0;
  void port.sleep(60_000, controller.signal).then(() => {
    wokenAt = clock.nowMs();
  });
  clock.schedule(50, () => controller.abort());
  await clock.runUntil(1_000);
  expect(wokenAt).toBe(550);
});
