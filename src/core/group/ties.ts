import type { HostUuid } from "../model/ids.ts";
import { isElected, mandateUntil } from "./mandate.ts";
import { compareRollIds, isMoreThanHalf, type Roll } from "./roll.ts";
import { mayStand } from "./stand.ts";
import type { Stored } from "./stored.ts";
import type { GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/** What the place outside the pool has said of a name. */
export type TieAnswer =
  /** That host has claimed it, for good. */
  | { readonly kind: "held"; readonly holder: HostUuid }
  /** Nobody has. */
  | { readonly kind: "free" }
  /** It did not answer, or said something odd. Why, for people, with the cure. */
  | { readonly kind: "unknown"; readonly why: string };

/** A question to the place, of which there is one at a time. */
export interface TieQuestion {
  /** `look`: who has claimed it. `remove`: nobody needs it any more. */
  readonly verb: "claim" | "look" | "remove";
  readonly name: string;
}

/** What a monitor knows of ties besides those that it has claimed (`Voting.held`). All times are its uptime. */
export interface Ties {
  /** Since when it lacks nothing but a claim; null: it does not. */
  readonly lacksMs: number | null;
  /** The last answer about each name of its rolls, and when it came, as long as it leads or lacks a claim. */
  readonly said: ReadonlyMap<string, { readonly answer: TieAnswer; readonly atMs: number }>;
  /** Rolls that this leader has replaced by one with another tie: their claims are removed when nobody can go back to them. */
  readonly old: readonly Roll[];
  /** It led by a claim that is gone, and has not led since. */
  readonly isLost: boolean;
  /** Since when each question has remained without an answer; null: the last one was answered. */
  readonly silentMs: number | null;
}

/** Of `GroupState`, what this is about. */
interface TieState {
  readonly voting: Voting;
  readonly ties: Ties;
}

export const NO_TIES: Ties = { lacksMs: null, said: new Map(), old: [], isLost: false, silentMs: null };

/** More than one changes its tie in a row only where hosts come and go by the minute. */
const MOST_OLD = 4;

/** What time does to it. */
export function stepTies<S extends TieState>(state: S, nowMs: number, timings: GroupTimings): S {
  const { voting, ties } = state;
  const names = namesOf(voting.stored);
  if (names.length === 0 && ties === NO_TIES && voting.held.size === 0) return state;
  const isLeader = mandateUntil(voting, nowMs, timings) !== null;
  const lacks = lackedTies(voting, nowMs, timings).length > 0;
  const isAsking = isLeader || lacks;
  const next: Ties = {
    lacksMs: lacks ? (ties.lacksMs ?? nowMs) : null,
    said: isAsking ? new Map([...ties.said].filter(([name]) => names.includes(name))) : NO_TIES.said,
    old: isLeader ? withReplaced(ties.old, voting.stored) : [],
    isLost: ties.isLost && !isLeader,
    silentMs: isAsking ? ties.silentMs : null,
  };
  const held = new Set([...voting.held].filter((name) => names.includes(name)));
  return { ...state, voting: { ...voting, held }, ties: next };
}

/** Of the rolls that count, the older one first: whoever does not get that one needs no other. */
function namesOf({ roll, before }: Stored): readonly string[] {
  const names = [before, roll].flatMap((one) => (one === null || one.tie === null ? [] : [one.tie]));
  return [...new Set(names)];
}

function withReplaced(old: readonly Roll[], { roll, before }: Stored): readonly Roll[] {
  const isNew = before !== null && before.tie !== null && before.tie !== roll?.tie;
  if (!isNew || old.some(({ tie }) => tie === before.tie)) return old;
  return [...old, before].slice(-MOST_OLD);
}

/**
 * The ties that are all this host lacks for a majority: as a leader or candidate for its votes, and as any other host for standing. Empty: it
 * lacks none, or more than that.
 */
export function lackedTies(voting: Voting, nowMs: number, timings: GroupTimings): readonly string[] {
  const reaches = (held: ReadonlySet<string>): boolean => {
    const one = { ...voting, held };
    return one.stored.term.host === one.self ? isElected(one, nowMs, timings) : mayStand(one, nowMs, timings);
  };
  const names = namesOf(voting.stored).filter((name) => !voting.held.has(name));
  const without = (left: string | null) =>
    new Set([...voting.held, ...names.filter((name) => name !== left)]);
  if (names.length === 0 || reaches(voting.held) || !reaches(without(null))) return [];
  return names.filter((name) => !reaches(without(name)));
}

/** The claims without which this host would not lead. */
export function livesBy(voting: Voting, nowMs: number, timings: GroupTimings): readonly string[] {
  if (voting.held.size === 0 || !isElected(voting, nowMs, timings)) return [];
  const without = (name: string) => new Set([...voting.held].filter((other) => other !== name));
  return [...voting.held].filter((name) => !isElected({ ...voting, held: without(name) }, nowMs, timings));
}

/**
 * An answer of the place. A leader that lives by a claim which is gone has lost its mandate, before the time that it has published for it:
 * until then it is bound to itself.
 */
export function takeTieAnswer<S extends TieState>(
  state: S,
  { verb, name }: TieQuestion,
  answer: TieAnswer,
  nowMs: number,
): S {
  const { voting, ties } = state;
  // What could not be removed stays there; nobody asks for it again.
  if (verb === "remove")
    return { ...state, ties: { ...ties, old: ties.old.filter(({ tie }) => tie !== name) } };
  if (!namesOf(voting.stored).includes(name)) return state;
  const said = new Map(ties.said).set(name, { answer, atMs: nowMs });
  const silentMs = answer.kind === "unknown" ? (ties.silentMs ?? nowMs) : null;
  const next = { ...state, ties: { ...ties, said, silentMs } };
  if (answer.kind === "unknown") return next;
  const isHeld = answer.kind === "held" && answer.holder === voting.self;
  if (isHeld === voting.held.has(name)) return next;
  const others = [...voting.held].filter((one) => one !== name);
  const held = new Set(isHeld ? [...others, name] : others);
  const isBound = !isHeld && voting.stored.term.host === voting.self;
  return {
    ...next,
    ties: { ...next.ties, isLost: ties.isLost || isBound },
    voting: { ...voting, held, promisedMs: isBound ? nowMs : voting.promisedMs },
  };
}

/** Has this host, or another one, claimed this tie, as far as it knows? */
export function isClaimed({ voting, ties }: TieState, name: string): boolean {
  return voting.held.has(name) || ties.said.get(name)?.answer.kind === "held";
}

/**
 * Can nobody go back to this roll? A host that has stored a newer one does not vote for who has not. So when more than half of its hosts
 * have, its tie decides nothing any more.
 */
export function isPast(old: Roll, { self, stored, answers }: Voting): boolean {
  const isNewer = (host: HostUuid): boolean => {
    const roll = host === self ? (stored.roll?.id ?? null) : (answers.get(host)?.roll ?? null);
    return compareRollIds(roll, old.id) > 0;
  };
  return stored.before === null && isMoreThanHalf(old, isNewer);
}
