import { expect, test } from "bun:test";
import { timesSince, wallTime } from "../../../../src/core/alerts/alert-times.ts";
import { MOMENT } from "./mail/mail.ts";

test("wallTime: a moment since boot, by the clock on the wall", () => {
  expect(wallTime(MOMENT.nowMs, MOMENT)).toBe("2026-11-23 14:05:09 UTC");
  expect(wallTime(MOMENT.nowMs - 10_000, MOMENT)).toBe("2026-11-23 14:04:59 UTC");
});

test("wallTime: what happened before this boot has its time, too", () =>
  expect(wallTime(-3_600_000, MOMENT)).toBe("2026-11-23 12:55:09 UTC"));

test("wallTime: seconds are not rounded up", () =>
  expect(wallTime(MOMENT.nowMs, { ...MOMENT, wallMs: MOMENT.wallMs + 999 })).toBe("2026-11-23 14:05:09 UTC"));

test("timesSince: how often, and since when", () =>
  expect(timesSince({ count: 3, sinceMs: 60_000 }, MOMENT)).toBe(
    "This has happened 3 times since 2026-11-23 13:56:09 UTC.",
  ));
