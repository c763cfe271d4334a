import type { HostUuid } from "../model/ids.ts";

/**
 * A term is a pair, compared in this order. To take a term is to vote for its host, so two hosts can never lead the same
 * one. `host` null: nobody's, which a host takes that gives up its own.
 */
export interface Term {
  readonly count: number;
  readonly host: HostUuid | null;
}

/** Of a host that has never voted: any other is newer. */
export const NO_TERM: Term = { count: 0, host: null };

/** Below 0: `a` is older; 0: the same; above 0: newer. */
export function compareTerms(a: Term, b: Term): number {
  if (a.count !== b.count) return a.count - b.count;
  if (a.host === b.host) return 0;
  return (a.host ?? "") < (b.host ?? "") ? -1 : 1;
}

export function isNewerTerm(a: Term, than: Term): boolean {
  return compareTerms(a, than) > 0;
}

export function isSameTerm(a: Term, b: Term): boolean {
  return compareTerms(a, b) === 0;
}
