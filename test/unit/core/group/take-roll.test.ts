import { describe, expect, test } from "bun:test";
import { type HeardRoll, takeRoll } from "../../../../src/core/group/take-roll.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { ago, B, C, D, heardRoll, NOW_MS, showStored, type Voter, voter } from "./votes.ts";

const after = (given: Voter, message: HeardRoll) =>
  showStored(takeRoll(voter(given), message, GROUP_TIMINGS));

describe("a roll is taken from the host whose term one has taken", () => {
  const own = "2c 1c.1 abc";
  const follower: Voter = { term: "2c" };
  const rows: readonly [string, Voter, HeardRoll, string][] = [
    ["a newer one", follower, heardRoll(C, "2c.1 abc", { term: "2c" }), "2c 2c.1 abc"],
    [
      "with the one before, until it is settled",
      follower,
      heardRoll(C, "2c.1 abc", { term: "2c", before: "1c.1 abc" }),
      "2c 2c.1 abc after 1c.1 abc",
    ],
    [
      "many versions at once",
      { ...follower, roll: "2c.1 abc", before: "1c.1 abc" },
      heardRoll(C, "2c.7 ac", { term: "2c", before: "2c.6 abc" }),
      "2c 2c.7 ac after 2c.6 abc",
    ],
    ["not from another host", follower, heardRoll(B, "2b.1 ab", { term: "2b" }), own],
    ["not another host's, whoever brings it", follower, heardRoll(B, "2c.1 abc", { term: "2c" }), own],
    [
      "not of a newer term that this host has not taken",
      follower,
      heardRoll(C, "3c.1 abc", { term: "3c" }),
      own,
    ],
    [
      "not of an older term of that host",
      { term: "3c" },
      heardRoll(C, "2c.1 abc", { term: "2c" }),
      "3c 1c.1 abc",
    ],
    ["not one that it has yet to make its own", follower, heardRoll(C, "1d.4 abc", { term: "2c" }), own],
    ["not when it is not fresh", follower, heardRoll(C, "2c.1 abc", { term: "2c", fresh: false }), own],
    [
      "not an older version",
      { ...follower, roll: "2c.3 abc" },
      heardRoll(C, "2c.2 ab", { term: "2c" }),
      "2c 2c.3 abc",
    ],
    [
      "the same one again changes nothing",
      { ...follower, roll: "2c.1 abc" },
      heardRoll(C, "2c.1 ab", { term: "2c" }),
      "2c 2c.1 abc",
    ],
  ];
  for (const [what, given, message, expected] of rows)
    test(`${what}: ${expected}`, () => expect(after(given, message)).toBe(expected));
});

describe("who asks for votes with an old roll is told the newest one", () => {
  const candidate: Voter = { term: "3a", promised: null };
  const rows: readonly [string, Voter, HeardRoll, string][] = [
    [
      "by any host, whoever made it",
      candidate,
      heardRoll(B, "2c.2 abd", { term: "2c", before: "2c.1 abc" }),
      "3a 2c.2 abd after 2c.1 abc",
    ],
    [
      "and does not take an older one",
      { ...candidate, roll: "2c.2 abd" },
      heardRoll(B, "2c.1 abc", { term: "2c" }),
      "3a 2c.2 abd",
    ],
    [
      "nor one that is not fresh",
      candidate,
      heardRoll(B, "2c.2 abd", { term: "2c", fresh: false }),
      "3a 1c.1 abc",
    ],
    [
      "who follows a host is told by that one only",
      { term: "2d" },
      heardRoll(B, "2c.2 abd", { term: "2c" }),
      "2d 1c.1 abc",
    ],
    [
      "who has given up is told by nobody",
      { term: "3-" },
      heardRoll(B, "2c.2 abd", { term: "2c" }),
      "3- 1c.1 abc",
    ],
    [
      "a leader's own roll is newer than any of an older term",
      { ...candidate, roll: "3a.1 abc" },
      heardRoll(B, "2c.9 abd", { term: "2c" }),
      "3a 3a.1 abc",
    ],
  ];
  for (const [what, given, message, expected] of rows)
    test(`${what}: ${expected}`, () => expect(after(given, message)).toBe(expected));

  test("its votes stay what they were", () => {
    const before = voter({ ...candidate, answers: { c: 1 } });
    const told = takeRoll(before, heardRoll(B, "2c.2 abd", { term: "2c" }), GROUP_TIMINGS);
    expect(told).toEqual({ ...before, stored: { ...before.stored, roll: told.stored.roll } });
  });
});

describe("a host that has lost what it had stored", () => {
  const lost = (startedAgo: number): Voter => ({
    term: "0-",
    roll: null,
    over: { startedMs: ago(startedAgo) },
  });
  const nothing = "0- none";
  const leads = { term: "5c", lead: "leads" } as const;
  const rows: readonly [string, Voter, HeardRoll, string][] = [
    [
      "takes the roll of a leader with a mandate, and its term",
      lost(6),
      heardRoll(C, "5c.2 abc", leads),
      "5c 5c.2 abc",
    ],
    [
      "with the one before",
      lost(6),
      heardRoll(C, "5c.2 abc", { ...leads, before: "5c.1 bc" }),
      "5c 5c.2 abc after 5c.1 bc",
    ],
    ["whether it is on that roll or not", lost(6), heardRoll(C, "5c.2 bcd", leads), "5c 5c.2 bcd"],
    [
      "not of one that is only elected: it may need the lost vote",
      lost(60),
      heardRoll(C, "5c.1 abc", { ...leads, lead: "elected" }),
      nothing,
    ],
    [
      "not of one that asks for votes",
      lost(60),
      heardRoll(C, "5c.1 abc", { ...leads, lead: "stands" }),
      nothing,
    ],
    [
      "not of one that has no more than heard of a leader",
      lost(60),
      heardRoll(D, "5c.2 abc", { term: "5c", lead: "hears" }),
      nothing,
    ],
    [
      "not a roll that its sender has not made in its term",
      lost(60),
      heardRoll(C, "4c.2 abc", leads),
      nothing,
    ],
    [
      "not when its votes of before may still count: 4.9 s after it began",
      lost(5.9),
      heardRoll(C, "5c.2 abc", leads),
      nothing,
    ],
    [
      "not when the number it sent is of another boot",
      lost(60),
      heardRoll(C, "5c.2 abc", { ...leads, answersMs: null }),
      nothing,
    ],
    ["not when it is not fresh", lost(60), heardRoll(C, "5c.2 abc", { ...leads, fresh: false }), nothing],
  ];
  for (const [what, given, message, expected] of rows)
    test(`${what}: ${expected}`, () => expect(after(given, message)).toBe(expected));

  test("with it the promise to that leader begins", () => {
    const { promisedMs } = takeRoll(voter(lost(6)), heardRoll(C, "5c.2 abc", leads), GROUP_TIMINGS);
    expect(promisedMs).toBe(NOW_MS);
  });

  test("what it sent in the first five seconds does not help however late it is answered", () => {
    const late = heardRoll(C, "5c.2 abc", { ...leads, answersMs: ago(3) });
    expect(after(lost(7.9), late)).toBe(nothing);
    expect(after(lost(8), late)).toBe("5c 5c.2 abc");
  });
});
