import { describe, expect, test } from "bun:test";
import {
  judgeMonitor,
  judgeRunning,
  MONITOR_DEFAULTS,
  restartWaitMs,
  waitAfter,
} from "../../../../src/core/pace/supervision.ts";

describe("judgeRunning", () => {
  test("waits MONITOR_MAX_STARTS times, then kills", () => {
    expect([0, 39, 40, 41].map((waits) => judgeRunning(waits, MONITOR_DEFAULTS))).toEqual([
      "wait",
      "wait",
      "kill",
      "kill",
    ]);
  });
  test("MONITOR_KILLALL=0 complains once", () => {
    const settings = { ...MONITOR_DEFAULTS, killAll: false };
    expect([39, 40, 41].map((waits) => judgeRunning(waits, settings))).toEqual(["wait", "complain", "wait"]);
  });
});

test("waitAfter: what the iteration asked for, never more than MONITOR_DELAY, soon after a crash", () => {
  const asked = [1_000, 45_000, 900_000, -5].map((nextInMs) => waitAfter({ nextInMs }, MONITOR_DEFAULTS));
  expect(asked).toEqual([1_000, 45_000, 45_000, 0]);
  expect(waitAfter(null, MONITOR_DEFAULTS)).toBe(5_000);
});

describe("judgeMonitor", () => {
  // 45 s delay, 41 waits of 10 s, a minute of margin
  const limit = 45_000 + 410_000 + 60_000;
  const rows: readonly [string, Parameters<typeof judgeMonitor>[0], string][] = [
    [
      "stopped on purpose, however old its report",
      { service: "stopped-on-purpose", reportAgeMs: 9e9, watchedMs: 9e9 },
      "fine",
    ],
    ["dead", { service: "dead", reportAgeMs: 0, watchedMs: 0 }, "dead"],
    ["running, fresh report", { service: "running", reportAgeMs: 1_000, watchedMs: 9e9 }, "fine"],
    [
      "running, report as old as the monitor may allow",
      { service: "running", reportAgeMs: limit, watchedMs: 9e9 },
      "fine",
    ],
    ["running, no report for longer", { service: "running", reportAgeMs: limit + 1, watchedMs: 9e9 }, "hung"],
    [
      "running, old report, but only just restarted",
      { service: "running", reportAgeMs: 9e9, watchedMs: 1_000 },
      "fine",
    ],
    ["running, never a report", { service: "running", reportAgeMs: null, watchedMs: limit + 1 }, "hung"],
  ];
  for (const [title, sight, verdict] of rows) {
    test(`${title}: ${verdict}`, () => expect(judgeMonitor(sight, MONITOR_DEFAULTS)).toBe(verdict as "fine"));
  }
});

test("restartWaitMs: doubles, five minutes at most", () => {
  expect([1, 2, 3, 6, 20].map(restartWaitMs)).toEqual([10_000, 20_000, 40_000, 300_000, 300_000]);
});
