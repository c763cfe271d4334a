import { describe, expect, test } from "bun:test";
import { bootTag } from "../../../../src/core/group/boot-tag.ts";
import { type GroupState, tickLeases } from "../../../../src/core/group/group.ts";
import {
  acknowledged,
  type LeaseWatch,
  leasesOf,
  NO_LEASES,
  runsOutAfterMs,
  stepLeases,
  takeAcks,
  withoutOthers,
} from "../../../../src/core/group/lease-watch.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { groupState, type Others } from "./states.ts";
import { A, ago, B, NOW_MS, term, type Voter } from "./votes.ts";

const LEASE_MS = 15_000;
const SPAN_MS = LEASE_MS * 1.01 + 2_000;
/** Leads since long, and both others answer; `leased` have a lease in the roll. */
const LEADS: Voter = { term: "5a", roll: "5a.1 abc", answers: { b: 1, c: 1 } };

function state(
  others: Others,
  { leased = "bc", voter = LEADS }: { leased?: string; voter?: Voter } = {},
): GroupState {
  const group = groupState(voter, others);
  const { stored } = group.voting;
  const withLeases = (roll: typeof stored.roll) =>
    roll && {
      ...roll,
      hosts: roll.hosts.map((one) => ({ ...one, leaseMs: leased.includes(one.host) ? LEASE_MS : null })),
    };
  const voting = { ...group.voting, stored: { ...stored, roll: withLeases(stored.roll) } };
  return { ...group, voting };
}

const led = (seconds: number) => ({ led: { term: term("5a"), sinceMs: ago(seconds) } });
const acked = (host: HostUuid, seconds: number, boot = `boot-${host}`) => ({
  ...{ host, bootTag: bootTag(boot), ms: 500, heardMs: ago(seconds) },
});
const step = (last: LeaseWatch, { hearing, voting }: GroupState, nowMs = NOW_MS) =>
  stepLeases(last, hearing, voting, nowMs, GROUP_TIMINGS);
const over = (watch: LeaseWatch) =>
  watch.over.map(({ host, isBack }) => `${host}${isBack ? " is back" : ""}`);

describe("tickLeases: when the last lease has left the roll, and none is wanted any more", () => {
  const left = (voter: Voter) => state({ b: {}, c: {} }, { leased: "", voter });
  const tick = (group: GroupState, leases: LeaseWatch) =>
    tickLeases({ ...group, leases }, NOW_MS, GROUP_TIMINGS, { isWanted: false, isTaken: false }).leases;
  test("the leader still acknowledges whom it hears, for one of them may wait for it with its slots armed", () => {
    const { led: mandate, heard, ownAckedMs } = tick(left(LEADS), NO_LEASES);
    expect(mandate?.term).toEqual(term("5a"));
    expect(heard.map(({ host }) => String(host))).toEqual(["b", "c"]);
    expect(ownAckedMs).not.toBeNull();
  });
  test("whoever follows watches nothing, but knows what was acknowledged of its own", () => {
    const follows: Voter = { term: "5b", roll: "5b.1 abc", answers: {} };
    const before = { ...NO_LEASES, heard: [acked(B, 1)], ownAckedMs: 400 };
    expect(tick(left(follows), before)).toEqual({ ...NO_LEASES, ownAckedMs: 400 });
  });
});

test("withoutOthers: nothing is made anew where there is nothing to leave out", () => {
  const own = { ...NO_LEASES, ownAckedMs: 400 };
  expect(withoutOthers(own)).toBe(own);
  expect(withoutOthers({ ...own, ...led(60), heard: [acked(B, 1)] })).toEqual(own);
});

test("a lease of 15 s is over by any clock after 17.15 s", () => expect(runsOutAfterMs(15_000)).toBe(17_150));

