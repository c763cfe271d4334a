import type { HostUuid } from "../model/ids.ts";
import { compareRollIds, type Roll } from "./roll.ts";
import { isSameTerm } from "./term.ts";
import type { GroupTimings } from "./timings.ts";
import type { VoteWords } from "./vote-words.ts";
import type { Voting } from "./voting.ts";

/** A roll as a leader sends it to who has not got it. */
export interface HeardRoll {
  readonly from: HostUuid;
  readonly nowMs: number;
  readonly fresh: boolean;
  readonly words: VoteWords;
  readonly roll: Roll;
  readonly before: Roll | null;
}

/** Stores the roll of the host whose term was taken, when it made it in that term. */
export function takeRoll(voting: Voting, heard: HeardRoll, timings: GroupTimings): Voting {
  const { fresh, words, roll, before, from } = heard;
  if (!fresh || words.term.host !== from || !isSameTerm(roll.id.term, words.term)) return voting;
  const { stored } = voting;
  if (stored.roll === null) return adopt(voting, heard, timings);
  if (!isSameTerm(words.term, stored.term) || compareRollIds(roll.id, stored.roll.id) <= 0) return voting;
  return { ...voting, stored: { ...stored, roll, before } };
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
