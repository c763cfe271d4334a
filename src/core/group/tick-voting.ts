import type { HostUuid } from "../model/ids.ts";
import { isCarried } from "./carried.ts";
import { hasRepeated, isElected } from "./mandate.ts";
import { compareRollIds } from "./roll.ts";
import { mayStand, stand } from "./stand.ts";
import { stepDown } from "./step-down.ts";
import type { GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/** What time does to the vote of this host. `before`: how many hosts it hears that should stand first. */
export function tickVoting(voting: Voting, nowMs: number, before: number, timings: GroupTimings): Voting {
  if (voting.stored.term.host === voting.self) return lead(voting, nowMs, timings);
  if (!mayStand(voting, nowMs, timings)) return { ...voting, freeMs: null };
  const freeMs = voting.freeMs ?? nowMs;
  const isTurn = nowMs - freeMs >= before * timings.turnMs;
  return isTurn ? stand(voting, nowMs, timings) : { ...voting, freeMs };
}

/** Of a host in its own term. One change at a time, each on disk before the next. */
function lead(voting: Voting, nowMs: number, timings: GroupTimings): Voting {
  const seen = { ...voting, freeMs: null };
  if (!isElected(voting, nowMs, timings))
    // Nobody answers.
    return nowMs - voting.electedMs < timings.stepDownMs ? seen : stepDown(seen);
  const elected = { ...seen, electedMs: nowMs, stoodMs: null };
  return hasRepeated(elected) ? settle(elected) : repeat(elected);
}

/**
 * The newest roll among those that voted is made this leader's own, once, before anything else: without that an older leader's
 * roll that only a minority has could win later, although this one's was settled in the meantime.
 */
function repeat(voting: Voting): Voting {
  const { stored } = voting;
  const { roll, term } = stored;
  if (roll === null) return voting;
  const before = stored.before ?? roll;
  return { ...voting, stored: { ...stored, roll: { ...roll, id: { term, version: 1 } }, before } };
}

/** A majority, of the roll before too, has answered that it has stored this roll. */
function settle(voting: Voting): Voting {
  const { self, stored, answers } = voting;
  const { roll, before } = stored;
  if (roll === null || before === null) return voting;
  const has = (host: HostUuid) =>
    host === self || compareRollIds(answers.get(host)?.roll ?? null, roll.id) === 0;
  return isCarried(voting, has) ? { ...voting, stored: { ...stored, before: null } } : voting;
}
