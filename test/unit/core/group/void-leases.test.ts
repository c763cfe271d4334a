import { describe, expect, test } from "bun:test";
import { isVoided, type LeaseWatch, leasesOf, NO_LEASES } from "../../../../src/core/group/lease-watch.ts";
import { withVoided, withVoidedAtRest } from "../../../../src/core/group/void-leases.ts";
import { groupState } from "./states.ts";
import { ago, B, C, term } from "./votes.ts";

/** a leads; the roll shows a lease of each host that is named. */
function votingWith(leased: string) {
  const { voting } = groupState({ term: "5a", roll: "5a.1 abc" }, { b: {}, c: {} });
  const { roll } = voting.stored;
  const hosts = (roll?.hosts ?? []).map((one) => ({
    ...one,
    leaseMs: leased.includes(one.host) ? 15_000 : null,
  }));
  return { ...voting, stored: { ...voting.stored, roll: roll && { ...roll, hosts } } };
}

const LED: LeaseWatch = { ...NO_LEASES, led: { term: term("5a"), sinceMs: ago(60) } };
const OVER = { host: B, bootId: "boot-b", overMs: ago(1), heardMs: ago(20), isBack: false };
const hostsOf = (watch: LeaseWatch) => watch.voided.map(({ host }) => host);

describe("withVoided: XAPI's own HA has the watchdog of this host", () => {
  test("what the roll shows of the others proves nothing, and what was over is not", () => {
    const watch = withVoided({ ...LED, over: [OVER] }, votingWith("abc"), true);
    expect(hostsOf(watch)).toEqual([B, C]);
    expect(watch.over).toEqual([]);
    expect(leasesOf(watch, votingWith("abc"))).toEqual([]);
  });
  test("nor when it is gone again, until the roll has shown them without a lease", () => {
    const taken = withVoided(LED, votingWith("bc"), true);
    const gone = withVoided(taken, votingWith("bc"), false);
    expect([gone.isTaken, hostsOf(gone)]).toEqual([false, [B, C]]);
    const shown = withVoided(gone, votingWith("c"), false);
    expect(hostsOf(shown)).toEqual([C]);
    const again = withVoided(shown, votingWith("bc"), false);
    expect(isVoided(again, { host: B, bootId: "boot-b" })).toBe(false);
    expect(isVoided(again, { host: C, bootId: "boot-c" })).toBe(true);
    expect(leasesOf(again, votingWith("bc")).map(({ host }) => host)).toEqual([B]);
  });
  test("where it is not, nothing is made anew", () => {
    const watch = { ...LED, over: [OVER] };
    expect(withVoided(watch, votingWith("abc"), false)).toBe(watch);
    expect(hostsOf(withVoided(watch, votingWith(""), true))).toEqual([]);
  });
});

describe("withVoidedAtRest: a lease that is over while HA rests for its host", () => {
  const watch = { ...LED, over: [OVER] };
  /** HA rests for that host, or the pool, for ten seconds more. */
  const resting = (host: typeof B | null) => ({
    record: { word: 1, of: [{ host, leftMs: 70_000 }] },
    sinceMs: ago(60),
  });
  test("proves nothing, then and later, until the roll has shown that host without it", () => {
    for (const host of [B, null]) {
      const voided = withVoidedAtRest(watch, resting(host), ago(0));
      expect([hostsOf(voided), voided.over]).toEqual([[B], []]);
      expect(leasesOf(voided, votingWith("bc")).map((one) => one.host)).toEqual([C]);
      expect(hostsOf(withVoided(voided, votingWith("bc"), false))).toEqual([B]);
      expect(hostsOf(withVoided(voided, votingWith("c"), false))).toEqual([]);
      const again = withVoidedAtRest({ ...voided, over: [OVER] }, resting(host), ago(0));
      expect(hostsOf(again)).toEqual([B]);
    }
  });
  test("where HA rests for another host, or no more, it proves what it did", () => {
    expect(withVoidedAtRest(watch, resting(C), ago(0))).toBe(watch);
    expect(withVoidedAtRest(watch, resting(B), ago(-10))).toBe(watch);
  });
});
