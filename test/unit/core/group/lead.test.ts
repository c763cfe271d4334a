import { describe, expect, test } from "bun:test";
import {
  type Leading,
  type LeadMoment,
  type Led,
  NOT_LEADING,
  tickAndLead,
} from "../../../../src/core/group/lead.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { type HostUuid, hostUuid } from "../../../../src/core/model/ids.ts";
import { OWN } from "./group.ts";
import { groupState, MASTER, type Others } from "./states.ts";
import { ago, B, C, D, NOW_MS, showStored, type Voter } from "./votes.ts";

interface Given extends Voter {
  readonly others?: Others;
  readonly moment?: Partial<LeadMoment>;
  /** Since when, in seconds, nothing is missing to found a group. */
  readonly ready?: number;
  /** Since when hosts are absent from the pool. */
  readonly absent?: Readonly<Record<string, number>>;
  /** Since when it hands over. */
  readonly handing?: number;
}

const AT: LeadMoment = {
  nowMs: NOW_MS,
  own: MASTER,
  successor: null,
  agreed: [],
  maintenance: [],
  without: [],
  isFencing: false,
  greeters: new Set(),
  knowsPool: true,
  leaseMs: null,
  tieTag: null,
  disarmWords: [],
  armWords: [],
};

/** A tick of host a, the XAPI master. */
function led({ others = {}, moment = {}, ready, absent = {}, handing, ...given }: Given): Led {
  const since = Object.entries(absent).map(([host, seconds]) => [hostUuid(host), ago(seconds)] as const);
  const leading: Leading = {
    founding: { readyMs: ready === undefined ? null : ago(ready) },
    handOver: { ...NOT_LEADING.handOver, sinceMs: handing === undefined ? null : ago(handing) },
    absent: new Map(since),
  };
  return tickAndLead(groupState(given, others), leading, { ...AT, ...moment }, GROUP_TIMINGS);
}

