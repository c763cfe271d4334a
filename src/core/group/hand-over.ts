import type { HostUuid } from "../model/ids.ts";
import { isCarried } from "./carried.ts";
import type { GroupState, Moment } from "./group.ts";
import { mandateUntil } from "./mandate.ts";
import { answersAsMaster, hasResigned, mayReplace } from "./own-state.ts";
import { HEARD_MS, isHeardDirectly } from "./peer-state.ts";
import { compareRollIds, isOnRoll } from "./roll.ts";
import { stepDown } from "./step-down.ts";
import type { GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/** A hand-over of the lead to the XAPI master, or to a host that can take its place. Times are this host's uptime. */
export interface HandOver {
  /** Since when this host acts no more, and says so to its own iterations; null: it does not hand over. */
  readonly sinceMs: number | null;
  /** When it did so last: a master that is not elected is not tried again at once. */
  readonly lastMs: number;
}

export const NO_HAND_OVER: HandOver = { sinceMs: null, lastMs: Number.NEGATIVE_INFINITY };

/** So long it has acted no more before another host may be elected: what was begun just before has then begun. */
const STILL_MS = 1_000;
const AGAIN_MS = 60_000;

/**
 * The leader should be the XAPI master: what another leader may do is little. So it gives up its term when a master answers,
 * has the settled roll and hears a majority; that one goes first in the election that follows. Where the master is dead, a leader that is
 * in maintenance, or does not know its pool, gives up its term to any host that is enabled: it would replace nobody.
 */
export function stepHandOver(
  state: GroupState,
  before: HandOver,
  moment: Moment & { readonly isFencing: boolean },
  timings: GroupTimings,
): { readonly voting: Voting; readonly handOver: HandOver } {
  const { voting } = state;
  const { nowMs } = moment;
  // A fence that is cut off in the middle has switched off a host that nobody then takes care of.
  if (moment.isFencing || mandateUntil(voting, nowMs, timings) === null || !hasHeir(state, moment))
    return { voting, handOver: { ...before, sinceMs: null } };
  const { sinceMs, lastMs } = before;
  if (sinceMs === null) {
    const begins = nowMs - lastMs >= AGAIN_MS;
    return { voting, handOver: { lastMs, sinceMs: begins ? nowMs : null } };
  }
  if (nowMs - sinceMs < STILL_MS) return { voting, handOver: before };
  // It has stood in vain, as it were: the master goes first, and this host waits.
  return { voting: { ...stepDown(voting), stoodMs: nowMs }, handOver: { sinceMs: null, lastMs: nowMs } };
}

/**
 * The master that the roll names; no other one, for it would do nothing with the lead, and keep it. Where that one does not answer, and
 * this host could not take its place, a host that could.
 */
function hasHeir({ hearing, voting }: GroupState, { nowMs, own }: Moment): boolean {
  const { roll, before } = voting.stored;
  if (roll === null || before !== null) return false;
  if (roll.master === voting.self && !hasResigned(own)) return false;
  const heard = [...hearing.peers].filter(
    ([host, peer]) => isOnRoll(roll, host) && isHeardDirectly(peer, nowMs),
  );
  const isMaster = own.role === "master" || heard.some(([, peer]) => peer.own?.role === "master");
  // The named one can become master again, where nobody is it.
  const isThere = heard.some(
    ([host, peer]) =>
      host === roll.master && (answersAsMaster(peer.own) || (peer.own?.role === "slave" && !isMaster)),
  );
  const isFit = mayReplace(own) && !hasResigned(own);
  // What this host has claimed is no use to another one.
  const unclaimed = { ...voting, held: new Set<string>() };
  return heard.some(([heir, { own: said, hears }]) => {
    const isFitter = !isFit && said?.enabled === true;
    if (isThere ? heir !== roll.master : !isFitter) return false;
    const hasRoll = compareRollIds(voting.said.get(heir)?.words.roll ?? null, roll.id) === 0;
    const isHeardThere = (host: HostUuid): boolean =>
      host === heir || hears.some((one) => one.host === host && one.ageMs <= HEARD_MS);
    return hasRoll && isCarried(unclaimed, isHeardThere);
  });
}
