import { isElected, mandateUntil } from "./mandate.ts";
import { isEachOnce, isOnRoll, type Roll } from "./roll.ts";
import type { GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/** A roll as the leader wants it next. Its id, and with it the office of its master, are not the leader's choice. */
export type RollContent = Omit<Roll, "id" | "office">;

/**
 * Changes the roll; null: this host may not now. One change at a time: the one before must be settled, so that there are
 * never more than two rolls whose majorities count. And none without a majority of hosts that answer now, in both rolls: it
 * could never be settled, and binds whoever has stored it.
 */
export function changeRoll(
  voting: Voting,
  content: RollContent,
  nowMs: number,
  timings: GroupTimings,
): Voting | null {
  const { self, stored } = voting;
  const { roll, before } = stored;
  if (roll === null || before !== null || mandateUntil(voting, nowMs, timings) === null) return null;
  // A roll that another host would not take could never be settled.
  if (!isEachOnce(content.hosts) || !content.hosts.some(({ host }) => host === content.master)) return null;
  const id = { term: stored.term, version: roll.id.version + 1 };
  const office = content.master === roll.master ? roll.office : id;
  const next: Roll = { ...content, id, office };
  const changed: Voting = { ...voting, stored: { ...stored, roll: next, before: roll } };
  const canSettle = isOnRoll(next, self) && isElected(changed, nowMs, timings);
  return canSettle ? changed : null;
}
