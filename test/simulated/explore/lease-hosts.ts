import { bootTag } from "../../../src/core/group/boot-tag.ts";
import { type GroupState, newGroup } from "../../../src/core/group/group.ts";
import { type HearingState, newHearing, stepHearing } from "../../../src/core/group/hearing.ts";
import { type LeaseWatch, NO_LEASES } from "../../../src/core/group/lease-watch.ts";
import type { Ack } from "../../../src/core/group/message.ts";
import {
  type ArmedSlot,
  type LeaseStep,
  NO_OWN_LEASE,
  type OwnLease,
} from "../../../src/core/group/own-lease.ts";
import type { PeerState } from "../../../src/core/group/peer-state.ts";
import type { Roll } from "../../../src/core/group/roll.ts";
import type { Stored } from "../../../src/core/group/stored.ts";
import { NO_TERM, type Term } from "../../../src/core/group/term.ts";
import { GROUP_TIMINGS, type GroupTimings } from "../../../src/core/group/timings.ts";
import { NO_VOTE, type Said, type VoteWords } from "../../../src/core/group/vote-words.ts";
import { newVoting, type Voting } from "../../../src/core/group/voting.ts";
import type { OwnState } from "../../../src/core/model/hearing.ts";
import { type HostUuid, hostUuid } from "../../../src/core/model/ids.ts";
import { NOW_MS, UNIT_MS } from "./times.ts";

/** The host with a lease; all others are leaders, or may become it. */
export const VICTIM = "h";

/** What the monitor of the host with the lease knows of it, and what is really so. */
export interface Victim {
  readonly lease: OwnLease;
  readonly slots: readonly ArmedSlot[];
  /** What it has been told to do and has not done yet: so many of the oldest slots to disarm first. */
  readonly order: { readonly disarm: number; readonly armMs: number | null } | null;
  readonly wishMs: number | null;
  readonly isOff: boolean;
}

export interface LeaseHost {
  readonly group: GroupState;
  /** So many units ago it has ticked last; 2: it does not matter when. */
  readonly ticked: 0 | 1 | 2;
  /** What it says since its last tick; null: nothing. */
  readonly words: VoteWords | null;
  readonly victim: Victim | null;
}

export interface LeasesSize {
  /** `h` has the lease; `a` leads at first. */
  readonly names: readonly string[];
  readonly inFlight: number;
  /** So often a leader may be elected, the first one included. */
  readonly terms: number;
  /** Whether `b` reports what it hears to `a`, and passes on to `h` what `a` acknowledges. */
  readonly reports: boolean;
  readonly passes: boolean;
  /** How long a lease is: four units or less, and a slot is replaced in each one; null: so long that it never runs out. */
  readonly leaseUnits: number | null;
  /** Who has heard the word that is taken back. */
  readonly heardBy: readonly string[];
  /** What is under way for longer does not come any more: it would be heard later, and do less. */
  readonly lateUnits: number;
  /** So many rolls a leader may make; null: the roll stands still, and shows the lease. */
  readonly versions: number | null;
  /**
   * At first: the roll shows the lease; nothing is armed; `h` is about to say that it has a lease; it is about to take that back.
   */
  readonly begins: "shown" | "bare" | "said" | "unwished";
  /** Monitors killed, and wishes that change, in one history. */
  readonly accidents: number;
  /** Which of those there are. */
  readonly kills: boolean;
  readonly wishes: boolean;
  /** What comes from `h` may be no fresh message: then only its number counts. */
  readonly stale: boolean;
  /** A slot that is to be disarmed is armed for a while yet. */
  readonly slowDisarm: boolean;
  /** The clocks of all leaders run so much faster than that of the host with the lease. */
  readonly faster: number;
  /** The leader acknowledges a number still that `h` has sent in the boot before, so many units ahead of its uptime in this one. */
  readonly oldNumberUnits: number | null;
  readonly timings: Pick<GroupTimings, "leaseDrift" | "leaseMarginMs">;
}

export const leaseMsOf = ({ leaseUnits }: LeasesSize): number => (leaseUnits ?? 40) * UNIT_MS;

