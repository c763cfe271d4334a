import { expect, test } from "bun:test";
import { nearestWord } from "../../../src/config/nearest.ts";

const WORDS = ["FENCE_METHOD", "FENCE_ACTION", "FENCE_ENABLED", "XAPI_DELAY"];

const rows: readonly (readonly [string, string | undefined])[] = [
  ["FENCE_METHOD", "FENCE_METHOD"],
  ["fence_methd", "FENCE_METHOD"],
  ["FENCE-ACTION", "FENCE_ACTION"],
  ["XAPIDELAY", "XAPI_DELAY"],
  ["something else", undefined],
  ["", undefined],
  ["x".repeat(100_000), undefined],
];

for (const [typed, nearest] of rows) {
  test(`nearestWord: ${typed.slice(0, 20) || "nothing"} is ${nearest ?? "near to none"}`, () => {
    expect(nearestWord(typed, WORDS)).toBe(nearest);
  });
}

test("nearestWord: two letters that changed places are one slip", () => {
  expect(nearestWord("wbe1", ["db1", "web1"])).toBe("web1");
});

test("nearestWord: of two that are equally near it is the one with the same first letter", () => {
  expect(nearestWord("cent5", ["dent5", "cent4"])).toBe("cent4");
});
