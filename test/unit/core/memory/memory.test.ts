import { expect, test } from "bun:test";
import { emptyMemory, onlyReturned, parseMemory } from "../../../../src/core/memory/memory.ts";
import type { DatabaseView } from "../../../../src/core/model/pool-view.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { database, host, hostView, incidentIn, memoryWith } from "../fixtures.ts";

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

test("onlyReturned: a host that came back, unless it was seen enabled since; nothing of one that is not over", () => {
  const memory = memoryWith({ incidents: incidentIn("returned") });
  const seen = (enabled: boolean) => database([hostView(host(3), { enabled })]);
  const kept = (read: DatabaseView | null) => Object.keys(onlyReturned(memory, read));
  expect([kept(null), kept(database([])), kept(seen(false)), kept(seen(true))]).toEqual([
    ["h3"],
    ["h3"],
    ["h3"],
    [],
  ]);
  expect(onlyReturned(memoryWith({ incidents: incidentIn("fenced") }), null)).toEqual({});
});
