import type { Action } from "../model/action.ts";
import type { DatabaseView, PoolView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import type { CoreSettings } from "../model/settings.ts";
import type { Memory } from "./memory.ts";

/** What a decision is made from. */
export interface Round {
  readonly view: PoolView;
  /** As the round found it; steps pass their own on. */
  readonly memory: Memory;
  readonly settings: CoreSettings;
  /** Keys of the actions begun in this pass and not ended yet (`actionKey`). */
  readonly inFlight: ReadonlySet<string>;
  /** What is decided is on this host's disk before it begins; false: a boot would forget it. */
  readonly isDiskWritable: boolean;
}

/** A round of a master that has read the pool database. */
export interface MasterRound extends Round {
  readonly database: DatabaseView;
}

/** What one step of a round comes to, and a whole round: the new memory, what is done, what is said. */
export interface Step {
  readonly memory: Memory;
  readonly actions: readonly Action[];
  readonly reasons: readonly Reason[];
  /** The round ends with this step: nothing below it in the order is decided. */
  readonly ends?: true;
}

/** A step that changes at most the memory. */
export function nothing(memory: Memory): Step {
  return { memory, actions: [], reasons: [] };
}

/** Steps one after the other, each with the memory that the one before has left, until one ends the round. */
export function inOrder<R extends Round>(
  memory: Memory,
  round: R,
  steps: readonly ((memory: Memory, round: R) => Step)[],
): Step {
  let result: Step = nothing(memory);
  for (const step of steps) {
    const next = step(result.memory, round);
    result = {
      ...next,
      actions: [...result.actions, ...next.actions],
      reasons: [...result.reasons, ...next.reasons],
    };
    if (next.ends === true) break;
  }
  return result;
}
