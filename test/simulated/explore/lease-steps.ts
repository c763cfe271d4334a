import { ownAckMs } from "../../../src/core/group/acks.ts";
import { changeRoll } from "../../../src/core/group/change-roll.ts";
import { NO_DISARM_WATCH } from "../../../src/core/group/disarm.ts";
import { type GroupState, speak, tickLeases, tickVote, voteWords } from "../../../src/core/group/group.ts";
import { NO_LEASES } from "../../../src/core/group/lease-watch.ts";
import { mandateUntil } from "../../../src/core/group/mandate.ts";
import { NO_OWN_LEASE, sayLease, stepOwnLease } from "../../../src/core/group/own-lease.ts";
import { compareRollIds } from "../../../src/core/group/roll.ts";
import { NO_TIES } from "../../../src/core/group/ties.ts";
import type { GroupTimings } from "../../../src/core/group/timings.ts";
import { NO_VOTE, type VoteWords } from "../../../src/core/group/vote-words.ts";
import { wantedRoll } from "../../../src/core/group/wanted-roll.ts";
import {
  hasVotes,
  heard,
  type LeaseHost,
  OWN,
  orderOf,
  termOf,
  type Victim,
  votingOf,
  withVotes,
} from "./lease-hosts.ts";
import { plain } from "./lease-plain.ts";
import { BOOT, type LeasesSize, leaseMsOf, NEXT_BOOT, timingsOf } from "./lease-size.ts";
import { NOW_MS, UNIT_MS } from "./times.ts";
import type { Alone, Together } from "./world.ts";

const MOMENT = { nowMs: NOW_MS, own: OWN, successor: null, agreed: [] } as const;

/** What a host does by itself. */
export function acts(one: LeaseHost, size: LeasesSize): readonly Alone<LeaseHost>[] {
  if (one.victim?.isOff === true)
    return size.boots && one.group.hearing.bootId === BOOT
      ? [{ label: "boots", host: plain(restarted(one, size, NEXT_BOOT), size) }]
      : [];
  const acts: Alone<LeaseHost>[] = [];
  const add = (label: string, host: LeaseHost | null, costs = false) => {
    if (host !== null) acts.push({ label, host: plain(host, size), costs });
  };
  if (one.ticked > 0 && isNeeded(one, size))
    add("ticks", one.victim === null ? leaderTicks(one, size) : victimTicks(one, one.victim, size));
  if (size.kills) add("is killed, and starts again", restarted(one, size), true);
  if (hasVotes(one) && size.terms > 1 && size.versions === null)
    add("has no mandate any more", withGroup(one, { voting: { ...one.group.voting, answers: new Map() } }));
  if (one.victim !== null) {
    add("carries out an order", carriedOut(one, one.victim, size));
    if (size.boots) add("loses its power", { ...one, victim: withoutPower(one.victim) }, true);
    if (size.wishes) add("wishes otherwise", wishing(one, one.victim, size), true);
  }
  return acts;
}

/** Who never leads, and passes nothing on, need not tick. */
const isNeeded = ({ group }: LeaseHost, { terms }: LeasesSize): boolean =>
  terms > 1 || group.hearing.self !== "b";

const withGroup = (one: LeaseHost, group: Partial<GroupState>): LeaseHost => ({
  ...one,
  group: { ...one.group, ...group },
});

/** In the order of the monitor (app/daemons/hearing-loop.ts). */
function leaderTicks(one: LeaseHost, size: LeasesSize): LeaseHost {
  const timings = timingsOf(size);
  const looked = tickLeases(one.group, NOW_MS, timings);
  if (size.versions === null)
    return { ...one, group: looked, words: leaderWords(looked, timings), ticked: 0 };
  const ticked = tickVote(looked, MOMENT, timings);
  const sight = {
    nowMs: NOW_MS,
    own: OWN,
    absent: new Map(),
    maintenance: [],
    leaseMs: null,
    tieTag: null,
    disarmWords: [],
    armWords: [],
  };
  const wanted = wantedRoll(ticked, sight);
  const changed = wanted === null ? null : changeRoll(ticked.voting, wanted, NOW_MS, timings);
  const group = { ...ticked, voting: changed ?? ticked.voting };
  // Nothing is said before it is on the disk; then the monitor ticks at once.
  if (group.voting.stored !== one.group.voting.stored) return { ...one, group, words: null };
  return { ...one, group, words: leaderWords(group, timings), ticked: 0 };
}

