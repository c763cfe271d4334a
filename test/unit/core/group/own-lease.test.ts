import { describe, expect, test } from "bun:test";
import {
  type ArmedSlot,
  type LeaseSight,
  type LeaseStep,
  NO_OWN_LEASE,
  type OwnLease,
  sayLease,
  stepOwnLease,
} from "../../../../src/core/group/own-lease.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { ago, NOW_MS, type Voter, voter } from "./votes.ts";

const LEASE_MS = 20_000;
const BOOT = "boot-a";

/** a follows c; `shown`: the lease of a in the roll, and in which boot. */
interface Story {
  readonly last?: OwnLease;
  readonly voter?: Voter;
  readonly shownMs?: number | null;
  readonly shownBoot?: string;
  readonly beforeMs?: number | null;
  readonly over?: Partial<LeaseSight>;
}

const slot = (seconds: number, timeoutMs = LEASE_MS): ArmedSlot => ({
  ...{ id: `${seconds}s`, armedMs: ago(seconds), timeoutMs },
});
const SAYS = sayLease(LEASE_MS);
const withdrawn = (seconds: number): OwnLease => ({
  ...{ saidMs: null, withdrawnMs: ago(seconds), renewedMs: LEASE_MS },
});

function step({
  last = SAYS,
  voter: given = {},
  shownMs = null,
  shownBoot = BOOT,
  beforeMs,
  over = {},
}: Story): LeaseStep {
  const voting = voter({ said: { c: { lead: "leads", term: "1c" } }, ...given });
  const shows = (roll: typeof voting.stored.roll, leaseMs: number | null) =>
    roll && {
      ...roll,
      hosts: roll.hosts.map((one) =>
        one.host === voting.self ? { ...one, bootId: shownBoot, leaseMs } : one,
      ),
    };
  const { roll, before } = voting.stored;
  const stored = {
    ...voting.stored,
    roll: shows(roll, shownMs),
    before: shows(before ?? (beforeMs === undefined ? null : roll), beforeMs ?? null),
  };
  const sight: LeaseSight = {
    ...{ nowMs: NOW_MS, bootId: BOOT, wishMs: LEASE_MS, slots: [], ackedMs: null, leaderAckedMs: null },
    isEmptied: false,
    ...over,
  };
  return stepOwnLease(last, { ...voting, stored }, sight, GROUP_TIMINGS);
}

/** What is said, what is armed, and what is disarmed. */
const show = ({ lease: { saidMs, withdrawnMs }, armMs, disarm }: LeaseStep): string =>
  [
    saidMs === null ? (withdrawnMs === null ? "says none" : "takes it back") : `says ${saidMs}`,
    ...(armMs === null ? [] : [`arms ${armMs}`]),
    ...(disarm.length === 0 ? [] : [`disarms ${disarm.map(({ id }) => id).join(" ")}`]),
  ].join(", ");

const check = (rows: readonly [string, Story, string][]) => {
  for (const [what, story, expected] of rows)
    test(`${what}: ${expected}`, () => expect(show(step(story))).toBe(expected));
};

describe("it begins", () => {
  const last = NO_OWN_LEASE;
  check([
    ["nothing is wished", { last, over: { wishMs: null } }, "says none"],
    ["nothing is armed", { last }, `says none, arms ${LEASE_MS}`],
    [
      "both slots must be had before others may count on it",
      { last, over: { slots: [slot(1)], ackedMs: NOW_MS } },
      `says none, arms ${LEASE_MS}`,
    ],
    [
      "both are armed, and nothing was acknowledged since",
      { last, over: { slots: [slot(2), slot(1)], ackedMs: ago(3) } },
      "says none",
    ],
    [
      "both are armed, and a number of after that was acknowledged",
      { last, over: { slots: [slot(3), slot(2)], ackedMs: ago(1) } },
      `says ${LEASE_MS}, disarms 3s`,
    ],
    [
      "no acknowledgement came in half of its time",
      { last, over: { slots: [slot(10), slot(9)], ackedMs: ago(11) } },
      "says none, disarms 10s 9s",
    ],
    [
      "the wish is gone",
      { last, over: { slots: [slot(2), slot(1)], wishMs: null } },
      "says none, disarms 2s 1s",
    ],
    [
      "the wish is another one",
      { last, over: { slots: [slot(2), slot(1)], wishMs: 30_000 } },
      "says none, disarms 2s 1s",
    ],
  ]);
});

