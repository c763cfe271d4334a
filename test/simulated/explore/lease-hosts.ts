import { bootTag } from "../../../src/core/group/boot-tag.ts";
import { NO_DISARM } from "../../../src/core/group/disarm.ts";
import { type GroupState, newGroup } from "../../../src/core/group/group.ts";
import { type HearingState, newHearing, stepHearing } from "../../../src/core/group/hearing.ts";
import {
  type ArmedSlot,
  type LeaseStep,
  NO_OWN_LEASE,
  type OwnLease,
  sayLease,
} from "../../../src/core/group/own-lease.ts";
import type { PeerState } from "../../../src/core/group/peer-state.ts";
import type { Roll } from "../../../src/core/group/roll.ts";
import type { Stored } from "../../../src/core/group/stored.ts";
import type { Term } from "../../../src/core/group/term.ts";
import { NO_VOTE, type VoteWords } from "../../../src/core/group/vote-words.ts";
import { newVoting, type Voting } from "../../../src/core/group/voting.ts";
import type { OwnState } from "../../../src/core/model/hearing.ts";
import { type HostUuid, hostUuid } from "../../../src/core/model/ids.ts";
import { BOOT, isRelay, isVictim, type LeasesSize, leaseMsOf, longUnits, VICTIM } from "./lease-size.ts";
import { NOW_MS, UNIT_MS } from "./times.ts";

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

export const LEADS: VoteWords = { ...NO_VOTE, lead: { kind: "leads" } };

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
          heard: size.oldNumberUnits === null ? [] : [{ ...old, ms: oldMs }],
        }
      : group.leases;
  const voted = name === "a" ? withVotes(group.voting, size) : group.voting;
  const word = { ...NO_VOTE, roll: stored.roll.id, leaseMs: leaseMsOf(size) };
  const said = new Map([[hostUuid(VICTIM), { words: word, atMs: NOW_MS, answersMs: NOW_MS }]]);
  const voting = size.heardBy.includes(name) ? { ...voted, said } : voted;
  const follows: VoteWords = { ...NO_VOTE, lead: { kind: "hears", leader: hostUuid("a") } };
  const isHearsay = isRelay(hostUuid(name), size);
  const words = isHearsay ? follows : null;
  return { group: { ...group, leases, voting }, ticked: isHearsay ? 0 : 2, words, victim: null };
}

/** It has heard the host with the lease long ago: what it answers is of that boot. */
export function knowing(hearing: HearingState, size: LeasesSize): HearingState {
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
  const said = new Map([[leader, { words, atMs: NOW_MS, answersMs: NOW_MS }]]);
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
  return { id, hosts, master: hostUuid("a"), office: id, ha: true, tie: null, disarm: NO_DISARM };
}

function firstVictim(size: LeasesSize): Victim {
  const timeoutMs = leaseMsOf(size);
  const isUnwished = size.begins === "unwished";
  const slots = [NOW_MS - 1].map((armedMs) => ({ id: "1", armedMs, timeoutMs }));
  // The older one waits for an acknowledgement.
  if (size.begins !== "shown") slots.unshift({ id: "0", armedMs: NOW_MS - UNIT_MS, timeoutMs });
  const isBare = size.begins === "bare";
  return {
    lease: isBare ? NO_OWN_LEASE : sayLease(timeoutMs),
    ...{ slots: isBare ? [] : slots, order: null, wishMs: isUnwished ? null : timeoutMs, isOff: false },
  };
}

/** It has heard nobody yet. */
export function heard(name: string, { names }: LeasesSize, bootId = BOOT): HearingState {
  const others = names.filter((other) => other !== name);
  const peers = others.map((other) => ({ host: hostUuid(other), addresses: [`address of ${other}`] }));
  const hearing = newHearing(hostUuid(name), bootId);
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

/** What is done of a step of the lease, later and one after the other. */
export const orderOf = ({ armMs, disarm }: LeaseStep): Victim["order"] =>
  armMs === null && disarm.length === 0 ? null : { disarm: disarm.length, armMs };