/** Longer than a lease that runs out, and than anything that is under way. */
const longUnits = ({ leaseUnits, lateUnits }: LeasesSize): number => (leaseUnits ?? lateUnits) + 2;

/** What a leader measures. */
const runUnits = (size: LeasesSize): number => (size.leaseUnits === null ? 0 : longUnits(size));

/** Time is exact: neither clocks nor slots are late. */
export const EXACT = { leaseDrift: 1, leaseMarginMs: 0 };

/** Nobody gives up by himself, and votes are taken for granted: the search over votes has shown that no two mandates overlap. */
export const timingsOf = ({ timings }: LeasesSize): GroupTimings => ({
  ...GROUP_TIMINGS,
  promiseMs: 0,
  stepDownMs: Number.POSITIVE_INFINITY,
  ...timings,
});

export const OWN: OwnState = {
  role: "unknown",
  master: null,
  xapi: "silent",
  startComplete: false,
  enabled: null,
  haWished: null,
  leaving: false,
  changes: null,
  office: null,
};

export const BOOT = "boot1";
const OLD_BOOT = "boot0";

/** A host as it is at first. */
export function firstHost(name: string, size: LeasesSize): LeaseHost {
  const stored = { term: termOf("a"), roll: firstRoll(size), before: null };
  const group = newGroup(knowing(heard(name, size), size), votingOf(name, stored));
  if (name === VICTIM)
    return { group: told(group, stored, size), ticked: 2, words: null, victim: firstVictim(size) };
  const sinceMs = NOW_MS;
  const old = { host: hostUuid(VICTIM), bootTag: bootTag(OLD_BOOT), heardMs: sinceMs };
  const oldMs = NOW_MS + (size.oldNumberUnits ?? 0) * UNIT_MS;
  const leases =
    name === "a"
      ? {
          ...group.leases,
          led: { term: stored.term, sinceMs },
          acked: size.oldNumberUnits === null ? [] : [{ ...old, ms: oldMs }],
        }
      : group.leases;
  const voted = name === "a" ? withVotes(group.voting, size) : group.voting;
  const word = { ...NO_VOTE, roll: stored.roll.id, leaseMs: leaseMsOf(size) };
  const said = new Map([[hostUuid(VICTIM), { words: word, atMs: NOW_MS }]]);
  const voting = size.heardBy.includes(name) ? { ...voted, said } : voted;
  const follows: VoteWords = { ...NO_VOTE, lead: { kind: "hears", leader: hostUuid("a") } };
  const isHearsay = isRelay(hostUuid(name), size);
  const words = isHearsay ? follows : null;
  return { group: { ...group, leases, voting }, ticked: isHearsay ? 0 : 2, words, victim: null };
}

/** It has heard the host with the lease long ago: what it answers is of that boot. */
function knowing(hearing: HearingState, size: LeasesSize): HearingState {
  const hasHeard = size.heardBy.includes(hearing.self);
  const newest = { bootId: BOOT, ms: hasHeard ? NOW_MS - 1 : NOW_MS - longUnits(size) * UNIT_MS };
  const lately = hasHeard ? NOW_MS : null;
  const peers = [...hearing.peers].map(([host, peer]): [HostUuid, PeerState] => [
    host,
    isVictim(host) ? { ...peer, newest, newestMs: lately, heardMs: lately } : peer,
  ]);
  return { ...hearing, peers: new Map(peers) };
}

/** Its leader has just said that the roll is settled which shows no lease. */
function told(group: GroupState, { term, roll }: Stored, { begins }: LeasesSize): GroupState {
  const leader = term.host;
  const peer = leader === null ? undefined : group.hearing.peers.get(leader);
  if (begins !== "unwished" || leader === null || peer === undefined) return group;
  const words: VoteWords = { ...LEADS, term, roll: roll?.id ?? null, settled: true };
  const heardOf = { ...peer, newest: { bootId: BOOT, ms: NOW_MS - 1 }, heardMs: NOW_MS };
  const peers = new Map(group.hearing.peers).set(leader, heardOf);
  const said = new Map([[leader, { words, atMs: NOW_MS }]]);
  return { ...group, hearing: { ...group.hearing, peers }, voting: { ...group.voting, said } };
}

