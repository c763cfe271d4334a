import { describe, expect, test } from "bun:test";
import { bootTag } from "../../../../src/core/group/boot-tag.ts";
import { type LeaseWatch, NO_LEASES } from "../../../../src/core/group/lease-watch.ts";
import { wantedRoll } from "../../../../src/core/group/wanted-roll.ts";
import { groupState, MASTER, type Other } from "./states.ts";
import { A, ago, B, NOW_MS, term, type Voter } from "./votes.ts";

const LEASE_MS = 15_000;
const SAYS = { term: "5a", roll: "5a.1", leaseMs: LEASE_MS };

interface Story {
  readonly said?: NonNullable<Voter["said"]>[string];
  readonly other?: Other;
  readonly leases?: Partial<LeaseWatch>;
  /** What the roll shows for b. */
  readonly shownMs?: number | null;
  readonly ownMs?: number | null;
}

/** a leads since long; b has said what is given a second ago, answering a number of two seconds ago. What the next roll shows for b. */
function entered({ said = SAYS, other = {}, leases = {}, shownMs = null, ownMs = null }: Story) {
  const group = groupState({ term: "5a", roll: "5a.1 abc", said: { b: said } }, { b: other, c: {} });
  const { stored } = group.voting;
  const hosts = stored.roll?.hosts.map((one) => (one.host === B ? { ...one, leaseMs: shownMs } : one)) ?? [];
  const voting = { ...group.voting, stored: { ...stored, roll: stored.roll && { ...stored.roll, hosts } } };
  const led = { term: term("5a"), sinceMs: ago(60) };
  const state = { ...group, voting, leases: { ...NO_LEASES, led, ...leases } };
  const sight = {
    nowMs: NOW_MS,
    own: MASTER,
    absent: new Map(),
    maintenance: [],
    leaseMs: ownMs,
    tieTag: null,
    disarmWords: [],
    armWords: [],
  };
  const next = wantedRoll(state, sight)?.hosts ?? hosts;
  return next.find(({ host }) => host === (ownMs === null ? B : A))?.leaseMs ?? null;
}

describe("wantedRoll: the lease of a host, as it says it", () => {
  const number = (ms: number) => ({ host: B, bootTag: bootTag("boot-b"), ms, heardMs: ago(1) });
  const rows: readonly [string, Story, number | null][] = [
    ["it begins", {}, LEASE_MS],
    ["it ends", { said: { ...SAYS, leaseMs: null }, shownMs: LEASE_MS }, null],
    ["what the leader says of its own", { ownMs: LEASE_MS }, LEASE_MS],
    [
      "XAPI's own HA has the watchdogs: none, whatever is said",
      { leases: { isTaken: true }, shownMs: LEASE_MS },
      null,
    ],
    [
      "it had them: none, also of a host that is silent, until it says so of the roll without one",
      {
        leases: { voided: [{ host: B, bootId: "boot-b" }] },
        shownMs: LEASE_MS,
        other: { age: 5, silent: 1 },
      },
      null,
    ],
    ["a word with another roll counts for nothing", { said: { ...SAYS, roll: "5a.0" } }, null],
    [
      "nor one of a host that is silent",
      { other: { age: 5, silent: 1 }, shownMs: LEASE_MS, said: { ...SAYS, leaseMs: null } },
      LEASE_MS,
    ],
    [
      "a later number was reported: the word may have been taken back",
      { leases: { heard: [number(900)] } },
      null,
    ],
    ["an older number was reported", { leases: { heard: [number(400)] } }, LEASE_MS],
    [
      "a word of before this mandate may have been overtaken by what nobody remembers",
      { leases: { led: { term: term("5a"), sinceMs: ago(1.5) } } },
      null,
    ],
    [
      "whatever was armed in an earlier boot is over",
      { other: { boot: "boot-new" }, shownMs: LEASE_MS, said: { ...SAYS, roll: "5a.0" } },
      null,
    ],
  ];
  for (const [what, story, expected] of rows) test(what, () => expect(entered(story)).toBe(expected));
});