describe("stepLeases: a lease is over", () => {
  const silent: Others = { b: { age: 18, silent: 18 }, c: {} };
  const last = { ...NO_LEASES, ...led(60), heard: [acked(B, 18)] };
  const rows: readonly [string, LeaseWatch, GroupState, readonly string[]][] = [
    ["counted from when the newest number came that was acknowledged", last, state(silent), ["b"]],
    ["not a moment before", { ...last, heard: [acked(B, 17.1)] }, state(silent), []],
    [
      "counted from the election, of a host of which nothing was acknowledged",
      { ...NO_LEASES, ...led(18) },
      state(silent),
      ["b"],
    ],
    ["not by a leader that was elected later", { ...last, ...led(17) }, state(silent), []],
    ["not of a host that the roll shows without one", last, state(silent, { leased: "c" }), []],
    ["not of a host that is heard", { ...last, heard: [] }, state({ b: { age: 1 }, c: {} }), []],
    ["not of one that is heard in another boot", last, state({ b: { age: 1, boot: "boot-new" }, c: {} }), []],
    ["not of one that others report", last, state({ b: { age: 18, silent: 18 }, c: { hears: "b" } }), []],
    [
      "not by the numbers of an earlier boot",
      { ...NO_LEASES, ...led(10), heard: [acked(B, 18, "boot-old")] },
      state(silent),
      [],
    ],
    ["not by who has no mandate", last, state(silent, { voter: { ...LEADS, answers: {} } }), []],
    [
      "not while the roll before, which counts still, shows none",
      last,
      state(silent, { voter: { ...LEADS, before: "5a.0 abc" } }),
      [],
    ],
  ];
  for (const [what, before, group, expected] of rows)
    test(what, () => expect(over(step(before, group))).toEqual([...expected]));

  test("nothing of that boot is acknowledged any more", () => {
    const after = step(step(last, state(silent)), state({ b: { age: 0 }, c: {} }));
    expect(acknowledged(after).map(({ host }) => host)).toEqual(["c"] as HostUuid[]);
    expect(over(after)).toEqual(["b is back"]);
  });

  test("a later boot begins anew", () => {
    const ended = step(last, state(silent));
    const group = state({ b: { age: 0, boot: "boot-new" }, c: {} });
    const peer = group.hearing.peers.get(B);
    const peers = new Map(group.hearing.peers);
    if (peer !== undefined) peers.set(B, { ...peer, endedBoots: ["boot-b"] });
    const after = step(ended, { ...group, hearing: { ...group.hearing, peers } });
    const hosts = new Set(acknowledged(after).map(({ host }) => host));
    expect([over(after), [...hosts].sort()]).toEqual([[], ["b", "c"] as HostUuid[]]);
  });

  test("it stays over when the mandate is lost", () =>
    expect(
      over(step(step(last, state(silent)), state(silent, { voter: { ...LEADS, answers: {} } }))),
    ).toEqual(["b"]));
});

describe("stepLeases: since when this host leads", () => {
  const others: Others = { b: {}, c: {} };
  test("from the first moment with the mandate", () =>
    expect(step(NO_LEASES, state(others)).led?.sinceMs).toBe(NOW_MS));
  test("without a break", () =>
    expect(step({ ...NO_LEASES, ...led(9) }, state(others)).led?.sinceMs).toBe(ago(9)));
  test("a newer term begins anew, though nobody else can have led", () => {
    const last = { ...NO_LEASES, led: { term: term("4a"), sinceMs: ago(9) } };
    expect(step(last, state(others)).led?.sinceMs).toBe(NOW_MS);
  });
  test("and so does a mandate that was lost", () => {
    const lost = step(
      { ...NO_LEASES, ...led(9), heard: [acked(B, 1)] },
      state(others, { voter: { ...LEADS, answers: {} } }),
    );
    expect([lost.led, acknowledged(lost)]).toEqual([null, []]);
    expect(step(lost, state(others)).led?.sinceMs).toBe(NOW_MS);
  });
});

describe("the own numbers that are acknowledged", () => {
  test("of a leader: what a majority has answered", () =>
    expect(
      step(NO_LEASES, state({ b: {}, c: {} }, { voter: { ...LEADS, answers: { b: 3, c: 9 } } })).ownAckedMs,
    ).toBe(ago(3)));
  test("of another host: what a fresh message says, and never an older one", () => {
    const { hearing } = state({ b: {} });
    const message = (ms: number) => ({
      answers: { bootId: "boot-a", ms: ago(1) },
      acks: [{ host: A, bootTag: bootTag("boot-a"), ms }],
    });
    const first = takeAcks(NO_LEASES, hearing, message(9_000), NOW_MS);
    expect(first.ownAckedMs).toBe(9_000);
    expect(takeAcks(first, hearing, message(8_000), NOW_MS)).toBe(first);
  });
});

test("leasesOf: when each will be over", () => {
  const { voting } = state({ b: {}, c: {} });
  const leases = leasesOf({ ...led(60), heard: [acked(B, 4)], voided: [] }, voting);
  expect(leases.map(({ host, endsMs }) => [host, endsMs])).toEqual([
    [B, ago(4) + SPAN_MS],
    ["c" as HostUuid, ago(60) + SPAN_MS],
  ]);
});
