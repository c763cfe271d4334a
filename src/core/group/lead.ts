import type { HostUuid } from "../model/ids.ts";
import { changeRoll } from "./change-roll.ts";
import { awaitedToFound, type Founding, found, stepFounding } from "./found.ts";
import { type GroupState, type Moment, tickVote } from "./group.ts";
import type { GroupTimings } from "./timings.ts";
import { wantedRoll } from "./wanted-roll.ts";

/** The moment of a tick, and strangers that speak to this host. */
export interface LeadMoment extends Moment {
  readonly greeters: ReadonlySet<HostUuid>;
}

export interface Led {
  readonly state: GroupState;
  readonly founding: Founding;
  /** Whom this host waits for before it can found the group. */
  readonly awaited: readonly HostUuid[];
}

/** What time does to the vote of this host, and what it does itself: found the group, or change the roll as its leader. */
export function tickAndLead(
  before: GroupState,
  founding: Founding,
  moment: LeadMoment,
  timings: GroupTimings,
): Led {
  const state = tickVote(before, moment, timings);
  const { nowMs, own } = moment;
  const awaited = awaitedToFound(state, own, nowMs, timings);
  const next = stepFounding(founding, awaited, state.voting, nowMs);
  const led = next.due
    ? found(state.voting, nowMs, state.hearing.bootId, timings)
    : withWantedRoll(state, moment, timings);
  return {
    state: led === state.voting ? state : { ...state, voting: led },
    founding: next.founding,
    awaited: awaited ?? [],
  };
}

function withWantedRoll(state: GroupState, moment: LeadMoment, timings: GroupTimings) {
  const content = wantedRoll(state, moment);
  const changed = content === null ? null : changeRoll(state.voting, content, moment.nowMs, timings);
  return changed ?? state.voting;
}
