import type { HostUuid } from "../model/ids.ts";
import { hasRepeated, isElected } from "./mandate.ts";
import { compareRollIds } from "./roll.ts";
import { stepDown } from "./step-down.ts";
import { isNewerTerm, isSameTerm, type Term } from "./term.ts";
import type { GroupTimings } from "./timings.ts";
import type { VoteWords } from "./vote-words.ts";
import { isPromiseOver, type Voting } from "./voting.ts";

/** A message of another host whose number is newer than all before. */
export interface HeardWords {
  readonly from: HostUuid;
  readonly nowMs: number;
  /** It answers a number of the last seconds (peer-state.ts). */
  readonly fresh: boolean;
  /** The number that it answers: the own uptime, of this boot when the message is fresh; null: it answers none. */
  readonly answersMs: number | null;
  readonly words: VoteWords;
}

/** What a message means for the vote of this host. */
export function takeWords(voting: Voting, heard: HeardWords, timings: GroupTimings): Voting {
  const promised = keepPromise(voting, heard);
  if (!heard.fresh) return promised;
  const said = new Map(promised.said).set(heard.from, {
    words: heard.words,
    atMs: heard.nowMs,
    answersMs: heard.answersMs,
  });
  return learnSettled(vote({ ...promised, said }, heard, timings), heard);
}

/**
 * What is answered is promised: each newer number of the host of this term, fresh or not, because this host is going to
 * answer it, and the other one counts its mandate from there. One that has taken a newer term, which is not its own, has
 * given up what it was promised.
 */
function keepPromise(voting: Voting, { from, nowMs, fresh, words }: HeardWords): Voting {
  const { term } = voting.stored;
  if (term.host !== from) return voting;
  if (words.term.host === from) return { ...voting, promisedMs: nowMs };
  return fresh && isNewerTerm(words.term, term) ? { ...voting, promisedMs: null } : voting;
}

function vote(voting: Voting, heard: HeardWords, timings: GroupTimings): Voting {
  const { nowMs, words } = heard;
  const { self, stored } = voting;
  if (stored.term.host === self) {
    if (isSameTerm(words.term, stored.term)) return countAnswer(voting, heard);
    // Others have gone on without this host, which they took for off: they have a newer roll than the one that it has made.
    if (isSuperseded(voting, heard) && isElected(voting, nowMs, timings))
      return { ...stepDown(voting), promisedMs: nowMs };
    // A host that does not hear its leader may go on to newer terms for ever: it is called back by a newer one still.
    // Until then somebody on this host may act on the last mandate, so it is bound to itself as its voters are.
    if (isNewerTerm(words.term, stored.term) && isElected(voting, nowMs, timings))
      return { ...takeOwnTerm(voting, words.term.count + 1, nowMs), promisedMs: nowMs };
  }
  return mayTake(voting, heard, timings) ? takeTerm(voting, words.term, nowMs) : voting;
}

const isSuperseded = (voting: Voting, { words }: HeardWords): boolean =>
  hasRepeated(voting) && compareRollIds(words.roll, voting.stored.roll?.id ?? null) > 0;

/** An answer: one vote, from its sender only. */
function countAnswer(voting: Voting, { from, answersMs, words }: HeardWords): Voting {
  if (answersMs === null || answersMs <= voting.mutedMs) return voting;
  const numberMs = Math.max(answersMs, voting.answers.get(from)?.numberMs ?? answersMs);
  return { ...voting, answers: new Map(voting.answers).set(from, { numberMs, roll: words.roll }) };
}

/**
 * May this host vote for the sender? Not for one with an older roll than its own: it would lead without knowing what a
 * majority has settled. Whether the sender is on the own roll, which may be old, is not asked.
 */
function mayTake(voting: Voting, { from, nowMs, words }: HeardWords, timings: GroupTimings): boolean {
  const { stored } = voting;
  if (stored.roll === null || words.term.host !== from || !isNewerTerm(words.term, stored.term)) return false;
  if (compareRollIds(words.roll, stored.roll.id) < 0) return false;
  return stored.term.host === from || isPromiseOver(voting, nowMs, timings);
}

/** Votes for the host of another term. */
function takeTerm(voting: Voting, term: Term, nowMs: number): Voting {
  return { ...voting, stored: { ...voting.stored, term }, promisedMs: nowMs, answers: new Map() };
}

/** Takes a term of its own: whatever was answered before was answered to another one. */
export function takeOwnTerm(voting: Voting, count: number, nowMs: number): Voting {
  const term: Term = { count, host: voting.self };
  return {
    ...voting,
    stored: { ...voting.stored, term },
    promisedMs: null,
    answers: new Map(),
    electedMs: nowMs,
  };
}

/** The leader says that a majority has this roll, so the one before it is not needed any more. */
function learnSettled(voting: Voting, { from, words }: HeardWords): Voting {
  const { term, roll, before } = voting.stored;
  const isLeaders = term.host === from && isSameTerm(words.term, term);
  if (!isLeaders || before === null || roll === null || !words.settled) return voting;
  return compareRollIds(words.roll, roll.id) === 0
    ? { ...voting, stored: { ...voting.stored, before: null } }
    : voting;
}
