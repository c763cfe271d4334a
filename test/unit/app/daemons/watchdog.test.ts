import { expect, test } from "bun:test";
import { runWatchdog } from "../../../../src/app/daemons/watchdog.ts";
import type { MonitorSight } from "../../../../src/core/pace/supervision.ts";
import type { Acquired } from "../../../../src/ports/processes.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";

/** A watchdog on virtual time over a service that `heals` when restarted, or not. */
function stage(heals: boolean, over: { lock?: Acquired; logs?: boolean; isLeased?: boolean } = {}) {
  const clock = new VirtualClock();
  const restarts: number[] = [];
  const alarms: string[] = [];
  const log: string[] = [];
  const world = { state: "running" as MonitorSight["service"], reportedAtMs: 0 };
  const stop = new AbortController();
  const exit = runWatchdog(
    {
      clock: portClock(clock, () => 0),
      intervalMs: 10_000,
      isLeased: async () => over.isLeased === true,
      logger: {
        log: (severity, _from, text) => void log.push(`${severity} ${text}`),
        obey: ({ ENABLE_LOGGING }) => void log.push(`obeys ${ENABLE_LOGGING}`),
      },
      lock: { acquire: async () => over.lock ?? { kind: "acquired" } },
      alarm: { raise: ({ key }) => void alarms.push(`${clock.nowMs() / 1_000} ${key}`) },
      store: {
        load: async () => ({
          kind: "found",
          value: {
            finishedAtMs: world.reportedAtMs,
            nextInMs: 1,
            ...(over.logs === undefined ? {} : { logs: over.logs }),
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
  return { clock, world, restarts, alarms, log, stop, exit };
}

test("runWatchdog: where the host has a lease a dead monitor is restarted within a second", async () => {
  const { clock, world, restarts } = stage(true, { isLeased: true });
  await clock.runUntil(25_200);
  world.state = "dead";
  await clock.runUntil(60_000);
  expect(restarts).toEqual([26]);
});

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

test("runWatchdog: a monitor that hangs again after each restart is an alarm, and restarted less and less often", async () => {
  const { clock, restarts, alarms } = stage(true);
  await clock.runUntil(1_200_000);
  expect(alarms).toEqual(["100 monitor-hung", "300 restarts-in-vain"]);
  expect(restarts).toEqual([100, 200, 300, 400, 500, 660, 960]);
});

test("runWatchdog: another one on this host, or no lock to be had: it ends with 1 and says why", async () => {
  const taken = stage(true, { lock: { kind: "taken" } });
  expect(await taken.exit).toBe(1);
  expect(taken.log.at(-1)).toBe("error Cannot start the watchdog: another one runs on this host.");
  const refused = stage(true, { lock: { kind: "refused", why: "/run/ha-lizard is no folder; remove it" } });
  expect(await refused.exit).toBe(1);
  expect(refused.log.at(-1)).toBe("error Cannot start the watchdog: /run/ha-lizard is no folder; remove it.");
});

test("runWatchdog: ENABLE_LOGGING=0 is obeyed from the first line on; an earlier version's report says nothing", async () => {
  for (const [logs, obeys] of [
    [false, "obeys false"],
    [true, "obeys true"],
    [undefined, "obeys true"],
  ] as const) {
    const { clock, log, stop, exit } = stage(true, logs === undefined ? {} : { logs });
    await clock.runUntil(1_000);
    expect(log[0]).toBe(obeys);
    expect(log[1]).toBe("info The watchdog has started.");
    stop.abort();
    await clock.run(0);
    await exit;
  }
});
