import { describe, expect, test } from "bun:test";
import { type MonitorPorts, runMonitor } from "../../../../src/app/daemons/monitor.ts";
import type { Acquired, ChildDeath } from "../../../../src/ports/processes.ts";
import { portClock, VirtualClock } from "../../../../src/simulation/clock.ts";

const MONITOR = { delayMs: 45_000, scanRateMs: 10_000, maxStarts: 3, killAll: true };

/** A monitor on virtual time; `script` says for each iteration how long it runs (null: for ever) and what it reports. */
function stage(
  script: readonly {
    runs: number | null;
    next?: number;
    crashes?: boolean;
    obstacle?: string;
    dies?: Partial<ChildDeath>;
  }[],
  over: {
    killAll?: boolean;
    lock?: Acquired;
    logs?: boolean;
    before?: object;
    isStopWanted?: boolean;
    isRestart?: boolean;
    hasLease?: boolean;
    release?: () => Promise<boolean>;
    /** Looked at with each order; false: nothing is blocked. */
    unblock?: () => Promise<boolean>;
  } = {},
) {
  const clock = new VirtualClock();
  const log: string[] = [];
  /** ENABLE_LOGGING, as the monitor has handed it on to its log. */
  const obeyed: boolean[] = [];
  const time = () => clock.nowMs() / 1_000;
  let started = 0;
  let document: object | null = over.before ?? null;
  let wake: (() => void) | null = null;
  const monitor = { ...MONITOR, killAll: over.killAll ?? true };
  const ports: MonitorPorts = {
    clock: portClock(clock, () => 0),
    alarm: { raise: ({ severity, subject }) => void log.push(`${time()} alarm ${severity} ${subject}`) },
    lock: { acquire: async () => over.lock ?? { kind: "acquired" } },
    logger: {
      log: (severity, _from, text) => void log.push(`${time()} ${severity} ${text}`),
      obey: ({ ENABLE_LOGGING }) => void obeyed.push(ENABLE_LOGGING),
    },
    localHost: {
      releaseXapi: () => {
        log.push(`${time()} release`);
        return over.release?.() ?? Promise.resolve(false);
      },
      unblockRoutes: () => {
        if (over.unblock !== undefined) log.push(`${time()} unblock`);
        return over.unblock?.() ?? Promise.resolve(false);
      },
    },
    isStopWanted: () => over.isStopWanted ?? false,
    isRestart: () => over.isRestart ?? false,
    endLease: async () => {
      if (over.hasLease === true) log.push(`${time()} the lease has ended`);
    },
    wake: { next: () => new Promise<void>((resolve) => (wake = resolve)) },
    store: {
      load: async () => (document === null ? { kind: "none" } : { kind: "found", value: document }),
      save: async () => undefined,
    },
    processes: {
      startIteration() {
        const step = script[started++] ?? { runs: null };
        log.push(`${time()} iteration ${started}`);
        const ended = Promise.withResolvers<ChildDeath>();
        if (step.runs !== null) {
          clock.schedule(step.runs, () => {
            const { next = 45_000, obstacle = null } = step;
            const common = { nextInMs: next, obstacle, monitor, logs: over.logs ?? true };
            const report = { ...common, finishedAtMs: clock.nowMs() };
            if (step.crashes !== true) document = report;
            ended.resolve({ exitCode: 0, signal: null, lastWords: "", ...step.dies });
          });
        }
        const killGroup = () => {
          log.push(`${time()} kill ${started}`);
          ended.resolve({ exitCode: null, signal: "SIGKILL", lastWords: "" });
        };
        return { pid: started, ended: ended.promise, killGroup };
      },
    },
  };
  const stop = new AbortController();
  const exit = runMonitor(ports, stop.signal);
  return { clock, log, obeyed, exit, stop, wake: () => wake?.() };
}

