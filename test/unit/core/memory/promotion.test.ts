import { describe, expect, test } from "bun:test";
import {
  isEndedPromotion,
  isPromotionState,
  isRighting,
  type PromotionPhase,
} from "../../../../src/core/memory/promotion.ts";
import { host } from "../fixtures.ts";
import { takeOver } from "./remembered.ts";

/** Every phase, and whether the database of this master is not right yet; a new phase does not compile before somebody has decided that. */
const RIGHTING: Readonly<Record<PromotionPhase, boolean>> = {
  proved: true,
  named: true,
  promoting: true,
  righting: true,
  righted: false,
};
const PHASES = Object.keys(RIGHTING) as PromotionPhase[];

describe("isRighting", () => {
  for (const phase of PHASES)
    test(`${phase}: ${RIGHTING[phase] ? "nothing is started" : "VMs are started"}`, () =>
      expect(isRighting({ promotion: takeOver({ phase }) })).toBe(RIGHTING[phase]));
  test("without a take-over VMs are started", () => expect(isRighting({ promotion: null })).toBe(false));
});

describe("isPromotionState", () => {
  test("a take-over as it is written, in every phase", () => {
    for (const phase of PHASES) expect(isPromotionState(takeOver({ phase }))).toBe(true);
    expect(isPromotionState(takeOver({ oldMaster: null }))).toBe(true);
  });
  const damaged: readonly [string, object][] = [
    ["another phase", { phase: "called" }],
    ["no phase", { phase: undefined }],
    ["no old master at all", { oldMaster: undefined }],
    ["an old master that is a number", { oldMaster: 3 }],
    ["a beginning at no time", { sinceMs: null }],
  ];
  for (const [what, over] of damaged)
    test(`${what} is none`, () => expect(isPromotionState({ ...takeOver(), ...over })).toBe(false));
});

test("isEndedPromotion: who was replaced is known", () => {
  expect(isEndedPromotion({ oldMaster: host(1) })).toBe(true);
  expect([isEndedPromotion({}), isEndedPromotion({ oldMaster: null })]).toEqual([false, false]);
});
