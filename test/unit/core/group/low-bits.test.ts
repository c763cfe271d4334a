import { describe, expect, test } from "bun:test";
import { isLaterLow, lowBits, wholeMs } from "../../../../src/core/group/low-bits.ts";

const WRAP = 2 ** 32;

describe("wholeMs: the last time before now that has these low bits", () => {
  const rows: readonly [string, number, number, number][] = [
    ["a moment ago", 5_000, 6_000, 5_000],
    ["now", 6_000, 6_000, 6_000],
    ["before the bits began anew", WRAP - 1, WRAP + 10, WRAP - 1],
    ["after it", 5, WRAP + 10, WRAP + 5],
    ["many times later", 5, 7 * WRAP + 10, 7 * WRAP + 5],
  ];
  for (const [what, low, now, whole] of rows)
    test(what, () => {
      expect(wholeMs(low, now)).toBe(whole);
      expect(lowBits(whole)).toBe(low);
    });
});

describe("isLaterLow", () => {
  const rows: readonly [string, number, number, boolean][] = [
    ["later", 6, 5, true],
    ["the same", 5, 5, false],
    ["earlier", 5, 6, false],
    ["later, and the bits have begun anew between the two", 3, WRAP - 3, true],
    ["earlier, and they have", WRAP - 3, 3, false],
  ];
  for (const [what, a, b, later] of rows) test(what, () => expect(isLaterLow(a, b)).toBe(later));
});
