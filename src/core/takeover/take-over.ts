import type { Memory } from "../memory/memory.ts";
import type { PromotionPhase, PromotionState } from "../memory/promotion.ts";

/**
 * The take-over of a master, as a table. What is begun needs the mandate (core/pace/back-off.ts); without it every phase stays what it
 * is, and the one that has it again goes on from there: this host, or the next one that the group names.
 */
export type TakeOverEvent =
  /** The group's settled roll names this host as master. */
  | "named"
  /** It names another one: this host follows that one. */
  | "named-another"
  /** The old master lives after all, before anybody was named in its place. */
  | "old-master-lives"
  /** XAPI is told to become master. */
  | "asked"
  /** This host is master by pool.conf, and its xapi answers as such. */
  | "serves"
  /** The id of office is in the database, and that is on disk, like everything that has been set right. */
  | "right"
  /** Every member that lives follows, and the own start is complete. */
  | "whole";

type After = PromotionPhase | "over";

/** What a phase does not name changes nothing. */
const TABLE: Readonly<Record<PromotionPhase, Partial<Record<TakeOverEvent, After>>>> = {
  proved: { named: "named", serves: "righting", "named-another": "over", "old-master-lives": "over" },
  named: { asked: "promoting", serves: "righting", "named-another": "over" },
  promoting: { serves: "righting", "named-another": "over" },
  righting: { right: "righted", "named-another": "over" },
  righted: { whole: "over", "named-another": "over" },
};

/** null: it is over. */
export function stepTakeOver(promotion: PromotionState, event: TakeOverEvent): PromotionState | null {
  const after = TABLE[promotion.phase][event];
  if (after === undefined) return promotion;
  return after === "over" ? null : { ...promotion, phase: after };
}

/** The memory after an event of the take-over that is under way; unchanged when none is. */
export function afterTakeOver(memory: Memory, event: TakeOverEvent): Memory {
  const { promotion } = memory;
  return promotion === null ? memory : { ...memory, promotion: stepTakeOver(promotion, event) };
}