describe("it is renewed", () => {
  const shownMs = LEASE_MS;
  check([
    [
      "one slot, younger than a quarter of its time",
      { shownMs, over: { slots: [slot(4)], ackedMs: ago(1) } },
      `says ${LEASE_MS}`,
    ],
    [
      "a quarter has passed: the next one is armed first",
      { shownMs, over: { slots: [slot(5)], ackedMs: ago(1) } },
      `says ${LEASE_MS}, arms ${LEASE_MS}`,
    ],
    [
      "what was sent before it was armed is no acknowledgement of it",
      { shownMs, over: { slots: [slot(6), slot(1)], ackedMs: ago(2) } },
      `says ${LEASE_MS}`,
    ],
    [
      "a number of the very moment is none",
      { shownMs, over: { slots: [slot(6), slot(1)], ackedMs: ago(1) } },
      `says ${LEASE_MS}`,
    ],
    [
      "a later number is acknowledged",
      { shownMs, over: { slots: [slot(6), slot(2)], ackedMs: ago(1) } },
      `says ${LEASE_MS}, disarms 6s`,
    ],
    [
      "nothing is acknowledged: both slots run, and the older one fires",
      { shownMs, over: { slots: [slot(19), slot(14)], ackedMs: ago(16) } },
      `says ${LEASE_MS}`,
    ],
    [
      "the last slot is not disarmed, whatever is acknowledged",
      { shownMs, over: { slots: [slot(3)], ackedMs: NOW_MS } },
      `says ${LEASE_MS}`,
    ],
    ["the slots are gone", { shownMs, over: { slots: [] } }, `says ${LEASE_MS}, arms ${LEASE_MS}`],
  ]);
});

describe("it ends", () => {
  const slots = [slot(6), slot(2)];
  const wishMs = null;
  const acked = { slots, wishMs, ackedMs: ago(1), leaderAckedMs: ago(1) };
  check([
    [
      "no longer wished: it goes on, and is taken back",
      { shownMs: LEASE_MS, over: { slots, wishMs } },
      "takes it back",
    ],
    [
      "another time is wished: this one ends first",
      { shownMs: LEASE_MS, over: { slots, wishMs: 30_000 } },
      "takes it back",
    ],
    [
      "the roll shows it still: it is renewed",
      { last: withdrawn(3), shownMs: LEASE_MS, over: { ...acked, slots: [slot(6)] } },
      `takes it back, arms ${LEASE_MS}`,
    ],
    [
      "the roll shows none, and the leader has the word",
      { last: withdrawn(3), over: acked },
      "says none, disarms 6s 2s",
    ],
    ["the leader has an older word only", { last: withdrawn(0.5), over: acked }, "takes it back, disarms 6s"],
    [
      "another host has passed that on: the leader may have another roll by now",
      { last: withdrawn(3), over: { ...acked, leaderAckedMs: null } },
      "takes it back, disarms 6s",
    ],
    [
      "the leader has another roll",
      { last: withdrawn(3), voter: { said: { c: { lead: "leads", roll: "1c.2" } } }, over: acked },
      "takes it back, disarms 6s",
    ],
    [
      "its roll is not settled",
      { last: withdrawn(3), voter: { said: { c: { lead: "leads", settled: false } } }, over: acked },
      "takes it back, disarms 6s",
    ],
    [
      "it is no leader",
      { last: withdrawn(3), voter: { said: { c: { lead: "stands" } } }, over: acked },
      "takes it back, disarms 6s",
    ],
    [
      "the roll before, which counts still, shows it",
      { last: withdrawn(3), beforeMs: LEASE_MS, over: acked },
      "takes it back, disarms 6s",
    ],
    [
      "the roll is lost",
      { last: withdrawn(3), voter: { roll: null }, over: acked },
      "takes it back, disarms 6s",
    ],
    [
      "the roll shows an earlier boot only",
      { last: withdrawn(3), shownMs: LEASE_MS, shownBoot: "boot-old", over: acked },
      "says none, disarms 6s 2s",
    ],
    [
      "this host leads, and a majority has answered since",
      {
        last: withdrawn(3),
        voter: { term: "5a", roll: "5a.1 abc", answers: { b: 1, c: 1 } },
        over: { ...acked, leaderAckedMs: null },
      },
      "says none, disarms 6s 2s",
    ],
    ["it is wished again", { last: withdrawn(3), shownMs: LEASE_MS, over: { slots } }, `says ${LEASE_MS}`],
    [
      "the host is being shut down, and runs nothing any more",
      { shownMs: LEASE_MS, over: { slots, isEmptied: true } },
      "says none, disarms 6s 2s",
    ],
  ]);
});

describe("a monitor that starts again", () => {
  check([
    [
      "finds what is armed, and says so",
      { shownMs: LEASE_MS, over: { slots: [slot(3)] } },
      `says ${LEASE_MS}`,
    ],
    [
      "finds nothing, and the others count on it: it is armed at once",
      { last: NO_OWN_LEASE, shownMs: LEASE_MS },
      `takes it back, arms ${LEASE_MS}`,
    ],
    [
      "and is said again as soon as that is done",
      { last: withdrawn(1), shownMs: LEASE_MS, over: { slots: [slot(0.1)] } },
      `says ${LEASE_MS}`,
    ],
  ]);
});
