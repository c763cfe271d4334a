import { type AbsorbSettings, absorb } from "./absorb.ts";
import type { Memory } from "./memory/memory.ts";
import type { Outcome } from "./model/action.ts";
import type { LocalView, PoolView } from "./model/pool-view.ts";
import type { Reason } from "./model/reason.ts";
import { supplyOf } from "./restart/supply.ts";

/** What the end of actions is learnt from: the round that has begun them, as it was seen. */
export interface AbsorbInput {
  readonly nowMs: number;
  readonly settings: AbsorbSettings;
  readonly self: Pick<LocalView, "role">;
  /** null: nothing was seen yet. */
  readonly view: Pick<PoolView, "database"> | null;
}

/** The memory after the ends of these actions, one after the other, and what there is to tell of them. */
export function absorbAll(
  memory: Memory,
  outcomes: readonly Outcome[],
  { nowMs, settings, self, view }: AbsorbInput,
): { readonly memory: Memory; readonly reasons: readonly Reason[] } {
  const database = view?.database.ok === true ? view.database.value : null;
  const context = {
    nowMs,
    settings,
    isSlave: self.role.kind === "slave",
    halted: new Map((database?.halted ?? []).map((vm) => [vm.uuid, vm])),
    supply: database === null ? null : supplyOf(database),
  };
  let learnt = memory;
  const reasons: Reason[] = [];
  for (const outcome of outcomes) {
    const step = absorb(learnt, outcome, context);
    learnt = step.memory;
    reasons.push(...step.reasons);
  }
  return { memory: learnt, reasons };
}
