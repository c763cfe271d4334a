import { describe, expect, test } from "bun:test";
import { counts, isCarried, isCarriedByAll } from "../../../../src/core/group/carried.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { B, C, D, type Voter, voter } from "./votes.ts";

describe("isCarried: by a majority, or by every host that is not known to be off", () => {
  // [what, the roll, the one before, these, those that are off, expected]
  const rows: readonly [string, string, string | null, string, string, boolean][] = [
    ["a majority", "abc", null, "ab", "", true],
    ["no majority", "abc", null, "c", "", false],
    ["no majority, and another one is off", "abc", null, "c", "b", false],
    ["all that are not off", "abc", null, "c", "ab", true],
    ["the half without the double vote", "ab", null, "b", "", false],
    ["the same, and the other half is off", "ab", null, "b", "a", true],
    ["of four, two that are not off", "abcd", null, "cd", "ab", true],
    ["of four, one of them", "abcd", null, "c", "ab", false],
    ["a majority needs nobody who is off", "abc", null, "ab", "c", true],
    ["who is off and has answered before counts", "abc", null, "ac", "c", true],
    ["nobody at all", "abc", null, "", "abc", false],
    ["a host that is not on it", "abc", null, "d", "abc", false],
    ["a majority of the newer roll only", "ade", "abc", "de", "", false],
    ["all that are not off, of the roll before, too", "ade", "abc", "de", "abc", true],
    ["one of the roll before is not off", "ade", "abc", "de", "ab", false],
    ["a majority of one roll, and the other one's are off", "ade", "abc", "de", "bc", false],
  ];
  for (const [what, roll, before, those, off, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () => {
      const given: Voter = {
        ...{ roll: `5a.2 ${roll}`, before: before === null ? null : `5a.1 ${before}` },
        over: { off: new Set([...off].map(hostUuid)) },
      };
      expect(isCarried(voter(given), (host) => those.includes(host))).toBe(expected);
    });

  test("without a roll nothing is", () =>
    expect(isCarried(voter({ roll: null, over: { off: new Set([B, C]) } }), () => true)).toBe(false));
});

describe("isCarriedByAll: by every host that is not known to be off", () => {
  // [what, the roll, the one before, these, those that are off, expected]
  const rows: readonly [string, string, string | null, string, string, boolean][] = [
    ["all that are not off", "abc", null, "c", "ab", true],
    ["one of those is missing", "abc", null, "c", "b", false],
    ["a majority, and one is missing", "abcd", null, "abc", "x", false],
    ["a majority, and the others are off", "abc", null, "ab", "c", true],
    ["all of them, and nobody is off", "abc", null, "abc", "", false],
    ["all of them, and one that is off besides", "abc", null, "abc", "d", true],
    ["alone on the roll, and nobody is off", "a", null, "a", "", false],
    ["nobody at all", "abc", null, "", "abc", false],
    ["all that are not off, of the roll before, too", "ade", "abc", "de", "abc", true],
    ["one of the roll before is not off", "ade", "abc", "de", "ab", false],
  ];
  for (const [what, roll, before, those, off, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () => {
      const given: Voter = {
        ...{ roll: `5a.2 ${roll}`, before: before === null ? null : `5a.1 ${before}` },
        over: { off: new Set([...off].map(hostUuid)) },
      };
      expect(isCarriedByAll(voter(given), (host) => those.includes(host))).toBe(expected);
    });

  test("without a roll nothing is", () =>
    expect(isCarriedByAll(voter({ roll: null, over: { off: new Set([B]) } }), () => true)).toBe(false));
});

describe("counts: is this host one of those that decide?", () => {
  const rows: readonly [string, Voter, boolean][] = [
    ["it is on the roll", {}, true],
    ["it is not", { self: D }, false],
    ["it is on the newer one only", { self: D, roll: "1c.2 abcd", before: "1c.1 abc" }, true],
    [
      "it is on the one before only, which counts as long as the newer one is not settled",
      { self: C, roll: "1c.2 ab", before: "1c.1 abc" },
      true,
    ],
    ["it is on neither", { self: D, roll: "1c.2 ab", before: "1c.1 abc" }, false],
    ["it has none", { roll: null }, false],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () => expect(counts(voter(given))).toBe(expected));
});
