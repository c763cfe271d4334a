import { describe, expect, test } from "bun:test";
import { strandsOthers } from "../../../../src/core/group/strands-others.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { groupState, type Others } from "./states.ts";
import { A } from "./votes.ts";

describe("strandsOthers: a goes, in a group whose hosts have leases", () => {
  const strands = (letters: string, others: Others, { leased = letters, master = A } = {}) => {
    const state = groupState({ term: "5a", roll: `5a.1 ${letters}`, master }, others);
    const { roll } = state.voting.stored;
    const hosts =
      roll?.hosts.map((one) => ({ ...one, leaseMs: leased.includes(one.host) ? 15_000 : null })) ?? [];
    const stored = { ...state.voting.stored, roll: roll && { ...roll, hosts } };
    return strandsOthers({ ...state, voting: { ...state.voting, stored } });
  };
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
    ["there is no roll", strandsOthers(groupState({ roll: null }, { b: {} })), false],
  ];
  for (const [what, found, expected] of rows) test(what, () => expect(found).toBe(expected));
});
