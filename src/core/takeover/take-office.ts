import { groupOf, hasMandate } from "../group/may-act.ts";
import type { Memory } from "../memory/memory.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import { OFFICE_KEY } from "../model/pool-keys.ts";
import { whenDue } from "../pace/back-off.ts";

/**
 * The named master writes into its database by which roll it was named, and that is on disk before anything rests on it. A database
 * without it is older than this master's office: an old database never wins (core/group/README.md, "Who counts: the roll").
 */
export function takeOffice(memory: Memory, round: MasterRound): Step {
  const office = officeOf(round);
  if (office === null || hasOffice(round) || groupOf(round.view)?.roll?.settled !== true)
    return nothing(memory);
  return {
    memory,
    actions: whenDue({ kind: "set-pool-key", key: OFFICE_KEY, value: office }, round),
    reasons: [],
  };
}

/** Does the database say by which roll this master was named? */
export function hasOffice(round: MasterRound): boolean {
  const office = officeOf(round);
  return office !== null && round.database.pool.otherConfig[OFFICE_KEY] === office;
}

/** null: it is not known to have been named, or does not lead. */
function officeOf({ view }: MasterRound): string | null {
  const roll = groupOf(view)?.roll ?? null;
  return roll?.master === view.self.uuid && hasMandate(view) ? roll.office : null;
}
