import { describe, expect, test } from "bun:test";
import { isLeaderLeaving, isStranded, strandsOthers } from "../../../../src/core/group/strands-others.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { groupState, type Other, type Others } from "./states.ts";
import { A } from "./votes.ts";

/** The group as a host of it sees it; `leased` have a lease by the roll. */
function groupOf(
  letters: string,
  others: Others,
  { leased = letters, master = A, tie = "", held = "" } = {},
) {
  const state = groupState({ term: "5a", roll: `5a.1 ${letters}`, master }, others);
  const { roll } = state.voting.stored;
  const hosts =
    roll?.hosts.map((one) => ({ ...one, leaseMs: leased.includes(one.host) ? 15_000 : null })) ?? [];
  const stored = { ...state.voting.stored, roll: roll && { ...roll, hosts, tie: tie === "" ? null : tie } };
  return { ...state, voting: { ...state.voting, stored, held: new Set(held === "" ? [] : [held]) } };
}

describe("strandsOthers: a goes, in a group whose hosts have leases", () => {
  const strands = (...given: Parameters<typeof groupOf>) => strandsOthers(groupOf(...given));
  const rows: readonly [string, boolean, boolean][] = [
    ["two others are a majority of three", strands("abc", { b: {}, c: {} }), false],
    ["one of them is silent", strands("abc", { b: {}, c: { age: 9, silent: 9 } }), true],
    ["the master of two", strands("ab", { b: {} }), true],
    [
      "the slave of two: the master counts double",
      strands("ab", { b: {} }, { master: hostUuid("b") }),
      false,
    ],
    ["nobody else has a lease", strands("ab", { b: {} }, { leased: "a" }), false],
    ["another one leaves, too", strands("abc", { b: {}, c: { leaving: true } }), true],
    ["there is no roll", strandsOthers(groupState({ roll: null }, { b: {} })), false],
  ];
  for (const [what, found, expected] of rows) test(what, () => expect(found).toBe(expected));
});

test("strandsOthers: a lease counts until a settled roll shows none", () => {
  const { voting, ...state } = groupOf("ab", { b: {} });
  const ended = groupOf("ab", { b: {} }, { leased: "" }).voting.stored.roll;
  const strands = (before: typeof ended) =>
    strandsOthers({ ...state, voting: { ...voting, stored: { ...voting.stored, roll: ended, before } } });
  expect([strands(voting.stored.roll), strands(null)]).toEqual([true, false]);
});

describe("isStranded: others say to a that they leave", () => {
  const B = hostUuid("b");
  const rows: readonly [string, boolean, boolean][] = [
    ["nobody does", isStranded(groupOf("ab", { b: {} }, { master: B })), false],
    ["the master of two", isStranded(groupOf("ab", { b: { leaving: true } }, { master: B })), true],
    ["the slave of two", isStranded(groupOf("ab", { b: { leaving: true } })), false],
    ["one of three", isStranded(groupOf("abc", { b: { leaving: true }, c: {} })), false],
    ["two of three", isStranded(groupOf("abc", { b: { leaving: true }, c: { leaving: true } })), true],
    [
      "one of three, and another one is silent",
      isStranded(groupOf("abc", { b: { leaving: true }, c: { age: 9, silent: 9 } })),
      true,
    ],
    [
      "who has left before, and is silent, and another one that fails is a failure",
      isStranded(groupOf("abc", { b: { leaving: true, age: 9, silent: 9 }, c: { age: 9, silent: 9 } })),
      false,
    ],
    [
      "one of two, with a tie that a has claimed",
      isStranded(groupOf("ab", { b: { leaving: true } }, { master: B, tie: "t", held: "t" })),
      false,
    ],
    [
      "one of two, with a tie that it may have claimed",
      isStranded(groupOf("ab", { b: { leaving: true } }, { tie: "t" })),
      true,
    ],
    ["there is no roll", isStranded(groupState({ roll: null }, { b: { leaving: true } })), false],
  ];
  for (const [what, found, expected] of rows) test(what, () => expect(found).toBe(expected));
});

test("isLeaderLeaving: also when it is silent by now", () => {
  const b = (other: Other) => groupState({ term: "5b", roll: "5b.1 ab" }, { b: other });
  expect(isLeaderLeaving(b({ leaving: true, age: 9, silent: 9 }))).toBe(true);
  expect(isLeaderLeaving(b({}))).toBe(false);
  expect(isLeaderLeaving(groupState({ term: "5a", roll: "5a.1 ab" }, { b: { leaving: true } }))).toBe(false);
});
