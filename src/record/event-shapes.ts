import { type Check, isFlag, isText, listOf, nullOr, objectOf, oneOf } from "../core/memory/shape.ts";
import type { EventTie, EventVotes, PoolEvent } from "../core/model/pool-event.ts";
import { kindOf } from "./shapes.ts";

const isTime = (value: unknown): value is string => isText(value) && !Number.isNaN(Date.parse(value));
/** Of a later version it may be one that this one does not know. */
const isWord = isText as Check<never>;

const isTie = nullOr(oneOf<EventTie>({ "tie-breaker": true, "heuristic-ips": true }));
const isTieIfAny: Check<EventTie | null | undefined> = (value): value is EventTie | null | undefined =>
  value === undefined || isTie(value);

const isEvent = kindOf<PoolEvent>({
  health: {
    at: isTime,
    of: isText,
    state: oneOf({ alive: true, "xapi-down": true, suspect: true, failed: true }),
  },
  incident: { at: isTime, of: isText, phase: isText, proved: isFlag, by: nullOr(isText) },
  "take-over": { at: isTime, phase: isText },
  begun: {
    at: isTime,
    what: isWord,
    of: isText,
    from: nullOr(isText),
    votes: nullOr(
      objectOf<EventVotes>({
        leader: nullOr(isText),
        counts: listOf(isText),
        heard: listOf(isText),
        tie: isTieIfAny,
      }),
    ),
  },
  ended: { at: isTime, what: isWord, of: isText, result: isWord, why: nullOr(isText), on: nullOr(isText) },
  said: {
    at: isTime,
    severity: oneOf({ info: true, warning: true, error: true, critical: true }),
    text: isText,
  },
});

/** The events among what a host has answered; what this version does not know is passed over. */
export function parseEvents(said: readonly unknown[]): readonly PoolEvent[] {
  return said.filter(isEvent);
}
