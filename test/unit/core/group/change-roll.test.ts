import { describe, expect, test } from "bun:test";
import { changeRoll } from "../../../../src/core/group/change-roll.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { B, NOW_MS, roll, showId, showStored, type Voter, voter } from "./votes.ts";

function change(given: Voter, letters: string, master?: typeof B): string {
  const { id: _, office: _office, ...content } = roll(`0-.0 ${letters}`, master);
  const changed = changeRoll(voter(given), content, NOW_MS, GROUP_TIMINGS);
  return changed === null ? "refused" : showStored(changed);
}

describe("changeRoll: one change at a time, by the leader alone", () => {
  const leader: Voter = { term: "5a", roll: "5a.1 abc", answers: { b: 1, c: 1 } };
  const rows: readonly [string, Voter, string, string][] = [
    ["a host is taken out", leader, "ab", "5a 5a.2 ab after 5a.1 abc"],
    ["a host is entered", leader, "abcd", "5a 5a.2 abcd after 5a.1 abc"],
    ["not without the leader itself", leader, "bc", "refused"],
    ["not without a majority of the new roll that answers now", leader, "abcdefg", "refused"],
    ["the next change", { ...leader, roll: "5a.7 abc" }, "ab", "5a 5a.8 ab after 5a.7 abc"],
    [
      "not while the last one is not settled",
      { ...leader, roll: "5a.2 abc", before: "5a.1 abc" },
      "ab",
      "refused",
    ],
    ["not before its first roll is settled", { ...leader, before: "4c.1 abc" }, "ab", "refused"],
    ["not before it has repeated its roll", { ...leader, roll: "4c.1 abc" }, "ab", "refused"],
    ["not with answers of 4.1 s ago", { ...leader, answers: { b: 4.1, c: 4.1 } }, "ab", "refused"],
    ["not by who follows another host", { ...leader, term: "5c", roll: "5c.1 abc" }, "ab", "refused"],
    [
      "not without its master, which no other host would take",
      { ...leader, self: B, term: "5b", roll: "5b.1 abc", answers: { a: 1, c: 1 } },
      "bc",
      "refused",
    ],
    ["not with a host twice", leader, "aabc", "refused"],
    ["not without a roll", { ...leader, roll: null }, "ab", "refused"],
  ];
  for (const [what, given, letters, expected] of rows)
    test(`${what}: ${expected}`, () => expect(change(given, letters)).toBe(expected));

  test("everything else in it is as the leader wants it", () => {
    const { id: _, office: _office, ...content } = { ...roll("0-.0 ab", B), ha: false };
    const changed = changeRoll(voter(leader), content, NOW_MS, GROUP_TIMINGS);
    expect(changed?.stored.roll).toMatchObject({ master: B, ha: false });
  });

  test("the office is another one exactly when the master is: the id of the roll in which it is named", () => {
    const office = (master?: typeof B, given: Voter = { ...leader, roll: "5a.1 abc 2b.4" }) => {
      const { id: _, office: _office, ...content } = { ...roll("0-.0 ab", master), ha: false };
      return changeRoll(voter(given), content, NOW_MS, GROUP_TIMINGS)?.stored.roll?.office ?? null;
    };
    expect([showId(office()), showId(office(B))]).toEqual(["2b.4", "5a.2"]);
  });
});