/** Nobody waits for what others say; what they pass on is another matter (isRelay). */
function leaderWords({ voting, leases }: GroupState, timings: GroupTimings): VoteWords | null {
  const words = voteWords(voting, null, NOW_MS, timings);
  const isWord = words.lead.kind === "leads" || words.lead.kind === "elected";
  return isWord || leases.heard.length > 0 ? words : null;
}

function victimTicks(one: LeaseHost, victim: Victim, size: LeasesSize): LeaseHost {
  const timings = timingsOf(size);
  const group = tickLeases(one.group, NOW_MS, timings);
  const { hearing, voting, leases } = group;
  const { bootId } = hearing;
  const { slots, wishMs } = victim;
  const { host: leader } = voting.stored.term;
  const acks = leader === null ? undefined : hearing.peers.get(leader)?.acks;
  const answers = { bootId, ms: NOW_MS };
  const leaderAckedMs = acks === undefined ? null : ownAckMs(hearing, { answers, acks }, NOW_MS);
  const at = { nowMs: NOW_MS, bootId, isEmptied: false };
  const sight = { ...at, wishMs, slots, ackedMs: leases.ownAckedMs, leaderAckedMs };
  // As app/daemons/lease-keeper.ts does: what is being armed or disarmed nobody may count on yet.
  const { saidMs, withdrawnMs } = victim.lease;
  const waits = victim.order !== null && saidMs === null && withdrawnMs === null;
  const step = waits
    ? { lease: victim.lease, armMs: null, disarm: [] }
    : stepOwnLease(victim.lease, voting, sight, timings);
  const words = { ...NO_VOTE, roll: voting.stored.roll?.id ?? null, leaseMs: step.lease.saidMs };
  const order = victim.order ?? orderOf(step);
  const done = size.slowDisarm ? 0 : (order?.disarm ?? 0);
  const left = done === 0 ? order : order?.armMs === null ? null : order && { ...order, disarm: 0 };
  const next = { ...victim, lease: step.lease, slots: slots.slice(done), order: left };
  return { ...one, group, words, ticked: 0, victim: next };
}

/** One thing after the other, each whenever it is done. What is armed after a tick of the same moment was not sent while it was armed. */
function carriedOut(one: LeaseHost, victim: Victim, size: LeasesSize): LeaseHost | null {
  const { order, slots } = victim;
  if (order === null) return null;
  if (order.disarm > 0) {
    const rest = { ...order, disarm: order.disarm - 1 };
    const isDone = rest.disarm === 0 && rest.armMs === null;
    return { ...one, victim: { ...victim, slots: slots.slice(1), order: isDone ? null : rest } };
  }
  const timeoutMs = order.armMs ?? leaseMsOf(size);
  const slot = { id: "", armedMs: one.ticked === 0 ? NOW_MS : NOW_MS - 1, timeoutMs };
  return { ...one, victim: { ...victim, slots: [...slots, slot], order: null } };
}

function wishing(one: LeaseHost, victim: Victim, size: LeasesSize): LeaseHost {
  return { ...one, victim: { ...victim, wishMs: victim.wishMs === null ? leaseMsOf(size) : null } };
}

export const withoutPower = (victim: Victim): Victim => ({
  ...victim,
  ...{ lease: NO_OWN_LEASE, slots: [], order: null, isOff: true },
});

/** The monitor has forgotten all but what is on its disk, and the slots, which it finds. */
function restarted(one: LeaseHost, size: LeasesSize, bootId = one.group.hearing.bootId): LeaseHost {
  const { hearing, voting } = one.group;
  const group = {
    hearing: heard(hearing.self, size, bootId),
    voting: votingOf(hearing.self, voting.stored),
    leases: NO_LEASES,
    ties: NO_TIES,
    disarm: NO_DISARM_WATCH,
  };
  const found = one.victim?.slots.at(-1);
  const lease = found === undefined ? NO_OWN_LEASE : sayLease(found.timeoutMs);
  return {
    ...one,
    group,
    words: null,
    victim: one.victim && { ...one.victim, lease, order: null, isOff: false },
  };
}