export const termOf = (name: string, count = 1): Term => ({ count, host: hostUuid(name) });

function firstRoll(size: LeasesSize): Roll {
  const { names, begins } = size;
  const leaseOf = (name: string) => (name === VICTIM && begins === "shown" ? leaseMsOf(size) : null);
  const hosts = names.map((name) => ({
    ...{ host: hostUuid(name), bootId: BOOT, maintenance: false, leaseMs: leaseOf(name) },
  }));
  const id = { term: termOf("a"), version: 1 };
  return { id, hosts, master: hostUuid("a"), office: id, ha: true };
}

function firstVictim(size: LeasesSize): Victim {
  const timeoutMs = leaseMsOf(size);
  const isUnwished = size.begins === "unwished";
  const slots = [NOW_MS - 1].map((armedMs) => ({ id: "1", armedMs, timeoutMs }));
  // The older one waits for an acknowledgement.
  if (size.begins !== "shown") slots.unshift({ id: "0", armedMs: NOW_MS - UNIT_MS, timeoutMs });
  const isBare = size.begins === "bare";
  return {
    lease: isBare ? NO_OWN_LEASE : { saidMs: timeoutMs, withdrawnMs: null },
    ...{ slots: isBare ? [] : slots, order: null, wishMs: isUnwished ? null : timeoutMs, isOff: false },
  };
}

/** It has heard nobody yet. */
export function heard(name: string, { names }: LeasesSize): HearingState {
  const others = names.filter((other) => other !== name);
  const peers = others.map((other) => ({ host: hostUuid(other), addresses: [`address of ${other}`] }));
  const hearing = newHearing(hostUuid(name), BOOT);
  return stepHearing(hearing, { kind: "peers", nowMs: NOW_MS, peers }).state;
}

export const votingOf = (name: string, stored: Stored): Voting => ({
  ...newVoting(hostUuid(name), stored, 0),
  promisedMs: null,
  electedMs: NOW_MS,
});

/** The votes that make a leader of it: one other host's, beside its own; or its own alone, where there is no other one. */
export function withVotes(voting: Voting, { names }: Pick<LeasesSize, "names">): Voting {
  const other = names.find((name) => name !== voting.self && name !== VICTIM) ?? VICTIM;
  const answer = { numberMs: NOW_MS, roll: voting.stored.roll?.id ?? null };
  return { ...voting, answers: new Map([[hostUuid(other), answer]]) };
}

export const hasVotes = ({ group }: LeaseHost): boolean => group.voting.answers.size > 0;

/** It never leads, and says at any time what it has heard. */
export const isRelay = (host: HostUuid, { reports, passes, terms }: LeasesSize): boolean =>
  (reports || passes) && terms === 1 && host === "b";

export const isVictim = (host: HostUuid): boolean => host === VICTIM;

/** How far the clock of a host goes while that of the host with the lease goes one unit. */
const unitOf = (host: HostUuid, { faster }: LeasesSize): number =>
  isVictim(host) ? UNIT_MS : UNIT_MS * faster;

const floored = (ms: number, units: number): number => Math.max(ms, NOW_MS - units * UNIT_MS);

/** One unit of time later. */
export function agedHost(one: LeaseHost, size: LeasesSize): LeaseHost {
  const { group, victim } = one;
  const own = unitOf(group.hearing.self, size);
  const ticked = isRelay(group.hearing.self, size) ? 0 : one.ticked === 0 ? 1 : 2;
  const later = {
    ...one,
    group: agedGroup(group, own, size),
    ticked: ticked as LeaseHost["ticked"],
    words: (size.leaseUnits !== null || ticked === 0) && ticked < 2 && victim === null ? one.words : null,
    victim: victim && agedVictim(victim, size),
  };
  return plain(later, size);
}

function agedVictim(victim: Victim, size: LeasesSize): Victim {
  const { slots, lease } = victim;
  // Whichever was not disarmed in time resets the machine.
  if (slots.some(({ armedMs, timeoutMs }) => NOW_MS - armedMs >= timeoutMs))
    return { lease: NO_OWN_LEASE, slots: [], order: null, wishMs: null, isOff: true };
  const withdrawnMs =
    lease.withdrawnMs === null ? null : floored(lease.withdrawnMs - UNIT_MS, size.lateUnits + 1);
  return {
    ...victim,
    slots: slots.map((slot) => ({ ...slot, armedMs: floored(slot.armedMs - UNIT_MS, longUnits(size)) })),
    lease: { ...lease, withdrawnMs },
  };
}

