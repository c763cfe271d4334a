import { expect, test } from "bun:test";
import { openIncident } from "../../../../src/core/fencing/incident.ts";
import { emptyMemory } from "../../../../src/core/memory/memory.ts";
import type { OwnCopy } from "../../../../src/core/memory/own-copy.ts";
import type { PromotionState } from "../../../../src/core/memory/promotion.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { nextPassMs } from "../../../../src/core/pace/schedule.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { goodView } from "../fixtures.ts";

const SETTINGS = { MONITOR_DELAY: 45, XAPI_DELAY: 10 };
const [OLD, ONE, TWO] = ["h1", "h2", "h3"].map(hostUuid) as [never, never, never];

/** The next pass while a take-over waits for two members; each that is back has this long to compare its VMs. */
function nextAt(nowMs: number, settledAtMs: Readonly<Record<string, number>>): number {
  const begun = beginPromotion({
    oldMaster: OLD,
    nowMs: 0,
    awaited: [ONE, TWO],
    inMaintenance: [],
    startTimes: {},
  });
  const promotion: PromotionState = { ...begun, phase: "recovering", backAtMs: settledAtMs, settledAtMs };
  const incidents = { [OLD]: { ...openIncident(OLD, 0), phase: "fenced", proved: true } as const };
  return nextPassMs({ ...emptyMemory("boot"), promotion, incidents }, nowMs, SETTINGS);
}

test("nextPassMs: a take-over looks every second for its members, and twice a second for the word of the last one", () => {
  expect(nextAt(20_000, {})).toBe(1_000);
  expect(nextAt(20_000, { h2: 18_000 })).toBe(1_000);
  expect(nextAt(20_000, { h2: 18_000, h3: 79_500 })).toBe(500);
  expect(nextAt(20_000, { h2: 18_000, h3: 19_500 })).toBe(1_000);
});

test("nextPassMs: a copy of the database that is known to be old is fetched as soon as it may be", () => {
  const next = (changes: number, over: Partial<OwnCopy> = {}) => {
    const copy = { master: OLD, changes: 7, currentAtMs: 0, notBeforeMs: 9_000, ...over };
    const memory = { ...emptyMemory("boot"), lastGood: goodView({ master: OLD, changes }), copy };
    return nextPassMs(memory, 5_000, SETTINGS);
  };
  expect(next(8)).toBe(4_000);
  expect(next(7)).toBe(45_000);
  expect(next(8, { notBeforeMs: 4_000 })).toBe(45_000);
  expect(next(8, { master: ONE })).toBe(45_000);
});