describe("runMonitor", () => {
  test("iterations follow each other after MONITOR_DELAY, or sooner when the last one asked for it", async () => {
    const { clock, log } = stage([
      { runs: 1_000 },
      { runs: 1_000, next: 10_000 },
      { runs: 1_000, next: 500_000 },
      { runs: null },
    ]);
    await clock.runUntil(110_000);
    expect(log.filter((line) => line.includes("iteration"))).toEqual([
      "0 iteration 1",
      "46 iteration 2",
      "57 iteration 3",
      "103 iteration 4",
    ]);
  });

  test("a wake-up starts the next iteration at once", async () => {
    const { clock, log, wake } = stage([{ runs: 1_000 }, { runs: 1_000 }]);
    await clock.runUntil(20_000);
    wake();
    await clock.runUntil(21_000);
    expect(log.at(-1)).toBe("20 iteration 2");
  });

  test("a hung iteration is killed with its group after MONITOR_MAX_STARTS waits, and the next one starts", async () => {
    const { clock, log } = stage([{ runs: 1_000, next: 1_000 }, { runs: null }, { runs: 1_000 }]);
    await clock.runUntil(60_000);
    expect(log.slice(1)).toEqual([
      "0 iteration 1",
      "2 iteration 2",
      "32 kill 2",
      "32 critical The iteration hung and was killed (pid 2).",
      "32 alarm critical An iteration of HA hung on this host",
      "32 error An iteration ended without a result: starting the next one.",
      "37 iteration 3",
      "38 info Iterations end normally again.",
    ]);
  });

  test("MONITOR_KILLALL=0: said once, left alone", async () => {
    const { clock, log } = stage([{ runs: 1_000, next: 1_000 }, { runs: null }], { killAll: false });
    await clock.runUntil(600_000);
    expect(log.slice(3)).toEqual(["32 error The iteration hangs; MONITOR_KILLALL=0 leaves it alone."]);
  });

  test("an iteration that crashes without a report is followed by the next after 5 s, then 10, said once", async () => {
    const crash = { runs: 100, crashes: true };
    const { clock, log } = stage([crash, crash, crash]);
    await clock.runUntil(17_000);
    expect(log.filter((line) => line.includes("without a result")).length).toBe(1);
    expect(log.filter((line) => line.includes("iteration 3"))).toEqual(["15.2 iteration 3"]);
  });

  test("five crashes in a row are an alarm, once", async () => {
    const { clock, log } = stage(Array.from({ length: 7 }, () => ({ runs: 100, crashes: true })));
    await clock.runUntil(300_000);
    expect(log.filter((line) => line.includes("iteration 7")).length).toBe(1);
    expect(log.filter((line) => line.includes("alarm"))).toEqual([
      "75.5 alarm critical HA may not work on this host: its iterations leave no result",
    ]);
  });

  describe("passes that can decide nothing", () => {
    /** What is told of a pass each `everyMs`; `before` of them are followed by one that can decide. */
    const told = async (everyMs: number, before = 0) => {
      const good = { runs: 1_000, next: everyMs - 1_000 };
      const idle = { ...good, obstacle: "Cannot read the memory." };
      const many = (count: number) => Array.from({ length: count }, () => idle);
      const { clock, log } = stage([...many(before), good, ...many(400)]);
      await clock.runUntil(400_000);
      return log.filter((line) => line.includes("alarm"));
    };
    const alarmAt = (second: number) => [`${second} alarm critical HA does nothing on this host`];

    test("five in a row are an alarm, once", async () =>
      expect(await told(45_000)).toEqual(alarmAt(45 + 4 * 45 + 1)));
    test("and not before three minutes: while xapi starts there are many", async () =>
      expect(await told(2_000)).toEqual(alarmAt(2 + 180 + 1)));
    test("one that can decide begins the count anew", async () =>
      expect(await told(45_000, 2)).toEqual(alarmAt(3 * 45 + 4 * 45 + 1)));
  });

  test("a stop ends the child and the monitor within 5 s", async () => {
    const { clock, log, exit, stop } = stage([{ runs: null }]);
    await clock.runUntil(3_000);
    stop.abort();
    await clock.run(5_000);
    expect(await exit).toBe(0);
    expect(log.slice(-2)).toEqual(["3 kill 1", "3 info The monitor has stopped."]);
  });

  describe("the lease of this host", () => {
    const stopped = async (over: Parameters<typeof stage>[1]) => {
      const { clock, log, exit, stop } = stage([{ runs: null }], { ...over, hasLease: true });
      await clock.runUntil(3_000);
      stop.abort();
      await clock.run(5_000);
      expect(await exit).toBe(0);
      return log.slice(log.indexOf("3 kill 1") + 1);
    };

    test("ends before the service does", async () =>
      expect(await stopped({})).toEqual(["3 the lease has ended", "3 info The monitor has stopped."]));

    test("goes on over a restart: the next monitor finds what is armed", async () =>
      expect(await stopped({ isRestart: true })).toEqual(["3 info The monitor has stopped."]));
  });

  describe("a stop of the service ends the hold of xapi", () => {
    const stopped = async (over: Parameters<typeof stage>[1]) => {
      const { clock, log, exit, stop } = stage([{ runs: null }], over);
      await clock.runUntil(3_000);
      stop.abort();
      await clock.run(5_000);
      expect(await exit).toBe(0);
      return log.slice(log.indexOf("3 kill 1") + 1);
    };
    const end = "info The monitor has stopped.";

    test("one that is not held is left alone, without a word", async () =>
      expect(await stopped({ isStopWanted: true })).toEqual(["3 release", `3 ${end}`]));

    test("one that is held is released", async () =>
      expect(await stopped({ isStopWanted: true, release: async () => true })).toEqual([
        "3 release",
        "3 warning The service stops: xapi of this host is held no longer, and starts.",
        `3 ${end}`,
      ]));

    test("not by a restart of the service", async () =>
      expect(await stopped({ isStopWanted: false, release: async () => true })).toEqual([`3 ${end}`]));

    test("a start that is refused is told", async () =>
      expect(
        await stopped({ isStopWanted: true, release: () => Promise.reject(new Error("refused")) }),
      ).toEqual([
        "3 release",
        "3 error The service stops, and xapi of this host is still held: refused.",
        `3 ${end}`,
      ]));

    test("one that hangs is waited for 2 s", async () =>
      expect(await stopped({ isStopWanted: true, release: () => new Promise(() => undefined) })).toEqual([
        "3 release",
        "5 error The service stops, and xapi of this host is still held: its start was not ordered within 2 s.",
        `5 ${end}`,
      ]));
  });

  test("another monitor on this host: this one ends with 1 and starts nothing", async () => {
    const { clock, log, exit } = stage([{ runs: 1 }], {
      lock: { kind: "taken" },
    });
    await clock.runUntil(1_000);
    expect(await exit).toBe(1);
    expect(log).toEqual(["0 error Cannot start the monitor: another one runs on this host."]);
  });

  test("no lock to be had: this one ends with 1, says why, and starts nothing", async () => {
    const why = "the folder /run/ha-lizard belongs to another user (1000); run: chown root /run/ha-lizard";
    const { clock, log, exit } = stage([{ runs: 1 }], { lock: { kind: "refused", why } });
    await clock.runUntil(1_000);
    expect(await exit).toBe(1);
    expect(log).toEqual([`0 error Cannot start the monitor: ${why}.`]);
  });

  test("the last words of an iteration are in the log, on one line and not too many, once for each cause", async () => {
    const died = (lastWords: string, how: Partial<ChildDeath> = {}) => ({
      runs: 100,
      crashes: true,
      dies: { exitCode: 1, lastWords, ...how },
    });
    const { clock, log } = stage([
      died("TypeError: x\n  at y"),
      died("TypeError: x\n  at y"),
      died(`${"z".repeat(5_000)} the end`, { exitCode: null, signal: "SIGSEGV" }),
      died("", { exitCode: 2 }),
    ]);
    await clock.runUntil(60_000);
    const said = "An iteration ended without a result: starting the next one.";
    expect(
      log.filter((line) => line.includes("without a result")).map((line) => line.split("error ")[1]),
    ).toEqual([
      `${said} Its exit status was 1. Its last words: TypeError: x at y`,
      `${said} It was ended by SIGSEGV. Its last words: …${"z".repeat(392)} the end`,
      `${said} Its exit status was 2.`,
    ]);
  });

  describe("a blocked route ends where no iteration says that it is wanted", () => {
    const did = async (
      script: Parameters<typeof stage>[0],
      { unblock = async () => false, ...over }: Parameters<typeof stage>[1] = {},
    ) => {
      const { clock, log, exit, stop } = stage(script, { ...over, unblock });
      await clock.runUntil(3_000);
      stop.abort();
      await clock.run(5_000);
      expect(await exit).toBe(0);
      return log.filter((line) => !/monitor has|kill|without a result/.test(line));
    };
    const good = { runs: 1_000, next: 1_000 };
    const ended = "info The blocked route to the old master is taken back.";

    test("with each start and stop, a restart of the service included", async () =>
      expect(await did([good, { runs: null }])).toEqual([
        ...["0 unblock", "0 iteration 1", "2 iteration 2", "3 unblock"],
      ]));
    test("what there was is told", async () =>
      expect(await did([{ runs: null }], { unblock: async () => true })).toEqual([
        ...["0 unblock", `0 ${ended}`, "0 iteration 1", "3 unblock", `3 ${ended}`],
      ]));
    test("after an iteration that has crashed", async () =>
      expect(await did([{ ...good, crashes: true }])).toEqual([
        ...["0 unblock", "0 iteration 1", "1 unblock", "3 unblock"],
      ]));
    test("after one that could decide nothing", async () =>
      expect(await did([{ ...good, next: 9_000, obstacle: "no memory" }])).toEqual([
        ...["0 unblock", "0 iteration 1", "1 unblock", "3 unblock"],
      ]));
    test("beside the end of a hold", async () =>
      expect(await did([{ runs: null }], { isStopWanted: true })).toEqual([
        ...["0 unblock", "0 iteration 1", "3 unblock", "3 release"],
      ]));

    const cannot = (why: string) =>
      `error Cannot take back the blocked route to the old master: ${why}. Look at: ip route show type unreachable`;
    test("what cannot be taken back is told", async () =>
      expect(await did([{ runs: null }], { unblock: () => Promise.reject(new Error("refused")) })).toEqual([
        ...["0 unblock", `0 ${cannot("refused")}`, "0 iteration 1", "3 unblock", `3 ${cannot("refused")}`],
      ]));
    test("one that hangs is waited for 2 s", async () =>
      expect(await did([{ runs: null }], { unblock: () => new Promise(() => undefined) })).toEqual([
        ...["0 unblock", `2 ${cannot("it did not end within 2 s")}`, "2 iteration 1", "3 unblock"],
        `5 ${cannot("it did not end within 2 s")}`,
      ]));
  });

  test("ENABLE_LOGGING=0: what the last iteration has left is obeyed from the first line on", async () => {
    const before = { finishedAtMs: -1, nextInMs: 1, monitor: MONITOR, logs: false };
    const { clock, obeyed } = stage([{ runs: 1, next: 1_000 }], { logs: true, before });
    await clock.runUntil(500);
    // First of the report of before, then of an iteration's own.
    expect(obeyed).toEqual([false, true]);
  });
});
