import { expect, test } from "bun:test";
import { runWatchdog } from "../../../../src/app/daemons/watchdog.ts";
import type { MonitorSight } from "../../../../src/core/pace/supervision.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";

/** A watchdog on virtual time over a service that `heals` when restarted, or not. */
function stage(heals: boolean) {
  const clock = new VirtualClock();
  const restarts: number[] = [];
  const alarms: string[] = [];
  const world = { state: "running" as MonitorSight["service"], reportedAtMs: 0 };
  const stop = new AbortController();
  const exit = runWatchdog(
    {
      clock: portClock(clock, () => 0),
      intervalMs: 10_000,
      logger: { log: () => undefined },
      alarm: { raise: ({ key }) => void alarms.push(`${clock.nowMs() / 1_000} ${key}`) },
      store: {
        load: async () => ({
          kind: "found",
          value: {
            finishedAtMs: world.reportedAtMs,
            nextInMs: 1,
            monitor: { delayMs: 10_000, scanRateMs: 10_000, maxStarts: 1, killAll: true },
          },
        }),
        save: async () => undefined,
      },
      service: {
        state: async () => world.state,
        restart: async () => {
          restarts.push(clock.nowMs() / 1_000);
          if (heals) world.state = "running";
        },
      },
    },
    stop.signal,
  );
  return { clock, world, restarts, alarms, stop, exit };
}

test("runWatchdog: a dead monitor is restarted at the next look", async () => {
  const { clock, world, restarts, alarms, stop, exit } = stage(true);
  await clock.runUntil(25_000);
  world.state = "dead";
  await clock.runUntil(60_000);
  expect(restarts).toEqual([30]);
  expect(alarms).toEqual(["30 monitor-dead"]);
  stop.abort();
  await clock.run(1_000);
  expect(await exit).toBe(0);
});

test("runWatchdog: restarts that do not help come less and less often, and the third is an alarm", async () => {
  const { clock, world, restarts, alarms } = stage(false);
  world.state = "dead";
  await clock.runUntil(320_000);
  expect(restarts).toEqual([0, 10, 30, 70, 150, 310]);
  expect(alarms).toEqual(["0 monitor-dead", "30 restarts-in-vain"]);
});

test("runWatchdog: a deliberate stop is not undone", async () => {
  const { clock, world, restarts } = stage(true);
  world.state = "stopped-on-purpose";
  await clock.runUntil(3_600_000);
  expect(restarts).toEqual([]);
});

test("runWatchdog: a monitor whose iterations do not end any more is restarted", async () => {
  const { clock, restarts } = stage(true);
  await clock.runUntil(150_000);
  // 10 s delay, two waits of 10 s and a minute of margin after the report at 0
  expect(restarts).toEqual([100]);
});
