import { voteWords } from "../../../src/core/group/group.ts";
import { electedUntil, isElected } from "../../../src/core/group/mandate.ts";
import type { Roll } from "../../../src/core/group/roll.ts";
import { stand } from "../../../src/core/group/stand.ts";
import { takeWords } from "../../../src/core/group/take-words.ts";
import { NO_TERM, type Term } from "../../../src/core/group/term.ts";
import { tickVoting } from "../../../src/core/group/tick-voting.ts";
import { GROUP_TIMINGS } from "../../../src/core/group/timings.ts";
import type { VoteWords } from "../../../src/core/group/vote-words.ts";
import { newVoting, type Voting } from "../../../src/core/group/voting.ts";
import { type HostUuid, hostUuid } from "../../../src/core/model/ids.ts";
import { aged, LONG_AGO_MS, NOW_MS } from "./times.ts";
import type { Alone, Rules } from "./world.ts";

/** A host, and the newest number that has come from the host of its term: what it answers. */
export interface Voter {
  readonly up: boolean;
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
}

export interface VotesSize {
  readonly names: readonly string[];
  readonly inFlight: number;
  /** Terms that a history may have. */
  readonly terms: number;
  /** How often a monitor may be killed. */
  readonly kills: number;
}

/**
 * Elections among hosts whose roll stands still: terms, promises and mandates, with time. Every message counts as fresh
 * and any may overtake any other, which is more than the network can do.
 */
export function votesRules({ names, inFlight, terms, kills }: VotesSize): Rules<Voter, Ballot, null> {
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
        voting: { ...voting, startedMs: LONG_AGO_MS, promisedMs: LONG_AGO_MS },
        newestMs: null,
        publishedMs: null,
      });
    },
    alone: (voter) => acts(voter).filter(({ host }) => within(host)),
    sends: (voter, to, other) => sends(voter, hostUuid(to), other),
    takes(voter, ballot) {
      const after = voter.up ? takes(voter, ballot) : null;
      return after !== null && within(after) ? after : null;
    },
    ageHost: (voter) => plain(aged(voter)),
    ageMessage: aged,
    sender: ({ from }) => from,
    receiver: ({ to }) => to,
    broken: (voters) => (voters.filter(mayAct).length > 1 ? "two mandates" : null),
    showHost: showVoter,
    showMessage: ({ from, to, words, sentMs, answersMs }) =>
      `${from}>${to} ${termText(words.term)} sent ${ageText(sentMs)} answers ${ageText(answersMs)}`,
  };
}

export function rollOf(names: readonly string[]): Roll {
  const hosts = names.map((name) => ({ host: hostUuid(name), bootId: null, maintenance: false }));
  const master = hostUuid(names[0] ?? "");
  return { id: { term: { count: 0, host: master }, version: 1 }, hosts, master, ha: true };
}

const leads = ({ up, voting }: Pick<Voter, "up" | "voting">): boolean =>
  up && isElected(voting, NOW_MS, GROUP_TIMINGS);

const mayAct = ({ publishedMs }: Voter): boolean => publishedMs !== null;

function acts(voter: Voter): readonly Alone<Voter>[] {
  const { up, voting } = voter;
  const { stored } = voting;
  if (!up) return [{ label: "starts", host: started(voter, true) }];
  const killed: Alone<Voter> = { label: "is killed", host: started(voter, false), costs: true };
  const stood = stand(voting, NOW_MS, GROUP_TIMINGS);
  const acts = [killed];
  if (stood !== voting) acts.push({ label: "stands", host: plain({ ...voter, voting: stood }) });
  const gaveUp = leads(voter) ? voting : tickVoting(voting, NOW_MS, 0, GROUP_TIMINGS);
  if (gaveUp.stored !== stored) acts.push({ label: "gives up", host: plain({ ...voter, voting: gaveUp }) });
  return acts;
}

function started({ voting: { self, stored }, publishedMs }: Voter, up: boolean): Voter {
  return plain({ up, voting: newVoting(self, stored, NOW_MS), newestMs: null, publishedMs });
}

/** Only what can matter: a request for votes, an answer to the host of the own term, or what frees the other one. */
function sends(voter: Voter, to: HostUuid, other: Voter): readonly Ballot[] {
  const { self, stored } = voter.voting;
  const { host } = stored.term;
  const matters = host === self || host === to || other.voting.stored.term.host === self;
  if (!voter.up || !matters) return [];
  const words = voteWords(voter.voting, NOW_MS, GROUP_TIMINGS);
  return [{ from: self, to, words, sentMs: NOW_MS, answersMs: host === to ? voter.newestMs : null }];
}

function takes(voter: Voter, { from, words, sentMs, answersMs }: Ballot): Voter | null {
  const before = voter.voting;
  const heard = { from, nowMs: NOW_MS, fresh: true, answersMs, words };
  const voting = takeWords(before, heard, GROUP_TIMINGS);
  const isOfTerm = voting.stored.term.host === from;
  const known = before.stored.term.host === from ? voter.newestMs : null;
  const newestMs = isOfTerm ? Math.max(sentMs, known ?? sentMs) : voter.newestMs;
  return plain({ ...voter, voting, newestMs });
}

/** Without what no step of this search looks at, so that states that differ in it only are one. */
function plain({ up, voting, newestMs, publishedMs }: Voter): Voter {
  const { self, stored } = voting;
  const isOwn = stored.term.host === self;
  const counts = [...voting.answers].filter(([, { numberMs }]) => numberMs > LONG_AGO_MS || mayCountOld);
  return {
    up,
    voting: {
      ...voting,
      startedMs: isOwn && up ? voting.startedMs : LONG_AGO_MS,
      promisedMs: !up ? null : (voting.promisedMs ?? LONG_AGO_MS),
      answers: new Map(counts),
      electedMs: isOwn ? (voting.promisedMs ?? LONG_AGO_MS) : LONG_AGO_MS,
      stoodMs: null,
      freeMs: null,
      said: new Map(),
    },
    newestMs: isOwn || stored.term.host === null || !up ? null : newestMs,
    publishedMs: published(up, voting, publishedMs),
  };
}

/** What is published ends by itself. It is never taken back, also when the monitor is killed or votes for another host. */
function published(up: boolean, voting: Voting, beforeMs: number | null): number | null {
  if (leads({ up, voting })) return electedUntil(voting, NOW_MS, GROUP_TIMINGS);
  return beforeMs !== null && beforeMs >= NOW_MS ? beforeMs : null;
}

const mayCountOld = NOW_MS - GROUP_TIMINGS.mandateMs <= LONG_AGO_MS;

function showVoter({ up, voting, publishedMs }: Voter): string {
  const { term } = voting.stored;
  const promise = voting.promisedMs === null ? "" : ` promised ${ageText(voting.promisedMs)}`;
  const mandate = publishedMs !== null ? " MANDATE" : "";
  return `${up ? "" : "(down) "}${termText(term)}${promise}${mandate}`;
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
