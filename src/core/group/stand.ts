import type { HostUuid } from "../model/ids.ts";
import { counts, isCarried } from "./carried.ts";
import { leadOf } from "./leader-heard.ts";
import { isElected } from "./mandate.ts";
import { takeOwnTerm } from "./take-words.ts";
import type { GroupTimings } from "./timings.ts";
import { isPromiseOver, type Voting } from "./voting.ts";

/** Asks for votes, where nothing that was promised forbids it. The newest term wins, so it is newer than all that was heard. */
export function stand(voting: Voting, nowMs: number, timings: GroupTimings): Voting {
  const { stored, said } = voting;
  const { roll, term } = stored;
  if (
    roll === null ||
    !counts(voting) ||
    isElected(voting, nowMs, timings) ||
    !isPromiseOver(voting, nowMs, timings)
  )
    return voting;
  const heard = [...said.values()].map(({ words }) => words.term.count);
  const newest = Math.max(term.count, roll.id.term.count, ...heard);
  return { ...takeOwnTerm(voting, newest + 1, nowMs), stoodMs: nowMs };
}

/**
 * May this host stand when its turn comes? When no leader is heard of, and a majority freshly says that it hears of none either: one
 * that is alone in not hearing a leader does not disturb it. Not who is bound by a promise, as every monitor that starts. Who has
 * stood in vain waits until the promises are over that it may itself have kept alive, over a link on which it is heard and does not
 * hear.
 */
export function mayStand(voting: Voting, nowMs: number, timings: GroupTimings): boolean {
  const { self, said, stoodMs } = voting;
  const isFree = leadOf(voting, nowMs, timings).kind === "none" && isPromiseOver(voting, nowMs, timings);
  if (!isFree || (stoodMs !== null && nowMs - stoodMs < timings.stepDownMs + timings.promiseMs)) return false;
  const hearsNone = (host: HostUuid) => {
    const last = said.get(host);
    return last !== undefined && nowMs - last.atMs <= timings.saidMs && last.words.lead.kind === "none";
  };
  return isCarried(voting, (host) => host === self || hearsNone(host));
}