function agedGroup({ hearing, voting, leases }: GroupState, own: number, size: LeasesSize): GroupState {
  const number = (host: HostUuid, ms: number) => ms - unitOf(host, size);
  const peers = [...hearing.peers].map(([host, peer]): [HostUuid, PeerState] => [
    host,
    {
      ...peer,
      newest: peer.newest && { ...peer.newest, ms: number(host, peer.newest.ms) },
      newestMs: peer.newestMs === null ? null : peer.newestMs - own,
      heardMs: peer.heardMs === null ? null : peer.heardMs - own,
      hears: peer.hears.map((entry) => ({ ...entry, numberMs: number(entry.host, entry.numberMs) })),
      acks: peer.acks.map((ack) => agedAck(ack, size)),
    },
  ]);
  return {
    hearing: { ...hearing, peers: new Map(peers) },
    voting,
    leases: {
      led: leases.led && {
        ...leases.led,
        sinceMs: floored(leases.led.sinceMs - own, runUnits(size)),
      },
      acked: leases.acked.map((ack) => ({
        ...agedAck(ack, size),
        heardMs: floored(ack.heardMs - own, runUnits(size)),
      })),
      over: leases.over.map((one) => ({ ...one, sinceMs: 0, overMs: floored(one.overMs - own, 1) })),
      ownAckedMs: leases.ownAckedMs === null ? null : floored(leases.ownAckedMs - UNIT_MS, longUnits(size)),
    },
  };
}

/** A number of the host with the lease. */
export const agedAck = <One extends Ack>(ack: One, size: LeasesSize): One => ({
  ...ack,
  ms: floored(ack.ms - UNIT_MS, longUnits(size)),
});

/** Is a number too old to come from anywhere? */
export const isTooLate = (ms: number, { lateUnits, faster }: LeasesSize): boolean =>
  ms < NOW_MS - lateUnits * UNIT_MS * faster;

/** Without what no step of this search looks at, so that states that differ in it only are one. */
export function plain(one: LeaseHost, size: LeasesSize): LeaseHost {
  const { group, victim } = one;
  const { hearing, voting, leases } = group;
  if (victim?.isOff === true) {
    const { self, stored } = votingOf(hearing.self, { term: NO_TERM, roll: null, before: null });
    return {
      group: newGroup(newHearing(self, BOOT), votingOf(self, stored)),
      ticked: 2,
      words: null,
      victim,
    };
  }
  const keep = victim === null ? plainPeerOfLeader : plainPeerOfVictim;
  const done = isDone(one, size);
  const known = done ? knowing(heard(hearing.self, size), size) : hearing;
  const peers = new Map(
    [...known.peers].map(([host, peer]): [HostUuid, PeerState] => [host, keep(host, peer, group, size)]),
  );
  return {
    ...one,
    group: {
      hearing: { ...hearing, peers },
      voting: plainVoting(voting, peers, size),
      leases: done ? NO_LEASES : plainLeases(leases, victim !== null, size),
    },
    // Whether it has ticked lately matters as long as it says something.
    ticked: one.ticked !== 0 && one.words === null ? 2 : one.ticked,
    victim: victim && { ...victim, slots: victim.slots.map((slot, at) => ({ ...slot, id: `${at + 1}` })) },
  };
}

/** It has led and will not lead again: it does not matter what it hears. */
export function isDone({ group, victim, words }: LeaseHost, size: LeasesSize): boolean {
  const { self, stored } = group.voting;
  const isOther = stored.term.host !== self && stored.term.count >= size.terms;
  return victim === null && isOther && (group.leases.led === null || words === null) && !isRelay(self, size);
}

function plainLeases(leases: LeaseWatch, isOfVictim: boolean, { leaseUnits }: LeasesSize): LeaseWatch {
  const acked = leases.acked.filter(({ host }) => isVictim(host));
  return {
    ...leases,
    acked: leaseUnits !== null ? acked : acked.map((one) => ({ ...one, heardMs: NOW_MS })),
    ownAckedMs: isOfVictim ? leases.ownAckedMs : null,
  };
}

