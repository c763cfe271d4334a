import type { OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { type HearingEvent, type HearingState, stepHearing } from "./hearing.ts";
import { leadOf } from "./leader-heard.ts";
import { hasRepeated } from "./mandate.ts";
import type { Datagram, Heartbeat, MessageNumber } from "./message.ts";
import { isFresh } from "./peer-state.ts";
import { compareRollIds, type Roll, type RollId } from "./roll.ts";
import { standsBefore } from "./standing-order.ts";
import { takeRoll } from "./take-roll.ts";
import { takeWords } from "./take-words.ts";
import { tickVoting } from "./tick-voting.ts";
import type { GroupTimings } from "./timings.ts";
import type { VoteWords } from "./vote-words.ts";
import type { Voting } from "./voting.ts";

/** What a monitor knows of the group: who is heard, and how it votes. */
export interface GroupState {
  readonly hearing: HearingState;
  readonly voting: Voting;
}

/** A heartbeat of another host, and what it says of its vote. */
export interface HeardHeartbeat {
  readonly nowMs: number;
  readonly heartbeat: Heartbeat;
  readonly vote: VoteWords;
  readonly address: string;
}

/** A roll on its way. Its number and what it answers are those of a heartbeat. */
export interface RollMessage {
  readonly from: HostUuid;
  readonly to: HostUuid;
  readonly number: MessageNumber;
  readonly answers: MessageNumber | null;
  readonly vote: VoteWords;
  readonly roll: Roll;
  readonly before: Roll | null;
}

/** What a tick sends, when the state that goes with it is on disk: heartbeats, all with the same words, and rolls. */
export interface GroupTick {
  readonly state: GroupState;
  readonly heartbeats: readonly Datagram[];
  readonly vote: VoteWords;
  readonly rolls: readonly RollMessage[];
}

/** What this host says of its vote now. */
export function voteWords(voting: Voting, nowMs: number, timings: GroupTimings): VoteWords {
  const { term, roll, before } = voting.stored;
  return { term, lead: leadOf(voting, nowMs, timings), roll: roll?.id ?? null, settled: before === null };
}

/** Once a second. `successor`: who should replace the master, as the pool names it. */
export function tickGroup(
  state: GroupState,
  tick: { readonly nowMs: number; readonly own: OwnState; readonly successor: HostUuid | null },
  timings: GroupTimings,
): GroupTick {
  const { nowMs } = tick;
  const { state: hearing, datagrams } = stepHearing(state.hearing, { kind: "tick", nowMs, own: tick.own });
  const before = standsBefore(state.voting, hearing, tick);
  const voting = tickVoting(state.voting, nowMs, before, timings);
  const vote = voteWords(voting, nowMs, timings);
  const next = { hearing, voting };
  return { state: next, heartbeats: datagrams, vote, rolls: rollsFor(next, vote, nowMs) };
}

/** The own roll for each host that should have it. */
function rollsFor({ hearing, voting }: GroupState, vote: VoteWords, nowMs: number): readonly RollMessage[] {
  const { self, bootId, peers } = hearing;
  const { roll, before } = voting.stored;
  if (roll === null) return [];
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
  const { nowMs, heartbeat, vote, address } = heard;
  const event: HearingEvent = { kind: "datagram", nowMs, message: heartbeat, address };
  const { state: hearing } = stepHearing(state.hearing, event);
  const { from, answers } = heartbeat;
  if (!isNews(state.hearing, hearing, from)) return hearing === state.hearing ? state : { ...state, hearing };
  const { bootId } = hearing;
  const fresh = isFresh(heartbeat, bootId, nowMs);
  // Looked at only when it is fresh, and so of this boot.
  const answersMs = answers?.ms ?? null;
  const voting = takeWords(state.voting, { from, nowMs, fresh, answersMs, words: vote }, timings);
  return { hearing, voting };
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
