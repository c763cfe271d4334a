import { NO_DISARM } from "../../../src/core/group/disarm.ts";
import { newGroup, voteWords } from "../../../src/core/group/group.ts";
import { newHearing } from "../../../src/core/group/hearing.ts";
import { withKnownOff } from "../../../src/core/group/known-off.ts";
import { electedUntil, isElected } from "../../../src/core/group/mandate.ts";
import type { Roll } from "../../../src/core/group/roll.ts";
import { stand } from "../../../src/core/group/stand.ts";
import { stepDown } from "../../../src/core/group/step-down.ts";
import { takeWords } from "../../../src/core/group/take-words.ts";
import { NO_TERM, type Term } from "../../../src/core/group/term.ts";
import { tickVoting } from "../../../src/core/group/tick-voting.ts";
import { GROUP_TIMINGS } from "../../../src/core/group/timings.ts";
import { NO_VOTE, type VoteWords } from "../../../src/core/group/vote-words.ts";
import { newVoting, type Voting } from "../../../src/core/group/voting.ts";
import { type HostUuid, hostUuid } from "../../../src/core/model/ids.ts";
import { aged, LONG_AGO_MS, NOW_MS } from "./times.ts";
import type { Alone, Rules } from "./world.ts";

/** A host, and the newest number that has come from the host of its term: what it answers. */
export interface Voter {
  readonly up: boolean;
  readonly hasPower: boolean;
  readonly voting: Voting;
  readonly newestMs: number | null;
  /** Until when somebody on this host may act: the monitor's last word, which outlives it; null: not at all. */
  readonly publishedMs: number | null;
}

export interface Ballot {
  readonly from: HostUuid;
  readonly to: HostUuid;
  readonly words: VoteWords;
  readonly sentMs: number;
  readonly answersMs: number | null;
  /** No message, but a proof that its sender is off. */
  readonly isProof?: true;
}

export interface VotesSize {
  readonly names: readonly string[];
  readonly inFlight: number;
  /** Terms that a history may have. */
  readonly terms: number;
  /** How often a monitor may be killed, or a host switched off. */
  readonly kills: number;
  /** May hosts be switched off, which others may get to know at any time, and boot again? */
  readonly offs?: boolean;
}

/**
 * Elections among hosts whose roll stands still: terms, promises and mandates, with time. Every message counts as fresh
 * and any may overtake any other, which is more than the network can do.
 */
export function votesRules({
  names,
  inFlight,
  terms,
  kills,
  offs = false,
}: VotesSize): Rules<Voter, Ballot, null> {
  const roll = rollOf(names);
  const within = (voter: Voter) => voter.voting.stored.term.count <= terms;
  return {
    names,
    inFlight,
    costly: kills,
    nothingPast: null,
    remember: () => ({ past: null }),
    first(name) {
      const voting = newVoting(hostUuid(name), { term: NO_TERM, roll, before: null }, NOW_MS);
      return plain({
        up: true,
        hasPower: true,
        voting: { ...voting, startedMs: LONG_AGO_MS, promisedMs: LONG_AGO_MS },
        newestMs: null,
        publishedMs: null,
      });
    },
    alone: (voter) => acts(voter, offs).filter(({ host }) => within(host)),
    sends: (voter, to, other) => sends(voter, hostUuid(to), other),
    takes(voter, ballot) {
      const after = voter.up ? takes(voter, ballot) : null;
      return after !== null && within(after) ? after : null;
    },
    ageHost: (voter) => plain(aged(voter)),
    ageMessage: aged,
    isLate: (before, after) => !before.hasPower && after.hasPower,
    forgets: (voter, other) => plain({ ...voter, voting: withoutWordOf(voter.voting, hostUuid(other)) }),
    sender: ({ from }) => from,
    receiver: ({ to }) => to,
    broken: (voters) => (voters.filter(mayAct).length > 1 ? "two mandates" : null),
    showHost: showVoter,
    showMessage: ({ from, to, words, sentMs, answersMs, isProof }) =>
      isProof === true
        ? `${to} is told that ${from} is off`
        : `${from}>${to} ${termText(words.term)} sent ${ageText(sentMs)} answers ${ageText(answersMs)}`,
  };
}

export function rollOf(names: readonly string[]): Roll {
  const hosts = names.map((name) => ({
    host: hostUuid(name),
    bootId: null,
    maintenance: false,
    leaseMs: null,
  }));
  const master = hostUuid(names[0] ?? "");
  const id = { term: { count: 0, host: master }, version: 1 };
  return { id, hosts, master, office: id, ha: true, tie: null, disarm: NO_DISARM };
}

const leads = ({ up, voting }: Pick<Voter, "up" | "voting">): boolean =>
  up && isElected(voting, NOW_MS, GROUP_TIMINGS);

const mayAct = ({ publishedMs }: Voter): boolean => publishedMs !== null;

function acts(voter: Voter, offs: boolean): readonly Alone<Voter>[] {
  const { up, voting, hasPower } = voter;
  const { stored } = voting;
  // A boot takes longer than anything that was said before.
  if (!hasPower && voting.startedMs > LONG_AGO_MS) return [];
  if (!hasPower) return [{ label: "boots", host: started({ ...voter, hasPower: true }, true) }];
  if (!up) return [{ label: "starts", host: started(voter, true) }];
  const killed: Alone<Voter> = { label: "is killed", host: started(voter, false), costs: true };
  const stood = stand(voting, NOW_MS, GROUP_TIMINGS);
  const acts = [killed];
  if (offs) acts.push({ label: "is switched off", host: switchedOff(voter), costs: true });
  // What its iterations are told goes before it by a second.
  if (leads(voter))
    acts.push({
      label: "hands over",
      host: plain({ ...voter, voting: stepDown(voting), publishedMs: null }),
    });
  if (stood !== voting) acts.push({ label: "stands", host: plain({ ...voter, voting: stood }) });
  const gaveUp = leads(voter) ? voting : tickVoting(voting, NOW_MS, 0, GROUP_TIMINGS);
  if (gaveUp.stored !== stored) acts.push({ label: "gives up", host: plain({ ...voter, voting: gaveUp }) });
  return acts;
}

