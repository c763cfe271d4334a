import { describe, expect, test } from "bun:test";
import { hasLeft, stepAbsent } from "../../../../src/core/group/absent.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { groupState, type Others } from "./states.ts";
import { ago, B, C, D, NOW_MS, type Voter } from "./votes.ts";

describe("stepAbsent: who is on the roll, not in the pool, and silent", () => {
  interface Given extends Voter {
    readonly others?: Others;
    readonly greeters?: readonly HostUuid[];
    /** Since how many seconds that is known. */
    readonly since?: Readonly<Record<string, number>>;
  }
  /** By default of a, on a roll of a, b and c; b is in the pool. */
  function absent({ others = { b: {} }, greeters = [], since = {}, ...given }: Given): string {
    const known = new Map(Object.entries(since).map(([host, seconds]) => [host as HostUuid, ago(seconds)]));
    const moment = { nowMs: NOW_MS, greeters: new Set(greeters) };
    const after = stepAbsent(groupState(given, others), known, moment);
    return [...after].map(([host, ms]) => `${host} for ${(NOW_MS - ms) / 1_000} s`).join(", ") || "nobody";
  }

  const rows: readonly [string, Given, string][] = [
    ["a host that is in the pool no more", {}, "c for 0 s"],
    ["since when that was seen first", { since: { c: 30 } }, "c for 30 s"],
    ["several", { others: {}, since: { c: 30 } }, "b for 0 s, c for 30 s"],
    ["not one that is in the pool, silent or not", { others: { b: {}, c: null } }, "nobody"],
    [
      "nor one that speaks to this host: the list of the pool may be older than a join",
      { greeters: [C] },
      "nobody",
    ],
    ["who has spoken is absent anew", { greeters: [C], since: { c: 59 } }, "nobody"],
    ["another stranger changes nothing", { greeters: [D], since: { c: 30 } }, "c for 30 s"],
    ["who is off the roll is nobody's business", { roll: "1c.1 ab", since: { c: 30 } }, "nobody"],
    ["this host is never absent", { self: B, others: { a: {}, c: {} } }, "nobody"],
    ["without a roll nobody is", { roll: null, since: { c: 30 } }, "nobody"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(absent(given)).toBe(expected));
});

describe("hasLeft", () => {
  const absent = new Map([
    [B, ago(59.9)],
    [C, ago(60)],
  ]);
  const rows: readonly [string, HostUuid, boolean][] = [
    ["absent for 59.9 s", B, false],
    ["absent for 60 s", C, true],
    ["not absent", D, false],
  ];
  for (const [what, host, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () => expect(hasLeft(absent, host, NOW_MS)).toBe(expected));
});
