import type { HostUuid } from "../model/ids.ts";
import { isCarried, isCarriedByAll } from "./carried.ts";
import { isMoreThanHalf } from "./roll.ts";
import { isSameTerm } from "./term.ts";
import type { GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/**
 * Until when a majority votes for this host: so long after it has *sent* the newest number that a majority has answered,
 * for what was sent is what they have promised; null: there was none, or it is over. Its own vote it has at any time; but a
 * monitor that has just started does not lead by that alone: while its host was off, another one may have gone on without it.
 */
export function electedUntil(
  voting: Voting,
  nowMs: number,
  { mandateMs, promiseMs }: GroupTimings,
): number | null {
  const { self, stored, answers, startedMs } = voting;
  if (stored.term.host !== self) return null;
  const untils = [...answers].map(([host, { numberMs }]) => ({ host, untilMs: numberMs + mandateMs }));
  untils.sort((a, b) => b.untilMs - a.untilMs);
  const having = new Set([self]);
  let untilMs = nowMs + mandateMs;
  const mayLeadAlone = nowMs - startedMs >= promiseMs;
  const has = (host: HostUuid) => having.has(host);
  const isEnough = () =>
    (having.size > 1 || mayLeadAlone) && isCarried(voting, has) && !lacksCompany(voting, has);
  for (const next of untils) {
    if (isEnough()) break;
    having.add(next.host);
    untilMs = next.untilMs;
  }
  return untilMs >= nowMs && isEnough() ? untilMs : null;
}

/** Half of the hosts, with the double vote, and this one may be of the half that was switched off. */
function lacksCompany(voting: Voting, has: (host: HostUuid) => boolean): boolean {
  const { needsCompany, stored } = voting;
  if (!needsCompany || isCarriedByAll(voting, has)) return false;
  return [stored.roll, stored.before].some((roll) => roll !== null && !isMoreThanHalf(roll, has));
}

export function isElected(voting: Voting, nowMs: number, timings: GroupTimings): boolean {
  return electedUntil(voting, nowMs, timings) !== null;
}

/** Has this host made the roll its own in its term? It does so first of all when it is elected. */
export function hasRepeated({ self, stored: { term, roll } }: Voting): boolean {
  return term.host === self && roll !== null && isSameTerm(roll.id.term, term);
}

/**
 * The right to act, until this uptime; null: this host has none. Not before the first roll of the own term is settled:
 * until then an older leader's roll may still come to light.
 */
export function mandateUntil(voting: Voting, nowMs: number, timings: GroupTimings): number | null {
  const { roll, before } = voting.stored;
  const hasActed = roll !== null && (before === null || roll.id.version > 1);
  return hasRepeated(voting) && hasActed ? electedUntil(voting, nowMs, timings) : null;
}
