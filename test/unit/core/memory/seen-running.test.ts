import { expect, test } from "bun:test";
import { isSeenDifference, isSeenRunning } from "../../../../src/core/memory/seen-running.ts";
import { expectShape } from "./expect-shape.ts";

test("isSeenRunning: a host and a time, nothing less", () => {
  expect(isSeenRunning({ host: "h2", atMs: 5 })).toBe(true);
  for (const wrong of [null, {}, { host: "h2" }, { host: 2, atMs: 5 }, { host: "h2", atMs: "5" }])
    expect(isSeenRunning(wrong)).toBe(false);
});

test("isSeenDifference: what differs and since when, nothing less", () => {
  expectShape(isSeenDifference, { what: "nowhere h2 h2", sinceMs: 5, seenAtMs: 6, isTried: false });
});
