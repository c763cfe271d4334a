import { describe, expect, test } from "bun:test";
import {
  isMajority,
  isMoreThanHalf,
  isOnRoll,
  officeOf,
  officeText,
} from "../../../../src/core/group/roll.ts";
import { isJointMajority, NOTHING_STORED } from "../../../../src/core/group/stored.ts";
import { type HostUuid, hostUuid } from "../../../../src/core/model/ids.ts";
import { A, B, C, D, roll, term } from "./votes.ts";

/** Who has claimed nothing. */
const NONE = { self: D, held: new Set<string>() };
const among = (letters: string) => (host: string) => letters.includes(host);

describe("isMajority", () => {
  // [what, who is on the roll, its XAPI master, who has something, is that a majority]
  const rows: readonly [string, string, string, string, boolean][] = [
    ["two of three", "abc", "a", "bc", true],
    ["one of three, though it is the XAPI master", "abc", "a", "a", false],
    ["three of five", "abcde", "a", "cde", true],
    ["two of five with the XAPI master: an odd roll has no tie to break", "abcde", "a", "ab", false],
    ["a host that is alone on the roll", "a", "a", "a", true],
    ["the XAPI master of two", "ab", "a", "a", true],
    ["the other one of two", "ab", "a", "b", false],
    ["half of an even roll with the XAPI master is a majority", "abcd", "a", "ad", true],
    ["half of an even roll without it is none", "abcd", "a", "bc", false],
    ["more than half of an even roll needs no XAPI master", "abcd", "a", "bcd", true],
    ["less than half of an even roll with it", "abcdef", "a", "ab", false],
    ["an even roll without its XAPI master: half of it is none", "bc", "a", "b", false],
    ["an even roll without its XAPI master: all of it", "bc", "a", "bc", true],
    ["a host off the roll has no vote", "abc", "a", "axyz", false],
    ["an XAPI master off the roll has none, once or twice", "bcde", "a", "abc", false],
    ["nobody", "abc", "a", "", false],
    ["nobody of an empty roll", "", "a", "a", false],
  ];
  for (const [what, letters, master, has, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () =>
      expect(isMajority(roll(`1a.1 ${letters}`, hostUuid(master)), among(has), NONE)).toBe(expected));

  test("of any roll up to six hosts, some hosts and all others are never both a majority, and one side is if a tie breaks", () => {
    for (const letters of ["a", "ab", "abc", "abcd", "abcde", "abcdef"])
      for (let bits = 0; bits < 2 ** letters.length; bits++) {
        const has = (host: string) => ((bits >> letters.indexOf(host)) & 1) === 1;
        const of = roll(`1a.1 ${letters}`);
        const sides = [isMajority(of, has, NONE), isMajority(of, (host) => !has(host), NONE)];
        expect(sides.filter((side) => side)).toHaveLength(1);
      }
  });
});

describe("isMajority, where the roll has a tie", () => {
  // [what, who is on the roll, who has something, who asks, what it has claimed, is that a majority]
  const rows: readonly [string, string, string, HostUuid, string, boolean][] = [
    ["the XAPI master of two counts once", "ab", "a", A, "", false],
    ["either of two that has claimed it", "ab", "a", A, "t", true],
    ["the other one", "ab", "b", B, "t", true],
    ["both of two, without a claim", "ab", "ab", B, "", true],
    ["a claim of another name is none", "ab", "a", A, "u", false],
    ["half of four, with the one that has claimed it", "abcd", "ab", A, "t", true],
    ["half of four", "abcd", "ab", A, "", false],
    ["less than half of four", "abcd", "a", A, "t", false],
    ["of an odd roll nobody needs it", "abc", "a", A, "t", false],
    ["who has claimed it and is off the roll", "ab", "a", C, "t", false],
    ["who has claimed it and is not among them", "abcd", "bc", A, "t", false],
  ];
  for (const [what, letters, has, self, claimed, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () => {
      const tied = { ...roll(`1a.1 ${letters}`), tie: "t" };
      expect(isMajority(tied, among(has), { self, held: new Set(claimed) })).toBe(expected);
    });
});

describe("isMoreThanHalf", () => {
  // [what, who is on the roll, who has something, who counts double, is that more than half]
  const rows: readonly [string, string, string, HostUuid | null, boolean][] = [
    ["two of three", "abc", "bc", null, true],
    ["one of three", "abc", "a", null, false],
    ["half of four, with the XAPI master", "abcd", "ab", null, false],
    ["three of four", "abcd", "bcd", null, true],
    ["the XAPI master of two", "ab", "a", null, false],
    ["both of two", "ab", "ab", null, true],
    ["a host that is alone on the roll", "a", "a", null, true],
    ["half of four, with the one that counts double", "abcd", "bc", C, true],
    ["half of four, without it", "abcd", "ab", C, false],
    ["of an odd roll it counts double as well: two of three votes of four", "abc", "c", C, false],
    ["who counts double and is off the roll has no vote", "ab", "ad", D, false],
    ["nobody of an empty roll", "", "a", null, false],
  ];
  for (const [what, letters, has, doubled, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () =>
      expect(isMoreThanHalf(roll(`1a.1 ${letters}`), among(has), doubled)).toBe(expected));

  test("unless it is said who counts double, nobody does", () =>
    expect(isMoreThanHalf(roll("1a.1 ab"), among("a"))).toBe(false));
});

describe("isOnRoll", () => {
  test("who is listed, and nobody else", () => {
    expect([isOnRoll(roll("1a.1 abc"), A), isOnRoll(roll("1a.1 abc"), D)]).toEqual([true, false]);
  });
});

describe("isJointMajority", () => {
  // [what, the roll, the one before it that is not settled away, who has something, is that enough]
  const rows: readonly [string, string, string | null, string, boolean][] = [
    ["a settled roll asks nobody but its own hosts", "bcd", null, "cd", true],
    ["of an unsettled one and of the one before", "abcd", "abc", "abc", true],
    ["of the new one alone is not enough", "cde", "abc", "de", false],
    ["of the old one alone is not enough", "cde", "abc", "ab", false],
    ["one host may count in both", "cde", "abc", "bcd", true],
    ["a host that is taken out still has its vote in the old one", "ab", "abc", "bc", false],
    ["the XAPI master's double vote is asked for in each even roll", "ab", "abcd", "ac", true],
  ];
  for (const [what, now, before, has, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () => {
      const stored = {
        term: term("1a"),
        roll: roll(`1a.2 ${now}`),
        before: before === null ? null : roll(`1a.1 ${before}`),
      };
      expect(isJointMajority(stored, among(has), NONE)).toBe(expected);
    });

  test("without a roll nobody is a majority", () =>
    expect(isJointMajority(NOTHING_STORED, () => true, NONE)).toBe(false));

  test("the master of the new roll breaks no tie of the old one", () => {
    const stored = { term: term("1b"), roll: roll("1b.2 ab", hostUuid("b")), before: roll("1b.1 ab") };
    expect(isJointMajority(stored, among("b"), NONE)).toBe(false);
    expect(isJointMajority(stored, among("ab"), NONE)).toBe(true);
  });

  test("a pool of five can lose four, one by one, down to its XAPI master; the last one of another two cannot go on", () => {
    const goesOn = (survivors: string, before: string) =>
      isJointMajority(
        { term: term("1a"), roll: roll(`1a.2 ${survivors}`), before: roll(`1a.1 ${before}`) },
        among(survivors),
        NONE,
      );
    const losses = ["abcde", "abcd", "abc", "ab", "a"].map((letters, at, all) =>
      goesOn(letters, all[at - 1] ?? letters),
    );
    expect(losses).toEqual([true, true, true, true, true]);
    expect(goesOn("b", "ab")).toBe(false);
  });
});

describe("officeText, officeOf: one way to write it", () => {
  const HOST = hostUuid("11111111-2222-4333-8444-555555555555");
  const office = (count: number, version: number) => ({ term: { count, host: HOST }, version });
  for (const one of [office(1, 1), office(7, 12), office(2 ** 48 - 1, 2 ** 32 - 1)])
    test(officeText(one), () => expect(officeOf(officeText(one))).toEqual(one));

  test("what is written in another way is none", () => expect(officeOf(`07.${HOST}.2`)).toBeNull());

  test("of nobody's term it is a text as well, which nobody reads", () =>
    expect(officeText({ term: { count: 7, host: null }, version: 1 })).toBe("7.none.1"));
});
