import type { HostUuid } from "../model/ids.ts";
import { hasRepeated } from "./mandate.ts";
import { compareRollIds, type Roll } from "./roll.ts";
import { isNewerTerm, isSameTerm } from "./term.ts";
import type { GroupTimings } from "./timings.ts";
import type { VoteWords } from "./vote-words.ts";
import type { Voting } from "./voting.ts";

/** A roll as it is sent to who has not got it. */
export interface HeardRoll {
  readonly from: HostUuid;
  readonly nowMs: number;
  readonly fresh: boolean;
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
  const isBrought = (isLeaders(heard) && isSameTerm(words.term, stored.term)) || isWanted(voting, heard);
  if (!isBrought || compareRollIds(roll.id, stored.roll.id) <= 0) return voting;
  return { ...voting, stored: { ...stored, roll, before } };
}

/** Its sender has made it in its own term. */
function isLeaders({ from, words, roll }: HeardRoll): boolean {
  return words.term.host === from && isSameTerm(roll.id.term, words.term);
}

/**
 * A host that asks for votes and whose roll is old gets none, and is told the newer roll by whom it has asked. Otherwise a
 * pool would have no leader in which only that host reaches a majority. It is an older leader's roll, never one of a term
 * that this host has not yet come to.
 */
function isWanted(voting: Voting, { roll }: HeardRoll): boolean {
  const { self, stored } = voting;
  const asks = stored.term.host === self && !hasRepeated(voting);
  return asks && isNewerTerm(stored.term, roll.id.term);
}

/**
 * A host that has no roll may have lost it, and with it a vote that somebody still counts. So it comes to one only through
 * a leader that got its mandate without it: not before the votes are over that it may have given.
 */
function adopt(voting: Voting, heard: HeardRoll, { promiseMs }: GroupTimings): Voting {
  const { nowMs, words, roll, before } = heard;
  if (words.lead.kind !== "leads" || nowMs - voting.startedMs < promiseMs) return voting;
  return { ...voting, stored: { term: words.term, roll, before }, promisedMs: nowMs };
}