/** What leaders and voters do, where it is taken for granted how they agree. */
export function together(a: LeaseHost, b: LeaseHost, size: LeasesSize): readonly Together<LeaseHost>[] {
  if (a.victim !== null || b.victim !== null) return [];
  const found: Together<LeaseHost>[] = [];
  const add = (label: string, first: LeaseHost | null, second: LeaseHost | null) => {
    if (first !== null && second !== null)
      found.push({ label, hosts: [plain(first, size), plain(second, size)] });
  };
  const [nameA, nameB] = [a.group.voting.self, b.group.voting.self];
  for (const [self, other, swap] of [
    [a, b, false],
    [b, a, true],
  ] as const) {
    const name = swap ? nameB : nameA;
    const elected = elect(self, other, size);
    if (elected !== null) add(`${name} is elected`, elected[swap ? 1 : 0], elected[swap ? 0 : 1]);
    const told = tell(self, other);
    if (told !== null)
      add(`${name}'s roll is stored by the other one`, told[swap ? 1 : 0], told[swap ? 0 : 1]);
  }
  return found;
}

/** Nobody else has a mandate, and the other one votes for whose roll is not older. */
function elect(self: LeaseHost, other: LeaseHost, size: LeasesSize): readonly [LeaseHost, LeaseHost] | null {
  const [own, its] = [self.group.voting.stored, other.group.voting.stored];
  const count = Math.max(own.term.count, its.term.count) + 1;
  if (hasVotes(self) || count > size.terms) return null;
  // Where rolls change, a mandate ends when the next one begins, and not sooner.
  if (size.versions === null ? hasVotes(other) : own.term.host === self.group.voting.self) return null;
  if (compareRollIds(own.roll?.id ?? null, its.roll?.id ?? null) < 0) return null;
  const term = termOf(self.group.voting.self, count);
  // Where the roll stands still, the leader makes it its own at once.
  const roll =
    size.versions === null && own.roll !== null ? { ...own.roll, id: { term, version: 1 } } : own.roll;
  const voting = withVotes({ ...self.group.voting, stored: { ...own, roll, term } }, size);
  const vote = {
    ...other.group.voting,
    answers: new Map(),
    stored: { ...its, roll: size.versions === null ? roll : its.roll, term },
  };
  const withIts = {
    ...voting,
    answers: new Map(
      [...voting.answers].map(([host, one]) => [host, { ...one, roll: vote.stored.roll?.id ?? null }]),
    ),
  };
  return [withGroup(self, { voting: withIts }), withGroup(other, { voting: vote })];
}

/** The voter stores the leader's roll, and the leader hears of it; or it hears that it is settled. */
function tell(leader: LeaseHost, other: LeaseHost): readonly [LeaseHost, LeaseHost] | null {
  const [own, its] = [leader.group.voting.stored, other.group.voting.stored];
  const { host } = own.term;
  if (!hasVotes(leader) || own.roll === null || host !== leader.group.voting.self || its.term.host !== host)
    return null;
  const isSame = compareRollIds(own.roll.id, its.roll?.id ?? null) === 0;
  if (isSame && (own.before === null) === (its.before === null)) return null;
  if (isSame && own.before !== null) return null;
  const answers = new Map(
    [...leader.group.voting.answers].map(([voter, one]) => [voter, { ...one, roll: own.roll?.id ?? null }]),
  );
  const stored = { ...its, roll: own.roll, before: own.before };
  return [
    withGroup(leader, { voting: { ...leader.group.voting, answers } }),
    withGroup(other, { voting: { ...other.group.voting, stored } }),
  ];
}

/** What a host says now, as its last tick has it; a leader may have stalled since. */
export function spoken(one: LeaseHost, size: LeasesSize) {
  const { words, group, ticked } = one;
  if (words === null || ticked === 2 || (one.victim !== null && ticked !== 0)) return [];
  const nowMs = NOW_MS - (ticked === 0 ? 0 : size.faster * UNIT_MS);
  return speak(group, { ...MOMENT, nowMs }, words).heartbeats.map(({ message }) => message);
}

export const isLeading = ({ group }: LeaseHost, size: LeasesSize): boolean =>
  mandateUntil(group.voting, NOW_MS, timingsOf(size)) !== null;
