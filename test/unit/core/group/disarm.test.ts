import { describe, expect, test } from "bun:test";
import {
  type Disarm,
  type DisarmWatch,
  disarmedText,
  disarmsNow,
  isResting,
  isSameDisarm,
  leftOf,
  NO_DISARM,
  NO_DISARM_WATCH,
  restsAlone,
  restsIn,
  stepDisarmWatch,
} from "../../../../src/core/group/disarm.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { sight } from "./disarm-sight.ts";
import { voter } from "./votes.ts";

const A = hostUuid("a");
const B = hostUuid("b");
const pool = (leftMs: number): Disarm => ({ host: null, leftMs });
const one = (leftMs: number): Disarm => ({ host: B, leftMs });
const watch = (...of: readonly Disarm[]): DisarmWatch => ({ record: { word: 1, of }, sinceMs: 10_000 });

/** What is stored where the roll, and the one before, have this. */
function stored(of: readonly Disarm[], before: readonly Disarm[] | null = null) {
  const { stored: kept } = voter({ roll: "1a.2 abc", before: "1a.1 abc" });
  const roll = kept.roll && { ...kept.roll, disarm: { word: 1, of } };
  const last = kept.before && { ...kept.before, disarm: { word: 1, of: before ?? [] } };
  return { ...kept, roll, before: before === null ? null : last };
}

describe("stepDisarmWatch: each monitor counts from when it has got the roll", () => {
  test("another record begins anew", () =>
    expect(stepDisarmWatch(NO_DISARM_WATCH, stored([pool(5)]), 7)).toEqual({
      record: { word: 1, of: [pool(5)] },
      sinceMs: 7,
    }));
  test("the same one goes on, in whatever roll", () => {
    const last = watch(pool(5));
    expect(stepDisarmWatch(last, stored([pool(5)]), 99_000)).toBe(last);
  });
  test("without a roll nothing rests", () =>
    expect(stepDisarmWatch(watch(pool(5)), { ...stored([]), roll: null }, 8).record).toBe(NO_DISARM));
});

describe("leftOf: never below zero", () => {
  const rows: readonly [number, number][] = [
    [10_000, 5_000],
    [12_000.5, 3_000],
    [15_000, 0],
    [99_000, 0],
  ];
  for (const [nowMs, expected] of rows)
    test(`at ${nowMs}: ${expected} ms`, () =>
      expect(leftOf(watch(pool(5_000)), nowMs)).toEqual([pool(expected)]));
});

describe("disarmsNow: a host that leads rests until a roll without it is settled", () => {
  const at = (nowMs: number, leads: boolean) => ({ nowMs, leads });
  const rows: readonly [string, ReturnType<typeof disarmsNow>, readonly Disarm[]][] = [
    ["before the end", disarmsNow(watch(pool(5_000)), stored([]), at(11_000, false)), [pool(4_000)]],
    ["at the end, who leads", disarmsNow(watch(pool(5_000)), stored([]), at(15_000, true)), [pool(0)]],
    ["at the end, who does not", disarmsNow(watch(pool(5_000)), stored([]), at(15_000, false)), []],
    ["the end is not settled", disarmsNow(watch(), stored([], [pool(5_000)]), at(15_000, true)), [pool(0)]],
    ["who does not lead has forgotten it", disarmsNow(watch(), stored([], [pool(1)]), at(1, false)), []],
    [
      "what both rolls have counts once",
      disarmsNow(watch(one(9_000)), stored([], [one(9_000)]), at(11_000, true)),
      [one(8_000)],
    ],
  ];
  for (const [what, seen, expected] of rows) test(what, () => expect(seen).toEqual([...expected]));
});

describe("isResting, restsAlone, restsIn", () => {
  const rows: readonly [string, DisarmWatch, boolean, boolean][] = [
    ["the pool rests", watch(pool(5_000)), true, false],
    ["the host rests", watch(one(5_000)), true, true],
    ["another one does", watch({ host: A, leftMs: 5_000 }), false, false],
    ["it is over", watch(one(1_000)), false, false],
  ];
  for (const [what, seen, rests, alone] of rows)
    test(`${what}: ${rests}, alone: ${alone}`, () => {
      const voting = { self: B };
      expect([isResting(seen, B, 12_000), restsAlone({ disarm: seen, voting }, 12_000)]).toEqual([
        rests,
        alone,
      ]);
      expect(restsIn({ disarm: seen.record }, B)).toBe(seen.record.of[0]?.host !== A);
    });
});

test("isSameDisarm: by the word and by what it says", () => {
  const record = { word: 1, of: [pool(5)] };
  const others = [
    { ...record, word: 2 },
    { word: 1, of: [] },
    { word: 1, of: [pool(4)] },
    { word: 1, of: [one(5)] },
  ];
  expect([record, ...others].map((other) => isSameDisarm(record, other))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});

test("disarmedText: who rests, not for how long", () => {
  expect([null, sight([]), sight([pool(5), one(7)])].map(disarmedText)).toEqual(["", "", "pool b"]);
});