describe("tickAndLead: the vote of this host, and what it does itself", () => {
  const none = { term: "0-", roll: null } as const;
  const starting: Given = { ...none, others: { b: {}, c: {} }, said: { b: none, c: none } };
  const founder: Given = { ...starting, ready: 30 };
  const leader: Given = {
    term: "5a",
    roll: "5a.1 ab",
    others: { b: {}, c: {} },
    answers: { b: 1, c: 1 },
    said: { b: { term: "5a", roll: "5a.1" }, c: { term: "5a", roll: "5a.1" } },
  };
  const slave: Given = {
    ...leader,
    roll: "5a.1 abc",
    master: B,
    others: { b: { role: "master", master: B, hears: "ac" }, c: {} },
    moment: { own: OWN },
  };
  const follower: Given = { others: { b: {}, c: {} }, said: { b: {}, c: {} } };
  const rows: readonly [string, Given, string][] = [
    ["the XAPI master founds the group", founder, "1a 1a.1 a"],
    ["not before it has waited", { ...founder, ready: 0 }, "0- none"],
    ["not when it has just begun to wait", starting, "0- none"],
    ["not when a stranger speaks to it", { ...founder, moment: { greeters: new Set([D]) } }, "0- none"],
    [
      "not beside a group",
      { ...founder, said: { ...founder.said, b: { term: "3b", roll: "3b.1" } } },
      "0- none",
    ],
    ["not while somebody is missing", { ...founder, others: { b: {}, c: null } }, "0- none"],
    ["not within a promise", { ...founder, promised: 4 }, "0- none"],
    ["not without a list of its hosts", { ...founder, moment: { knowsPool: false } }, "0- none"],
    ["not on a slave", { ...founder, moment: { own: OWN } }, "0- none"],
    ["the leader takes a host in", leader, "5a 5a.2 abc after 5a.1 ab"],
    [
      "whose iterations have forgotten the pool leads no more",
      { ...leader, roll: "5a.1 abc", moment: { knowsPool: false } },
      "6- 5a.1 abc",
    ],
    ["it leaves the roll as it is", { ...leader, roll: "5a.1 abc" }, "5a 5a.1 abc"],
    [
      "it waits for the change before",
      {
        ...leader,
        roll: "5a.2 ab",
        before: "5a.1 abc",
        answers: { b: [1, "5a.1"], c: [1, "5a.1"] },
        said: { c: { term: "5a", roll: "5a.2" } },
      },
      "5a 5a.2 ab after 5a.1 abc",
    ],
    [
      "which may become settled in the same tick",
      { ...leader, roll: "5a.2 ab", before: "5a.1 ab", said: { c: { term: "5a", roll: "5a.2" } } },
      "5a 5a.3 abc after 5a.2 ab",
    ],
    [
      "not without the mandate",
      { ...leader, master: B, answers: { b: 4.1 }, over: { electedMs: ago(1) } },
      "5a 5a.1 ab",
    ],
    [
      "not as a follower, whatever it sees",
      { ...leader, term: "5b", roll: "5a.1 ab", said: { ...leader.said, b: { lead: "leads" } } },
      "5b 5a.1 ab",
    ],
    ["a host that should stand for election does", follower, "2a 1c.1 abc"],
    [
      "but not within the promise to itself, for somebody may act on its last mandate",
      { ...leader, roll: "5a.1 abc", promised: 4, moment: { knowsPool: false } },
      "5a 5a.1 abc",
    ],
    [
      "not one whose iterations have forgotten the pool",
      { ...follower, moment: { knowsPool: false } },
      "1c 1c.1 abc",
    ],
    [
      "whom the pool names as the next master stands first",
      { ...follower, master: D, moment: { own: OWN, successor: B } },
      "1c 1c.1 abc",
    ],
    [
      "who speaks to the leader stays",
      { ...leader, roll: "5a.1 abd", absent: { d: 60 }, moment: { greeters: new Set([D]) } },
      leaderWith("abdc"),
    ],
    [
      "who has been silent for 60 s, and is not in the pool, goes",
      { ...leader, roll: "5a.1 abd", absent: { d: 60 } },
      leaderWith("abc"),
    ],
    ["not within that time", { ...leader, roll: "5a.1 abd", absent: { d: 59.9 } }, leaderWith("abdc")],
    ["a leader that is no XAPI master hands over", { ...slave, handing: 1 }, "6- 5a.1 abc"],
    ["not before it has acted no more for a second", { ...slave, handing: 0.9 }, "5a 5a.1 abc"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(showStored(led(given).state.voting)).toBe(expected));

  function leaderWith(letters: string): string {
    return `5a 5a.2 ${letters} after 5a.1 abd`;
  }

  test("the boot of this host is on the first roll", () =>
    expect(led(founder).state.voting.stored.roll?.hosts).toMatchObject([{ bootId: "boot-a" }]));

  const waits: readonly [string, Given, readonly HostUuid[], number | null][] = [
    ["two are missing", { ...founder, others: { b: null, c: null } }, [B, C], null],
    ["nothing is missing since now", starting, [], 0],
    ["nothing is missing since 3 s ago", { ...founder, ready: 3 }, [], 3],
    ["it is not this host that founds one", { ...founder, moment: { own: OWN } }, [], null],
    ["there is a group", leader, [], null],
  ];
  for (const [what, given, awaited, since] of waits)
    test(`whom it waits for, and since when for nobody: ${what}`, () => {
      const { leading, awaited: hosts } = led(given);
      expect([hosts, leading.founding.readyMs]).toEqual([awaited, since === null ? null : ago(since)]);
    });

  test("it remembers since when it hands over, and who is absent", () => {
    expect(led(slave).leading.handOver.sinceMs).toBe(NOW_MS);
    expect(led({ ...leader, roll: "5a.1 abd" }).leading.absent).toEqual(new Map([[D, NOW_MS]]));
  });

  test("who is heard is not changed by it", () => {
    const before = groupState(leader, { b: {}, c: {} });
    const { state } = tickAndLead(before, NOT_LEADING, AT, GROUP_TIMINGS);
    expect(state.hearing).toBe(before.hearing);
  });
});
