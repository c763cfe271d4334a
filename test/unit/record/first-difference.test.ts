import { expect, test } from "bun:test";
import { type Difference, firstDifference } from "../../../src/record/first-difference.ts";

const at = (path: string, recorded: string | null, now: string | null): Difference => ({
  path,
  recorded,
  now,
});

const ROWS: readonly [string, unknown, unknown, Difference | null][] = [
  ["the same", { a: [1, null, "x"] }, { a: [1, null, "x"] }, null],
  ["what JSON has no word for is not there", { a: 1, b: undefined }, { a: 1 }, null],
  ["a value", { a: { b: [1, 2] } }, { a: { b: [1, 3] } }, at("a.b[1]", "2", "3")],
  ["the first of two", [{ a: 1 }, 2], [{ a: 2 }, 3], at("[0].a", "1", "2")],
  ["a field that is gone", { a: 1, b: 2 }, { a: 1 }, at("b", "2", null)],
  ["an item more", [1], [1, { c: 2 }], at("[1]", null, '{"c":2}')],
  ["null for an object", { a: null }, { a: {} }, at("a", "null", "{}")],
  ["a list for an object", { a: [] }, { a: {} }, at("a", "[]", "{}")],
  ["another order", { m: { a: 1, b: 2 } }, { m: { b: 2, a: 1 } }, at("the order of m", "a b", "b a")],
];

for (const [what, recorded, now, found] of ROWS)
  test(`firstDifference: ${what}`, () => expect(firstDifference(recorded, now)).toEqual(found));