const BLANK = { own: null, ways: [], endedBoots: [], status: "silent", statusSinceMs: NOW_MS } as const;

function plainPeerOfLeader(
  host: HostUuid,
  peer: PeerState,
  { hearing, leases }: GroupState,
  size: LeasesSize,
): PeerState {
  const { reports, passes, versions } = size;
  const acked = leases.acked.find((one) => one.bootTag === bootTag(BOOT));
  // What is acknowledged is not heard anew.
  const isAcked = acked !== undefined && peer.newest !== null && acked.ms >= peer.newest.ms;
  const isRecent = !isAcked && peer.newestMs !== null && !isOld(peer.newestMs);
  const isHeard = peer.heardMs !== null && !isOld(peer.heardMs);
  const { newest } = peer;
  const isKept = newest !== null && (isRecent || !isTooLate(newest.ms, size));
  const hears = isHeard && !isVictim(host) ? peer.hears.filter((one) => isVictim(one.host)) : [];
  const isKnown = isRelay(hearing.self, size) && !reports;
  const needsHeard = reports || passes || versions !== null;
  return {
    ...{ ...peer, ...BLANK, hears, acks: isHeard && !isVictim(host) ? peer.acks : [] },
    // The reports of another host may overtake each other.
    newest:
      isVictim(host) && newest && !isKnown
        ? { ...newest, ms: isKept ? newest.ms : NOW_MS - longUnits(size) * UNIT_MS }
        : null,
    newestMs: isRecent && isVictim(host) ? peer.newestMs : null,
    heardMs: needsHeard && isHeard ? peer.heardMs : null,
  };
}

/** The last message of its leader. */
function plainPeerOfVictim(
  host: HostUuid,
  peer: PeerState,
  { voting }: GroupState,
  size: LeasesSize,
): PeerState {
  const { newest } = peer;
  const blank = { ...peer, ...BLANK, hears: [], newestMs: null };
  if (size.versions === null || newest === null || host !== voting.stored.term.host)
    return { ...blank, acks: [], newest: null, heardMs: null };
  const ms = isTooLate(newest.ms, size) ? NOW_MS - longUnits(size) * UNIT_MS : newest.ms;
  return { ...blank, newest: { ...newest, ms }, heardMs: NOW_MS };
}

const isOld = (ms: number): boolean => NOW_MS - ms > UNIT_MS * 1.5;

function plainVoting(voting: Voting, peers: ReadonlyMap<HostUuid, PeerState>, size: LeasesSize): Voting {
  const { self, stored, answers } = voting;
  const votes = [...answers].filter(([host]) => !isVictim(host) || size.names.length === 2);
  const said = [...voting.said].flatMap(([host, one]): [HostUuid, Said][] =>
    isSaidKept(host, voting, peers, size) ? [[host, { ...one, atMs: NOW_MS }]] : [],
  );
  const { host: leader } = stored.term;
  // A host that passes acknowledgements on takes it for granted that its leader leads.
  if (size.passes && !isVictim(self) && leader !== null && leader !== self)
    said.push([leader, { words: LEADS, atMs: NOW_MS }]);
  return { ...votingOf(self, stored), answers: new Map(votes), said: new Map(said) };
}

const LEADS: VoteWords = { ...NO_VOTE, lead: { kind: "leads" } };

/** The word of its leader, for the host with the lease; the word of that host, for the leader. */
function isSaidKept(
  host: HostUuid,
  { self, stored }: Voting,
  peers: ReadonlyMap<HostUuid, PeerState>,
  size: LeasesSize,
): boolean {
  const { versions } = size;
  if (versions === null || isRelay(self, size)) return false;
  return isVictim(self) ? host === stored.term.host : isVictim(host) && peers.get(host)?.heardMs != null;
}

/** What is done of a step of the lease, later and one after the other. */
export const orderOf = ({ armMs, disarm }: LeaseStep): Victim["order"] =>
  armMs === null && disarm.length === 0 ? null : { disarm: disarm.length, armMs };
