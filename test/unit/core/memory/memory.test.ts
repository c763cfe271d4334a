import { expect, test } from "bun:test";
import { emptyMemory, parseMemory } from "../../../../src/core/memory/memory.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { host } from "../fixtures.ts";

const promotion = beginPromotion({
  oldMaster: host(1),
  nowMs: 1_000,
  awaited: [host(3)],
  inMaintenance: [],
  startTimes: {},
});
const written = (changes: object): unknown =>
  JSON.parse(JSON.stringify({ ...emptyMemory("boot"), promotion: { ...promotion, ...changes } }));

test("parseMemory: what was written is read again", () => {
  expect(parseMemory(written({}))).toEqual({ ...emptyMemory("boot"), promotion });
});

test("parseMemory: a take-over of an earlier version is not forgotten for the field that it lacks", () => {
  expect(parseMemory(written({ settledAtMs: undefined }))?.promotion).toEqual(promotion);
  expect(parseMemory(written({ settledAtMs: { h3: "soon" } }))).toBeNull();
  expect(parseMemory(written({ backAtMs: undefined }))).toBeNull();
});
