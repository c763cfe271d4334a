import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createSystemClock } from "../../../../src/adapters/processes/clock-system.ts";
import { timed } from "../scratch.ts";

const clock = createSystemClock();

test("uptimeMs: agrees with /proc/uptime, so every process of the host counts from the same moment", () => {
  const kernelMs = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1_000;
  expect(Math.abs(clock.uptimeMs() - kernelMs)).toBeLessThan(50);
});

test("uptimeMs: goes on with the time", async () => {
  const before = clock.uptimeMs();
  await clock.sleep(30);
  const passedMs = clock.uptimeMs() - before;
  expect(passedMs).toBeGreaterThanOrEqual(28);
  expect(passedMs).toBeLessThan(500);
});

test("sleep: takes its time", async () => {
  const { ms } = await timed(clock.sleep(60));
  expect(ms).toBeGreaterThanOrEqual(58);
});

test("sleep: ends early when its signal aborts, and leaves no listener", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  await clock.sleep(1, signal);
  expect(listeners).toBe(0);
  const sleeping = timed(clock.sleep(10_000, signal));
  expect(listeners).toBe(1);
  controller.abort();
  expect((await sleeping).ms).toBeLessThan(500);
  expect(listeners).toBe(0);
});

test("sleep: a signal that has aborted already ends it at once", async () => {
  expect((await timed(clock.sleep(10_000, AbortSignal.abort()))).ms).toBeLessThan(500);
});

test("sleep: a time beyond the longest timer does not end at once", async () => {
  const controller = new AbortController();
  const asleep = clock.sleep(2 ** 40, controller.signal).then(() => "awake");
  expect(await Promise.race([asleep, clock.sleep(50).then(() => "asleep")])).toBe("asleep");
  controller.abort();
  expect(await asleep).toBe("awake");
});