const switchedOff = (voter: Voter): Voter => started({ ...voter, hasPower: false, publishedMs: null }, false);

/** Of a host that boots: it takes longer than any word of its counts, and a proof that it is off is over. */
function withoutWordOf(voting: Voting, other: HostUuid): Voting {
  const answers = new Map([...voting.answers].filter(([host]) => host !== other));
  return knowing({ ...voting, answers }, (host) => host !== other && voting.off.has(host));
}

/** With what the host is told of who is off. */
function knowing(voting: Voting, isOff: (host: HostUuid) => boolean): Voting {
  const hosts = (voting.stored.roll?.hosts ?? []).filter(({ host }) => isOff(host));
  const told = new Map(
    hosts.map(({ host }) => [host, { sinceMs: NOW_MS, isOver: false, isProved: true }] as const),
  );
  return withKnownOff(newGroup(newHearing(voting.self, "boot"), voting), told, NOW_MS).voting;
}

function started({ voting: { self, stored }, publishedMs, hasPower }: Voter, up: boolean): Voter {
  return plain({ up, hasPower, voting: newVoting(self, stored, NOW_MS), newestMs: null, publishedMs });
}

/** Only what can matter: a request for votes, an answer to the host of the own term, or what frees the other one. */
function sends(voter: Voter, to: HostUuid, other: Voter): readonly Ballot[] {
  const { self, stored } = voter.voting;
  const { host } = stored.term;
  const nothing = { words: NO_VOTE, sentMs: NOW_MS, answersMs: null };
  if (!voter.hasPower && !other.voting.off.has(self)) return [{ from: self, to, ...nothing, isProof: true }];
  const matters = host === self || host === to || other.voting.stored.term.host === self;
  if (!voter.up || !matters) return [];
  const words = voteWords(voter.voting, null, NOW_MS, GROUP_TIMINGS);
  return [{ from: self, to, words, sentMs: NOW_MS, answersMs: host === to ? voter.newestMs : null }];
}

function takes(voter: Voter, { from, words, sentMs, answersMs, isProof }: Ballot): Voter | null {
  const { off } = voter.voting;
  const knows = (host: HostUuid) => (host === from ? isProof === true : off.has(host));
  const before = knowing(voter.voting, knows);
  if (isProof === true) return plain({ ...voter, voting: before });
  const heard = { from, nowMs: NOW_MS, fresh: true, answersMs, words };
  const voting = takeWords(before, heard, GROUP_TIMINGS);
  const isOfTerm = voting.stored.term.host === from;
  const known = before.stored.term.host === from ? voter.newestMs : null;
  const newestMs = isOfTerm ? Math.max(sentMs, known ?? sentMs) : voter.newestMs;
  return plain({ ...voter, voting, newestMs });
}

/** Without what no step of this search looks at, so that states that differ in it only are one. */
function plain({ up, hasPower, voting, newestMs, publishedMs }: Voter): Voter {
  const { self, stored } = voting;
  const isOwn = stored.term.host === self;
  const untilMs = published(up, voting, publishedMs);
  // A leader gives up so long after it was elected last, and not while what it has published lasts.
  const actedMs = untilMs === null ? LONG_AGO_MS : untilMs - GROUP_TIMINGS.mandateMs;
  const counts = [...voting.answers].filter(([, { numberMs }]) => numberMs > LONG_AGO_MS || mayCountOld);
  return {
    up,
    hasPower,
    voting: {
      ...voting,
      startedMs: (isOwn && up) || !hasPower ? voting.startedMs : LONG_AGO_MS,
      promisedMs: !up ? null : (voting.promisedMs ?? LONG_AGO_MS),
      answers: new Map(counts),
      electedMs: isOwn ? Math.max(voting.promisedMs ?? LONG_AGO_MS, actedMs) : LONG_AGO_MS,
      stoodMs: null,
      freeMs: null,
      said: new Map(),
    },
    newestMs: isOwn || stored.term.host === null || !up ? null : newestMs,
    publishedMs: untilMs,
  };
}

/** What is published ends by itself. It is never taken back, also when the monitor is killed or votes for another host. */
function published(up: boolean, voting: Voting, beforeMs: number | null): number | null {
  if (leads({ up, voting })) return electedUntil(voting, NOW_MS, GROUP_TIMINGS);
  return beforeMs !== null && beforeMs >= NOW_MS ? beforeMs : null;
}

const mayCountOld = NOW_MS - GROUP_TIMINGS.mandateMs <= LONG_AGO_MS;

function showVoter({ up, hasPower, voting, publishedMs }: Voter): string {
  const { term } = voting.stored;
  const promise = voting.promisedMs === null ? "" : ` promised ${ageText(voting.promisedMs)}`;
  const mandate = publishedMs !== null ? " MANDATE" : "";
  const off = voting.off.size === 0 ? "" : ` knows ${[...voting.off].join("")} off`;
  return `${up ? "" : hasPower ? "(down) " : "(off) "}${termText(term)}${promise}${off}${mandate}`;
}

export const termText = ({ count, host }: Term): string => `${count}${host ?? "-"}`;

const ageText = (ms: number | null): string =>
  ms === null
    ? "none"
    : ms <= LONG_AGO_MS
      ? "long ago"
      : ms === NOW_MS
        ? "now"
        : `${(NOW_MS - ms) / 1000} s ago`;
