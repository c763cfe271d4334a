import { expect, test } from "bun:test";
import { openIncident } from "../../../../src/core/fencing/incident.ts";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import type { OwnCopy } from "../../../../src/core/memory/own-copy.ts";
import type { PromotionPhase } from "../../../../src/core/memory/promotion.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { nextPassMs } from "../../../../src/core/pace/schedule.ts";
import { goodView } from "../fixtures.ts";
import { takeOver } from "../memory/remembered.ts";

const SETTINGS = { MONITOR_DELAY: 45, XAPI_DELAY: 10 };
const [OLD, ONE] = ["h1", "h2"].map(hostUuid) as [never, never];

/** The next pass while a take-over is in this phase, and its old master off. */
function nextIn(phase: PromotionPhase): number {
  const incidents = { [OLD]: { ...openIncident(OLD, 0), phase: "declared", proved: true } as const };
  return nextPassMs({ ...emptyMemory("boot"), promotion: takeOver({ phase }), incidents }, 20_000, SETTINGS);
}

test("nextPassMs: a take-over looks twice a second until its database is right, and every second for its members", () => {
  for (const phase of ["named", "promoting", "righting"] as const) expect(nextIn(phase)).toBe(500);
  expect(nextIn("righted")).toBe(1_000);
  // Its monitor wakes it when it is named.
  expect(nextIn("proved")).toBe(2_000);
});

test("nextPassMs: an incident that waits for its next step is looked at every second", () => {
  const next = (phase: "open" | "fencing" | "fenced" | "declared") => {
    const incidents = { [OLD]: { ...openIncident(OLD, 0), phase } };
    return nextPassMs({ ...emptyMemory("boot"), incidents }, 20_000, SETTINGS);
  };
  expect([next("open"), next("fencing"), next("fenced"), next("declared")]).toEqual([
    45_000, 1_000, 1_000, 45_000,
  ]);
});

test("nextPassMs: while a xapi is held, whether its database agrees is looked at every XAPI_DELAY", () => {
  const next = (agreed: Memory["agreed"]) => nextPassMs({ ...emptyMemory("boot"), agreed }, 5_000, SETTINGS);
  expect([next({}), next({ h2: null }), next({ h2: { atMs: 3, bootId: "b" } })]).toEqual([
    45_000, 10_000, 10_000,
  ]);
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
