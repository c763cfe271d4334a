import type { HostUuid } from "../model/ids.ts";
import { isElected } from "./mandate.ts";
import { isOnRoll } from "./roll.ts";
import { isJointMajority } from "./stored.ts";
import { takeOwnTerm } from "./take-words.ts";
import type { GroupTimings } from "./timings.ts";
import { isPromiseOver, type Voting } from "./voting.ts";

/** Asks for votes, where nothing that was promised forbids it. The newest term wins, so it is newer than all that was heard. */
export function stand(voting: Voting, nowMs: number, timings: GroupTimings): Voting {
  const { self, stored, said } = voting;
  if (stored.roll === null || !isOnRoll(stored.roll, self)) return voting;
  const mayLeave =
    stored.term.host === self ? !isElected(voting, nowMs, timings) : isPromiseOver(voting, nowMs, timings);
  if (!mayLeave) return voting;
  const counts = [...said.values()].map(({ words }) => words.term.count);
  const count = Math.max(stored.term.count, ...counts) + 1;
  return { ...takeOwnTerm(voting, count, nowMs), stoodMs: nowMs };
}

/**
 * Should this host stand? When no leader is heard of, and a majority freshly says that it hears of none either: one that
 * is alone in not hearing a leader does not disturb it. Who has stood in vain waits until the promises are over that it may
 * itself have kept alive, over a link on which it is heard and does not hear. `before`: how many hosts it hears that go first.
 */
export function isTurnToStand(voting: Voting, before: number, nowMs: number, timings: GroupTimings): boolean {
  const { self, stored, said, leaderlessMs, stoodMs } = voting;
  if (nowMs - leaderlessMs < before * timings.turnMs) return false;
  if (stoodMs !== null && nowMs - stoodMs < timings.stepDownMs + timings.promiseMs) return false;
  const hearsNone = (host: HostUuid) => {
    const last = said.get(host);
    return last !== undefined && nowMs - last.atMs <= timings.saidMs && last.words.lead.kind === "none";
  };
  return isJointMajority(stored, (host) => host === self || hearsNone(host));
}
