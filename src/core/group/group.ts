import type { OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { passedOn } from "./acks.ts";
import { saidAgreed } from "./agreed.ts";
import { type DisarmWatch, NO_DISARM_WATCH } from "./disarm.ts";
import { type HearingEvent, type HearingState, stepHearing } from "./hearing.ts";
import { leadOf } from "./leader-heard.ts";
import {
  acknowledged,
  type LeaseWatch,
  NO_LEASES,
  stepLeases,
  takeAcks,
  withoutOthers,
} from "./lease-watch.ts";
import { hasRepeated } from "./mandate.ts";
import type { Ack, Datagram, GroupPeer, Heartbeat } from "./message.ts";
import type { AgreedHost } from "./own-state.ts";
import { isFresh } from "./peer-state.ts";
import { compareRollIds, type RollId } from "./roll.ts";
import type { RollMessage } from "./roll-message.ts";
import { standsBefore } from "./standing-order.ts";
import { takeRoll } from "./take-roll.ts";
import { takeWords } from "./take-words.ts";
import { tickVoting } from "./tick-voting.ts";
import { NO_TIES, type Ties } from "./ties.ts";
import type { GroupTimings } from "./timings.ts";
import { withVoided, withVoidedAtRest } from "./void-leases.ts";
import { NO_VOTE, type VoteWords } from "./vote-words.ts";
import type { Voting } from "./voting.ts";

/** What a monitor knows of the group: who is heard, and how it votes. */
export interface GroupState {
  readonly hearing: HearingState;
  readonly voting: Voting;
  readonly leases: LeaseWatch;
  readonly ties: Ties;
  readonly disarm: DisarmWatch;
}

/** Of a monitor that has heard of no lease. */
export function newGroup(hearing: HearingState, voting: Voting): GroupState {
  return { hearing, voting, leases: NO_LEASES, ties: NO_TIES, disarm: NO_DISARM_WATCH };
}

/** A heartbeat of another host. */
export interface HeardHeartbeat {
  readonly nowMs: number;
  readonly heartbeat: Heartbeat;
  readonly address: string;
}

/** The moment of a tick. */
export interface Moment {
  readonly nowMs: number;
  readonly own: OwnState;
  /** Who should replace the master, as the pool names it. */
  readonly successor: HostUuid | null;
  /** `GroupReport.agreed`. */
  readonly agreed: readonly AgreedHost[];
}

/** What is sent, once what it rests on is on disk. */
export interface Spoken {
  readonly state: GroupState;
  readonly heartbeats: readonly Datagram[];
  readonly rolls: readonly RollMessage[];
}

/** What this host says of its vote now. */
export function voteWords(
  voting: Voting,
  leaseMs: number | null,
  nowMs: number,
  timings: GroupTimings,
): VoteWords {
  const { term, roll, before } = voting.stored;
  const lead = leadOf(voting, nowMs, timings);
  return { term, lead, roll: roll?.id ?? null, settled: before === null, leaseMs };
}

/** The other hosts of the pool, all of them: what others have said is forgotten. */
export function withPeers(state: GroupState, peers: readonly GroupPeer[], nowMs: number): GroupState {
  const { hearing, voting } = state;
  const next = stepHearing(hearing, { kind: "peers", nowMs, peers }).state;
  const said = new Map([...voting.said].filter(([host]) => next.peers.has(host)));
  return { ...state, hearing: next, voting: { ...voting, said } };
}

/**
 * By what the administrator has chosen now (`Voting.needsCompany`). Not where the roll has this host with this boot: it has been there ever
 * since; nor where none of the others is in the pool any more.
 */
export function withCompany(state: GroupState, isChosen: boolean): GroupState {
  const { hearing, voting } = state;
  const hosts = voting.stored.roll?.hosts ?? [];
  const isSame = hosts.some(({ host, bootId }) => host === voting.self && bootId === hearing.bootId);
  const needsCompany = isChosen && !isSame && hosts.some(({ host }) => hearing.peers.has(host));
  return voting.needsCompany === needsCompany ? state : { ...state, voting: { ...voting, needsCompany } };
}

/** What time does to the vote of this host, once a second. */
export function tickVote(state: GroupState, moment: Moment, timings: GroupTimings): GroupState {
  const before = standsBefore(state.voting, state.hearing, moment);
  return { ...state, voting: tickVoting(state.voting, moment.nowMs, before, timings) };
}

/** A heartbeat to everybody, with `vote`, and the roll to who should have it. With NO_VOTE nobody promises anything. */
export function speak(state: GroupState, { nowMs, own, agreed: found }: Moment, vote: VoteWords): Spoken {
  const { self, stored } = state.voting;
  const agreed = saidAgreed(stored, { self, own, vote }, found);
  const { state: hearing, datagrams } = stepHearing(state.hearing, {
    kind: "tick",
    nowMs,
    own,
    vote,
    agreed,
    acks: acksOf(state, vote, nowMs),
  });
  const voting = vote === NO_VOTE ? { ...state.voting, mutedMs: nowMs } : state.voting;
  const next = { ...state, hearing, voting };
  return { state: next, heartbeats: datagrams, rolls: rollsFor(next, vote, nowMs) };
}

function acksOf({ hearing, leases }: GroupState, vote: VoteWords, nowMs: number): readonly Ack[] {
  return vote.lead.kind === "leads" ? acknowledged(leases) : passedOn(hearing, vote, nowMs);
}

/** The watchdog of this host. */
interface OwnWatchdog {
  /** The parameters of this host ask for a lease. */
  readonly isWanted: boolean;
  /** XAPI's own HA has it. */
  readonly isTaken: boolean;
}

const FREE_WATCHDOG: OwnWatchdog = { isWanted: true, isTaken: false };

/**
 * What time does to leases: before anything is said. Where nobody has one, and none is wanted here, there is nothing to watch. But the one that leads acknowledges always: whoever has taken back the last lease waits for that with its slots armed.
 */
export function tickLeases(
  state: GroupState,
  nowMs: number,
  timings: GroupTimings,
  { isWanted, isTaken }: OwnWatchdog = FREE_WATCHDOG,
): GroupState {
  const { hearing, voting } = state;
  const leases = withVoided(state.leases, voting, isTaken);
  const { roll, before } = voting.stored;
  const isLeased = [roll, before].some((one) => one?.hosts.some(({ leaseMs }) => leaseMs !== null) === true);
  const isOwnTerm = voting.stored.term.host === voting.self;
  if (!isWanted && !isLeased && !isOwnTerm) return { ...state, leases: withoutOthers(leases) };
  const stepped = stepLeases(leases, hearing, voting, nowMs, timings);
  return { ...state, leases: withVoidedAtRest(stepped, state.disarm, nowMs) };
}

/** All of it, where the disk takes no time, and nobody has a lease of his own. */
export function tickGroup(state: GroupState, moment: Moment, timings: GroupTimings): Spoken {
  const { nowMs } = moment;
  const ticked = tickLeases(tickVote(state, moment, timings), nowMs, timings);
  return speak(ticked, moment, voteWords(ticked.voting, null, nowMs, timings));
}

/** The own roll for each host that should have it. */
function rollsFor({ hearing, voting }: GroupState, vote: VoteWords, nowMs: number): readonly RollMessage[] {
  const { self, bootId, peers } = hearing;
  const { roll, before } = voting.stored;
  if (roll === null || compareRollIds(vote.roll, roll.id) !== 0) return [];
  return [...peers].flatMap(([to, { newest: answers }]) => {
    const said = voting.said.get(to);
    const lacksIt = said !== undefined && lacksRoll(said.words, vote, roll.id);
    return lacksIt ? [{ from: self, to, number: { bootId, ms: nowMs }, answers, vote, roll, before }] : [];
  });
}

/** It has not got the leader's roll; or it asks for votes, and gets none before it has a roll as new as this one. */
export function lacksRoll({ roll, lead }: VoteWords, own: VoteWords, id: RollId): boolean {
  const order = compareRollIds(roll, id);
  if (own.lead.kind === "leads" || own.lead.kind === "elected") return order !== 0;
  return lead.kind === "stands" && roll !== null && order < 0;
}

/** A heartbeat: who lives, and then how it votes, if its number is newer than all before. */
export function takeHeartbeat(state: GroupState, heard: HeardHeartbeat, timings: GroupTimings): GroupState {
  const { nowMs, heartbeat, address } = heard;
  const event: HearingEvent = { kind: "datagram", nowMs, message: heartbeat, address };
  const { state: hearing } = stepHearing(state.hearing, event);
  const { from, answers } = heartbeat;
  const leases = takeAcks(state.leases, hearing, heartbeat, nowMs);
  if (!isNews(state.hearing, hearing, from))
    return hearing === state.hearing && leases === state.leases ? state : { ...state, hearing, leases };
  const { bootId } = hearing;
  const fresh = isFresh(heartbeat, bootId, nowMs);
  // Looked at only when it is fresh, and so of this boot.
  const answersMs = answers?.ms ?? null;
  const voting = takeWords(state.voting, { from, nowMs, fresh, answersMs, words: heartbeat.vote }, timings);
  return { ...state, hearing, voting, leases };
}

/** Has the newest number of this host changed? */
function isNews(before: HearingState, after: HearingState, host: HostUuid): boolean {
  const was = before.peers.get(host)?.newest ?? null;
  const is = after.peers.get(host)?.newest ?? null;
  return is !== null && (was === null || was.ms !== is.ms || was.bootId !== is.bootId);
}

/** A roll that another host has sent. */
export function takeRollMessage(
  state: GroupState,
  message: RollMessage,
  nowMs: number,
  timings: GroupTimings,
): GroupState {
  const { self, bootId, peers } = state.hearing;
  if (message.to !== self || !peers.has(message.from)) return state;
  const fresh = isFresh(message, bootId, nowMs);
  const { from, vote: words, roll, before } = message;
  const answersMs = message.answers?.ms ?? null;
  const voting = takeRoll(state.voting, { from, nowMs, fresh, answersMs, words, roll, before }, timings);
  return voting === state.voting ? state : { ...state, voting };
}

/**
 * Should the monitor tick at once rather than at its next second? When what it says of its vote has changed, or an answer may
 * complete what it waits for. Voters do not answer at once, so this never makes a storm.
 */
export function wantsTick(before: Voting, after: Voting): boolean {
  if (after.stored !== before.stored) return true;
  const isWaiting =
    after.stored.term.host === after.self && !(hasRepeated(after) && after.stored.before === null);
  return isWaiting && after.answers !== before.answers;
}
