import { describe, expect, test } from "bun:test";
import { compareRollIds } from "../../../../src/core/group/roll.ts";
import { compareTerms, isNewerTerm, isSameTerm, NO_TERM } from "../../../../src/core/group/term.ts";
import { rollId, term } from "./votes.ts";

const ORDER = { older: -1, same: 0, newer: 1 } as const;

describe("compareTerms: the count, then the host", () => {
  const rows: readonly [string, string, string, keyof typeof ORDER][] = [
    ["a higher count is newer, whosever it is", "3a", "2c", "newer"],
    ["a lower one is older", "9c", "10a", "older"],
    ["of one count the later name is newer, so two hosts never have the same term", "2b", "2a", "newer"],
    ["the same", "2b", "2b", "same"],
    ["nobody's is older than anybody's of that count", "2-", "2a", "older"],
    [
      "nobody's is newer than any of a lower count: who gives up leaves what it was promised",
      "3-",
      "2c",
      "newer",
    ],
  ];
  for (const [what, one, other, order] of rows)
    test(what, () => {
      const [a, b] = [term(one), term(other)];
      expect(Math.sign(compareTerms(a, b))).toBe(ORDER[order]);
      expect(Math.sign(compareTerms(b, a))).toBe(0 - ORDER[order]);
      expect([isNewerTerm(a, b), isSameTerm(a, b)]).toEqual([order === "newer", order === "same"]);
    });

  test("whatever a host takes is newer than that of one that has never voted", () =>
    expect(isNewerTerm(term("1a"), NO_TERM)).toBe(true));
});

describe("compareRollIds: the term, then the version", () => {
  const rows: readonly [string, string | null, string | null, keyof typeof ORDER][] = [
    ["a later leader's first roll is newer than many of an earlier one", "3a.1", "2c.9", "newer"],
    ["of one leader the higher version", "3a.2", "3a.1", "newer"],
    ["of one count the later name", "3b.1", "3a.7", "newer"],
    ["the same", "3a.2", "3a.2", "same"],
    ["a host without a roll has the oldest", null, "0a.1", "older"],
    ["two hosts without one have the same", null, null, "same"],
  ];
  for (const [what, one, other, order] of rows)
    test(what, () => {
      const [a, b] = [one, other].map((text) => (text === null ? null : rollId(text)));
      expect(Math.sign(compareRollIds(a ?? null, b ?? null))).toBe(ORDER[order]);
      expect(Math.sign(compareRollIds(b ?? null, a ?? null))).toBe(0 - ORDER[order]);
    });
});
