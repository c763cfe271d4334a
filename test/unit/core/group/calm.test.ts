import { describe, expect, test } from "bun:test";
import { isCalm } from "../../../../src/core/group/calm.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { NOW_MS, type Voter, voter } from "./votes.ts";

describe("isCalm: nothing is being agreed on, so a message may wait for the next second", () => {
  const answers = { b: 1 };
  const follower: Voter = { said: { c: { lead: "leads" } } };
  const rows: readonly [string, Voter, boolean][] = [
    ["this host leads", { term: "5a", roll: "5a.1 abc", answers }, true],
    [
      "it changes the roll",
      { term: "5a", roll: "5a.2 abc", before: "5a.1 abc", answers: { b: 1, c: 1 } },
      false,
    ],
    ["it is elected, and its roll is not settled", { term: "5a", roll: "4c.1 abc", answers }, false],
    ["it asks for votes", { term: "5a" }, false],
    ["it hears the leader", follower, true],
    ["it hears the leader, and the roll is not settled", { ...follower, before: "0c.1 abc" }, false],
    ["it hears the leader no more", { said: { c: { lead: "leads", age: 6.1 } } }, false],
    ["it is told of a leader only", { said: { b: { lead: "hears" } } }, false],
    ["the leader says nothing any more", { said: { c: { lead: "unsaid" } } }, false],
    ["there is no leader", {}, false],
    ["it has no roll, and so nothing to say", { roll: null }, true],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected ? "calm" : "not calm"}`, () =>
      expect(isCalm(voter(given), NOW_MS, GROUP_TIMINGS)).toBe(expected));
});
