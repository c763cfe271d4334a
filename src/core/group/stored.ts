import type { HostUuid } from "../model/ids.ts";
import { type Claims, isMajority, type Roll } from "./roll.ts";
import { NO_TERM, type Term } from "./term.ts";

/** What a host keeps on its disk, and has there before it says anything that rests on it. */
export interface Stored {
  readonly term: Term;
  /** null: it never had one, or has lost it. Then it neither votes nor stands. */
  readonly roll: Roll | null;
  /** The roll before, until it is known that a majority has stored the newer one; null: the newer one is settled. */
  readonly before: Roll | null;
}

/** Of a host whose file is missing or damaged. */
export const NOTHING_STORED: Stored = { term: NO_TERM, roll: null, before: null };

/**
 * Are these a majority? As long as a roll is not settled they must be one of the roll before as well: whoever decides by
 * the old one and whoever decides by the new one then have a host in common.
 */
export function isJointMajority(
  { roll, before }: Stored,
  has: (host: HostUuid) => boolean,
  claims: Claims,
): boolean {
  if (roll === null) return false;
  return isMajority(roll, has, claims) && (before === null || isMajority(before, has, claims));
}
