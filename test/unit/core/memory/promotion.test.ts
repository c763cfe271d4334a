import { describe, expect, test } from "bun:test";
import {
  isPromotionState,
  needsRecoverSlaves,
  stillAwaited,
  waitsForWord,
} from "../../../../src/core/memory/promotion.ts";
import { host } from "../fixtures.ts";
import { takeOver } from "./remembered.ts";

/** h2 and h3 are awaited; when each was back, and from when on it is settled, in seconds. */
function awaiting(backAtS: Record<string, number>, settledAtS: Record<string, number>) {
  const inMs = (times: Record<string, number>) =>
    Object.fromEntries(Object.entries(times).map(([uuid, atS]) => [uuid, atS * 1_000]));
  return takeOver({
    awaited: [host(2), host(3)],
    backAtMs: inMs(backAtS),
    settledAtMs: inMs(settledAtS),
  });
}

// At 100 s: who is still awaited, whether slaves are called, whether only somebody's word is waited for.
const rows: readonly [string, ReturnType<typeof awaiting>, string, boolean, boolean][] = [
  ["nobody is back", awaiting({}, {}), "h2 h3", true, false],
  ["one of two is back and settled", awaiting({ h2: 10 }, { h2: 15 }), "h3", true, false],
  [
    "both are back, one compares its VMs",
    awaiting({ h2: 10, h3: 99 }, { h2: 15, h3: 104 }),
    "h3",
    false,
    true,
  ],
  [
    "both are back, the time of one ends now",
    awaiting({ h2: 10, h3: 95 }, { h2: 15, h3: 100 }),
    "",
    false,
    false,
  ],
  [
    "both are back, of one it is not known when it is settled",
    awaiting({ h2: 1, h3: 1 }, { h2: 1 }),
    "h3",
    false,
    true,
  ],
  ["nobody is awaited", takeOver({ awaited: [] }), "", false, false],
];

describe("stillAwaited", () => {
  for (const [what, promotion, awaited] of rows)
    test(`${what}: ${awaited === "" ? "nobody" : awaited}`, () =>
      expect(stillAwaited(promotion, 100_000).join(" ")).toBe(awaited));
});

describe("needsRecoverSlaves", () => {
  for (const [what, promotion, , isNeeded] of rows)
    test(`${what}: ${isNeeded ? "slaves are called" : "nobody is called"}`, () =>
      expect(needsRecoverSlaves(promotion)).toBe(isNeeded));
});

describe("waitsForWord", () => {
  for (const [what, promotion, , , waits] of rows)
    test(`${what}: ${waits ? "only word or time is missing" : "no"}`, () =>
      expect(waitsForWord(promotion, 100_000)).toBe(waits));
});

describe("isPromotionState", () => {
  test("a take-over as it is written", () => {
    expect(isPromotionState(takeOver())).toBe(true);
    expect(isPromotionState(takeOver({ oldMaster: null, startTimes: { h3: null } }))).toBe(true);
  });
  const damaged: readonly [string, object][] = [
    ["another phase", { phase: "done" }],
    ["no old master at all", { oldMaster: undefined }],
    ["hosts that are numbers", { awaited: [3] }],
    ["a start time that is a number", { startTimes: { h3: 1 } }],
    ["a return at no time", { backAtMs: { h3: null } }],
  ];
  for (const [what, over] of damaged)
    test(`${what} is none`, () => expect(isPromotionState({ ...takeOver(), ...over })).toBe(false));
});
