import { describe, expect, test } from "bun:test";
import { stepToldOff, type ToldOff, withKnownOff } from "../../../../src/core/group/known-off.ts";
import type { PeerState } from "../../../../src/core/group/peer-state.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { groupState, type Other } from "./states.ts";
import { ago, B, C, NOW_MS, type Voter } from "./votes.ts";

interface Given {
  /** What has come from b. */
  readonly b?: Other | null;
  /** Since how many seconds b is told to be off, and whether something came from it since; absent: it was not until now. */
  readonly since?: number;
  readonly over?: boolean;
  readonly told?: readonly HostUuid[];
  /** By an administrator. */
  readonly confirmed?: readonly HostUuid[];
  /** When b, which is not in the list of the pool then, has greeted. */
  readonly greeted?: number;
}

function step({ b = null, since, over = false, told = [B], confirmed = [], greeted }: Given): ToldOff {
  const last = { isOver: over, isProved: true };
  const before: ToldOff = new Map(since === undefined ? [] : [[B, { sinceMs: ago(since), ...last }]]);
  const greeters = new Map(greeted === undefined ? [] : [[B, ago(greeted)]]);
  const others = greeted === undefined ? { b, c: {} } : { c: {} };
  return stepToldOff(before, told, groupState({}, others), { nowMs: NOW_MS, greeters, confirmed });
}

