import type { Voting } from "./voting.ts";

/**
 * Leaves the own term for nobody's, so that those who hear this host without being heard are free to follow another host.
 */
export function stepDown(voting: Voting): Voting {
  const { stored } = voting;
  const term = { count: stored.term.count + 1, host: null };
  return { ...voting, stored: { ...stored, term }, promisedMs: null, answers: new Map() };
}
