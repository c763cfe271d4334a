import type { HostUuid } from "../model/ids.ts";
import { compareRollIds, type Roll } from "./roll.ts";
import { isSameTerm } from "./term.ts";
import type { GroupTimings } from "./timings.ts";
import type { VoteWords } from "./vote-words.ts";
import type { Voting } from "./voting.ts";

/** A roll as it is sent to who has not got it. */
export interface HeardRoll {
  readonly from: HostUuid;
  readonly nowMs: number;
  readonly fresh: boolean;
  /** The number that it answers: the own uptime, of this boot when the message is fresh; null: it answers none. */
  readonly answersMs: number | null;
  readonly words: VoteWords;
  readonly roll: Roll;
  readonly before: Roll | null;
}

/** Stores a roll that is newer than the own one, where it comes from somebody who may bring it. */
export function takeRoll(voting: Voting, heard: HeardRoll, timings: GroupTimings): Voting {
  const { stored } = voting;
  if (!heard.fresh) return voting;
  if (stored.roll === null) return isLeaders(heard) ? adopt(voting, heard, timings) : voting;
  const { words, roll, before } = heard;
  const isBrought = (isLeaders(heard) && isSameTerm(words.term, stored.term)) || isAskedFor(voting);
  if (!isBrought || compareRollIds(roll.id, stored.roll.id) <= 0) return voting;
  return { ...voting, stored: { ...stored, roll, before } };
}

/** Its sender has made it in its own term. */
function isLeaders({ from, words, roll }: HeardRoll): boolean {
  return words.term.host === from && isSameTerm(roll.id.term, words.term);
}

/**
 * A host that asks for votes and whose roll is old gets none, and is told the newer roll by whom it has asked. Otherwise a
 * pool would have no leader in which only that host reaches a majority.
 */
function isAskedFor({ self, stored }: Voting): boolean {
  return stored.term.host === self;
}

/**
 * A host that has no roll may have lost it, and with it a vote that somebody still counts. So it comes to one only through
 * a leader that got its mandate without it: one that answers what this host has sent when the votes were over that it may
 * have given before.
 */
function adopt(voting: Voting, heard: HeardRoll, { promiseMs }: GroupTimings): Voting {
  const { nowMs, answersMs, words, roll, before } = heard;
  if (words.lead.kind !== "leads" || answersMs === null) return voting;
  if (answersMs - voting.startedMs < promiseMs) return voting;
  return { ...voting, stored: { term: words.term, roll, before }, promisedMs: nowMs };
}