describe("stepToldOff: a proof ends with any sign of another boot", () => {
  const rows: readonly [string, Given, string][] = [
    ["nobody is told to be off", { told: [] }, "nobody"],
    ["a host is told to be off now", {}, "b for 0 s"],
    ["it was so before", { since: 30 }, "b for 30 s"],
    ["what came from it before does not matter", { since: 30, b: { age: 31 } }, "b for 30 s"],
    ["something has come since", { since: 30, b: { age: 29 } }, "b for 30 s, over"],
    ["in the moment in which it was told", { since: 30, b: { age: 30 } }, "b for 30 s, over"],
    ["it is over for good, though the host is silent again", { since: 30, over: true }, "b for 30 s, over"],
    ["it has greeted since, and is not in the list", { since: 30, greeted: 2 }, "b for 30 s, over"],
    ["it has greeted before", { since: 30, greeted: 40 }, "b for 30 s"],
    ["it is confirmed only", { told: [], confirmed: [B] }, "b for 0 s"],
    ["it is proved, too", { since: 30, confirmed: [B] }, "b for 30 s"],
    [
      "it is not proved any more: the word was about that death",
      { since: 30, told: [], confirmed: [B] },
      "b for 30 s, over",
    ],
    ["it is told to be off no more", { since: 30, over: true, told: [] }, "nobody"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => {
      const shown = [...step(given)].map(
        ([host, { sinceMs, isOver }]) =>
          `${host} for ${(NOW_MS - sinceMs) / 1_000} s${isOver ? ", over" : ""}`,
      );
      expect(shown.join(" ") || "nobody").toBe(expected);
    });

  test("called off anew, it is off again", () => {
    const state = groupState({}, { b: { age: 29 } });
    const moment = { nowMs: NOW_MS, greeters: new Map<HostUuid, number>(), confirmed: [] };
    const forgotten = stepToldOff(step({ since: 30, over: true }), [], state, moment);
    expect(stepToldOff(forgotten, [B], state, moment).get(B)).toEqual({
      sinceMs: NOW_MS,
      isOver: false,
      isProved: true,
    });
  });

  describe("what a third host has heard since is a sign, too", () => {
    // [what, c is heard so many seconds ago, what it heard of b was so old then, b is told to be off since, is it over]
    const rows: readonly [string, number, number | null, number, boolean][] = [
      ["c has heard it since", 1, 0, 30, true],
      ["c has heard it in the moment in which it was told", 1, 3, 4, true],
      ["c has heard it before", 1, 3, 3.9, false],
      ["c reports it since, and what it heard is from before", 0.5, 3.5, 3.9, false],
      ["c does not hear it", 1, null, 30, false],
      ["c is silent itself by now", 4.1, 0, 30, false],
    ];
    for (const [what, age, reportAge, since, isOver] of rows)
      test(`of b, which was heard last before it was told to be off: ${what}: ${isOver ? "over" : "off"}`, () => {
        const state = groupState(
          {},
          { b: { age: since + 1 }, c: { age, hears: reportAge === null ? "" : "b" } },
        );
        const peers = new Map([...state.hearing.peers].map(([host, peer]) => [host, aged(peer, reportAge)]));
        const given = { ...state, hearing: { ...state.hearing, peers } };
        const before: ToldOff = new Map([[B, { sinceMs: ago(since), isOver: false, isProved: true }]]);
        const moment = { nowMs: NOW_MS, greeters: new Map<HostUuid, number>(), confirmed: [] };
        expect(stepToldOff(before, [B], given, moment).get(B)).toEqual({
          sinceMs: ago(since),
          isOver,
          isProved: true,
        });
      });

    const aged = (peer: PeerState, seconds: number | null): PeerState => ({
      ...peer,
      hears: peer.hears.map((entry) => ({ ...entry, ageMs: (seconds ?? 0) * 1_000 })),
    });
  });

  test("a datagram that is not fresh is a sign, too", () => {
    const state = groupState({}, { b: null });
    const heard = new Map(
      [...state.hearing.peers].map(([host, peer]) => [host, { ...peer, newestMs: ago(1) }]),
    );
    const given = { ...state, hearing: { ...state.hearing, peers: heard } };
    const before: ToldOff = new Map([[B, { sinceMs: ago(30), isOver: false, isProved: true }]]);
    const after = stepToldOff(before, [B], given, { nowMs: NOW_MS, greeters: new Map(), confirmed: [] });
    expect(after.get(B)?.isOver).toBe(true);
  });
});

describe("withKnownOff", () => {
  const told = (over: boolean): ToldOff =>
    new Map([
      [B, { sinceMs: ago(5), isOver: over, isProved: true }],
      [C, { sinceMs: ago(5), isOver: false, isProved: true }],
    ]);
  const state = groupState({}, { b: null, c: null });

  test("those that are told to be off, and are not heard since", () => {
    expect([...withKnownOff(state, told(false), NOW_MS).voting.off]).toEqual([B, C]);
    expect([...withKnownOff(state, told(true), NOW_MS).voting.off]).toEqual([C]);
  });

  test("what is the same stays the same state", () => {
    const off = withKnownOff(state, told(true), NOW_MS);
    expect(withKnownOff(off, told(true), NOW_MS)).toBe(off);
    expect(withKnownOff(off, told(false), NOW_MS)).not.toBe(off);
    expect(withKnownOff(state, new Map(), NOW_MS)).toBe(state);
  });

  describe("who counted as off is so no more, and a mandate that rested on it is over before its time", () => {
    const rows: readonly [string, Voter, boolean, number | null][] = [
      ["a leader is bound to itself from now on", { term: "5a", promised: null }, true, 0],
      ["not when another one is off besides", { term: "5a", promised: null }, false, null],
      ["who follows another host has promised what it had promised", { term: "5c", promised: 3 }, true, 3],
      ["who has given up is free", { term: "6-", promised: null }, true, null],
    ];
    for (const [what, given, over, expected] of rows)
      test(`${what}: ${expected === null ? "no promise" : `since ${expected} s`}`, () => {
        const before = groupState(
          { ...given, over: { off: new Set(over ? [B, C] : [C]) } },
          { b: null, c: null },
        );
        const { promisedMs } = withKnownOff(before, told(over), NOW_MS).voting;
        expect(promisedMs === null ? null : (NOW_MS - promisedMs) / 1_000).toBe(expected);
      });
  });
});
