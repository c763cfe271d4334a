import { describe, expect, test } from "bun:test";
import { NO_DISARM_WATCH } from "../../../../src/core/group/disarm.ts";
import { groupSight } from "../../../../src/core/group/group-sight.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import type { GroupSight } from "../../../../src/core/model/group-sight.ts";
import { ago, B, C, NOW_MS, type Voter, voter } from "./votes.ts";

type Given = Partial<Parameters<typeof groupSight>[1]>;
const sight = (given: Voter, over: Given = {}) => {
  const at = {
    nowMs: NOW_MS,
    awaited: [],
    confirmedOff: [],
    leases: [],
    leaseOver: [],
    entered: [],
    storedBy: [],
    disarm: NO_DISARM_WATCH,
    ownLease: null,
    tie: null,
    tieTest: null,
    agreedAtMs: null,
    handsOver: false,
    isOnDisk: true,
    trouble: null,
    last: null,
  };
  return groupSight(voter(given), { ...at, ...over }, GROUP_TIMINGS);
};

/** `leads a until 3 s`: what it says of who leads, the leader, and how long it may act itself. */
function show({ lead, leader, mandateUntilMs }: GroupSight): string {
  const until =
    mandateUntilMs === null ? "may not act" : `may act for ${(mandateUntilMs - NOW_MS) / 1_000} s`;
  return `${lead} ${leader ?? "-"}, ${until}`;
}

describe("groupSight: who leads, and whether this host may act", () => {
  const leader: Voter = { term: "5a", roll: "5a.1 abc", answers: { b: 1, c: 2 } };
  const rows: readonly [string, Voter, string][] = [
    ["this host has the mandate", leader, "leads a, may act for 3 s"],
    ["counted from what was answered", { ...leader, answers: { c: 4 } }, "leads a, may act for 0 s"],
    ["nobody has answered for 4.1 s", { ...leader, answers: { b: 4.1 } }, "stands -, may not act"],
    ["its roll is not settled", { ...leader, before: "4c.1 abc" }, "elected a, may not act"],
    ["it asks for votes", { term: "5a" }, "stands -, may not act"],
    ["it hears the leader", { said: { b: { lead: "leads" } } }, "hears b, may not act"],
    ["it is told of one", { said: { b: { lead: "hears" } } }, "told -, may not act"],
    ["there is none", {}, "none -, may not act"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(show(sight(given))).toBe(expected));
});

describe("groupSight: it leads, and may not act all the same", () => {
  const leader: Voter = { term: "5a", roll: "5a.1 abc", answers: { b: 1 } };
  const rows: readonly [string, Given, string][] = [
    ["it hands over", { handsOver: true }, "leads a, may not act"],
    ["what it has stored is not on the disk", { isOnDisk: false }, "leads a, may not act"],
    ["it takes no part", { trouble: "the disk is gone" }, "leads a, may not act"],
  ];
  for (const [what, over, expected] of rows)
    test(`${what}: ${expected}`, () => expect(show(sight(leader, over))).toBe(expected));
});

describe("groupSight: since when it is so", () => {
  const heard = (leader: string): Voter => ({ said: { [leader]: { lead: "leads" } } });
  const last = (given: Voter): GroupSight => ({ ...sight(given), sinceMs: ago(20) });
  const rows: readonly [string, GroupSight | null, Voter, number][] = [
    ["at first", null, heard("c"), 0],
    ["the same leader", last(heard("c")), heard("c"), 20],
    ["another leader", last(heard("b")), heard("c"), 0],
    ["none, where there was one", last(heard("c")), {}, 0],
    ["none as before", last({}), {}, 20],
    ["another roll is nothing new", last(heard("c")), { ...heard("c"), roll: "1c.2 abc" }, 20],
  ];
  for (const [what, before, given, expected] of rows)
    test(`${what}: for ${expected} s`, () =>
      expect(sight(given, { last: before }).sinceMs).toBe(ago(expected)));
});

describe("groupSight: the roll, and what this host waits for", () => {
  test("who is on it, who is XAPI master, and HA", () =>
    expect(sight({ roll: "1c.1 bc", master: B }).roll).toEqual({
      hosts: [B, C],
      master: B,
      office: "1.a.1",
      ha: true,
      settled: true,
      entered: [],
      storedBy: [],
      disarms: [],
      disarmWord: 0,
    }));

  test("HA is off", () => {
    const { roll, ...stored } = voter().stored;
    const off = { ...stored, roll: roll && { ...roll, ha: false } };
    expect(sight({ over: { stored: off } }).roll?.ha).toBe(false);
  });

  test("while the one before counts, too, it is not settled; the newer one is shown", () =>
    expect(sight({ roll: "1c.2 bc", before: "1c.1 abc" }).roll).toMatchObject({
      hosts: [B, C],
      settled: false,
    }));

  test("none", () => expect(sight({ roll: null }).roll).toBeNull());

  test("whom it waits for, and why it takes no part", () => {
    expect(sight({}, { awaited: [C], trouble: "the disk is gone" })).toMatchObject({
      awaited: [C],
      trouble: "the disk is gone",
    });
    expect(sight({})).toMatchObject({ awaited: [], trouble: null });
  });
});
