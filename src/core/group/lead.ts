import type { DisarmWord } from "../model/disarm-words.ts";
import type { HostUuid } from "../model/ids.ts";
import { type Absent, stepAbsent } from "./absent.ts";
import { changeRoll } from "./change-roll.ts";
import { awaitedToFound, type Founding, found, stepFounding } from "./found.ts";
import { type GroupState, type Moment, tickVote } from "./group.ts";
import { type HandOver, NO_HAND_OVER, stepHandOver } from "./hand-over.ts";
import { stepDown } from "./step-down.ts";
import type { GroupTimings } from "./timings.ts";
import { isPromiseOver } from "./voting.ts";
import { type LeaderSight, wantedRoll } from "./wanted-roll.ts";

/** The moment of a tick, and strangers that speak to this host. */
export interface LeadMoment extends Moment {
  /** A fence by this host is under way. */
  readonly isFencing: boolean;
  /** `GroupReport.without`. */
  readonly without: readonly HostUuid[];
  /** `GroupReport.maintenance`. */
  readonly maintenance: readonly HostUuid[];
  readonly greeters: ReadonlySet<HostUuid>;
  /** `LeaderSight.leaseMs`. */
  readonly leaseMs: number | null;
  /** `LeaderSight.tieTag`. */
  readonly tieTag: string | null;
  /** `GroupReport.disarm`. */
  readonly disarmWords: readonly DisarmWord[];
  /** `LeaderSight.armWords`. */
  readonly armWords: readonly DisarmWord[];
  /** Its iterations have told of the pool. */
  readonly knowsPool: boolean;
}

/** What a monitor remembers of what it does itself. */
export interface Leading {
  readonly founding: Founding;
  readonly handOver: HandOver;
  readonly absent: Absent;
}

export const NOT_LEADING: Leading = {
  founding: { readyMs: null },
  handOver: NO_HAND_OVER,
  absent: new Map(),
};

export interface Led {
  readonly state: GroupState;
  readonly leading: Leading;
  /** Whom this host waits for before it can found the group. */
  readonly awaited: readonly HostUuid[];
}

/**
 * What time does to the vote of this host, and what it does itself: found the group, and as its leader change the roll, or hand
 * over to the XAPI master. Whose iterations have forgotten the pool votes and does not lead: they would do nothing with it.
 */
export function tickAndLead(
  before: GroupState,
  leading: Leading,
  moment: LeadMoment,
  timings: GroupTimings,
): Led {
  if (!moment.knowsPool)
    return { state: withoutLead(before, moment.nowMs, timings), leading: NOT_LEADING, awaited: [] };
  const state = tickVote(before, moment, timings);
  const { nowMs, own } = moment;
  const absent = stepAbsent(state, leading.absent, moment);
  const awaited = awaitedToFound(state, own, moment, timings);
  const next = stepFounding(leading.founding, awaited, nowMs);
  const led = next.due
    ? found(state.voting, { ...moment, bootId: state.hearing.bootId }, timings)
    : withWantedRoll(state, { ...moment, absent }, timings);
  const { voting, handOver } = stepHandOver({ ...state, voting: led }, leading.handOver, moment, timings);
  return {
    state: voting === state.voting ? state : { ...state, voting },
    leading: { founding: next.founding, handOver, absent },
    awaited: awaited ?? [],
  };
}

/** Its own term it leaves when nobody on this host can act on it any more. */
function withoutLead(state: GroupState, nowMs: number, timings: GroupTimings): GroupState {
  const { voting } = state;
  const leaves = voting.stored.term.host === voting.self && isPromiseOver(voting, nowMs, timings);
  return { ...state, voting: { ...(leaves ? stepDown(voting) : voting), freeMs: null } };
}

function withWantedRoll(state: GroupState, moment: LeaderSight, timings: GroupTimings) {
  const content = wantedRoll(state, moment, timings);
  const changed = content === null ? null : changeRoll(state.voting, content, moment.nowMs, timings);
  return changed ?? state.voting;
}
