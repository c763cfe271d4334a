import type { GroupState } from "./group.ts";
import { mandateUntil } from "./mandate.ts";
import { isHeardDirectly } from "./peer-state.ts";
import { isAtPlace } from "./tie-name.ts";
import { isPast, lackedTies, livesBy, type TieAnswer, type TieQuestion } from "./ties.ts";
import type { GroupTimings } from "./timings.ts";

/** What is asked of the place, and when, in milliseconds. */
const LATER_MS = 3_000;
const TAKEN_MS = 10_000;
const SILENT_MS = 1_000;
/** A question without an answer takes ten seconds, and is asked again a second later. */
const BACK_MS = 12_000;
const LIVES_BY_MS = 5_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** The moment of a tick, and the place that the parameters of this host name now. */
export interface TieSight {
  readonly nowMs: number;
  /** `GroupReport.tie`, its tag; null: none. */
  readonly tag: string | null;
}

/**
 * What should be asked of the place now; null: nothing. In this order: the claim that it lacks; whether the claim is still there by which it
 * leads; whether somebody has claimed the tie of the roll, for then it needs another one; and the removal of what nobody needs.
 */
export function tieWish(state: GroupState, sight: TieSight, timings: GroupTimings): TieQuestion | null {
  const { nowMs, tag } = sight;
  const question =
    wantedClaim(state, nowMs, timings) ??
    wantedLook(state, nowMs, timings) ??
    wantedRemoval(state, nowMs, timings);
  // The place of the name is another one than this host knows: what it says of this name means nothing.
  return question !== null && isAtPlace(question.name, tag) ? question : null;
}

/**
 * The XAPI master's side claims at once. The others wait: so that the side goes on that has the pool database, where it can, and no host whose partner's monitor
 * starts again takes the lead from it. At a place that has just come back they wait for longer than the master's side may
 * wait there for an answer still.
 */
function wantedClaim(state: GroupState, nowMs: number, timings: GroupTimings): TieQuestion | null {
  const { voting, ties } = state;
  const [name] = lackedTies(voting, nowMs, timings);
  if (name === undefined || ties.lacksMs === null) return null;
  const isFirst = isOnMastersSide(state, nowMs);
  if (!isFirst && nowMs - ties.lacksMs < LATER_MS) return null;
  const said = ties.said.get(name);
  if (said === undefined) return { verb: "claim", name };
  const { kind } = said.answer;
  if (nowMs - said.atMs < againMs(kind, isFirst)) return null;
  return { verb: !isFirst && kind === "unknown" ? "look" : "claim", name };
}

function againMs(kind: TieAnswer["kind"], isFirst: boolean): number {
  if (kind === "held") return TAKEN_MS;
  return !isFirst && kind === "free" ? BACK_MS : SILENT_MS;
}

function isOnMastersSide({ hearing, voting }: GroupState, nowMs: number): boolean {
  const { roll } = voting.stored;
  if (roll === null || roll.master === voting.self) return roll !== null;
  const peer = hearing.peers.get(roll.master);
  return peer !== undefined && isHeardDirectly(peer, nowMs);
}

function wantedLook(state: GroupState, nowMs: number, timings: GroupTimings): TieQuestion | null {
  const { voting, ties } = state;
  const { roll } = voting.stored;
  if (roll?.tie == null || mandateUntil(voting, nowMs, timings) === null) return null;
  const isDue = (name: string, afterMs: number): boolean => {
    const said = ties.said.get(name);
    return said === undefined || nowMs - said.atMs >= afterMs;
  };
  const lost = livesBy(voting, nowMs, timings).find((name) => isDue(name, LIVES_BY_MS));
  if (lost !== undefined) return { verb: "look", name: lost };
  const isSilent = ties.said.get(roll.tie)?.answer.kind === "unknown";
  return isDue(roll.tie, isSilent ? MINUTE_MS : HOUR_MS) ? { verb: "look", name: roll.tie } : null;
}

function wantedRemoval(state: GroupState, nowMs: number, timings: GroupTimings): TieQuestion | null {
  const { voting, ties } = state;
  if (mandateUntil(voting, nowMs, timings) === null) return null;
  const past = ties.old.find((roll) => isPast(roll, voting));
  return past?.tie == null ? null : { verb: "remove", name: past.tie };
}
