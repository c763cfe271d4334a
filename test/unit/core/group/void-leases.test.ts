import { describe, expect, test } from "bun:test";
import { isVoided, type LeaseWatch, leasesOf, NO_LEASES } from "../../../../src/core/group/lease-watch.ts";
import { withVoided } from "../../../../src/core/group/void-leases.ts";
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
