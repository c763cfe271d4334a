import { absorbAll } from "../core/absorb-all.ts";
import { decide, decideOwnXapi } from "../core/decide.ts";
import type { Memory } from "../core/memory/memory.ts";
import type { Step } from "../core/memory/step.ts";
import type { CoreSettings } from "../core/model/settings.ts";
import { type Difference, firstDifference } from "./first-difference.ts";
import type { Recorded, RecordedEnds, RecordedRound } from "./recorded.ts";

/** A part of a round that comes to something else than it did. */
export interface ReplayDifference extends Difference {
  /** `decision`: what was done, said and remembered; `outcome`: what was learnt from the end of actions. */
  readonly of: "decision" | "outcome";
}

/** The same round, perhaps with another memory and other settings, once more. Throws what the core throws. */
export function decideAgain(
  { view, inFlight, isDiskWritable, areParametersKnown }: RecordedRound,
  memory: Memory,
  settings: CoreSettings,
  more: readonly string[] = [],
): Step {
  const round = { view, memory, settings, inFlight: new Set([...inFlight, ...more]), isDiskWritable };
  return areParametersKnown ? decide(round) : decideOwnXapi(round);
}

/** What was learnt then, once more; `begunBy`: the round before. */
export function absorbAgain(
  { nowMs, outcomes }: Pick<RecordedEnds, "nowMs" | "outcomes">,
  memory: Memory,
  { view, settings }: Pick<RecordedRound, "view" | "settings">,
): ReturnType<typeof absorbAll> {
  return absorbAll(memory, outcomes, { nowMs, settings, self: view.self, view });
}

/**
 * Runs what was recorded through the core once more. Each round stands for itself, with the memory that it had.
 * @param before the round before; where that is lost, or of another pass, the ends of its actions cannot be compared
 * @returns the first difference; null: everything is the same, bit for bit
 */
export function replay(recorded: Recorded, before: RecordedRound | null): ReplayDifference | null {
  const { ended } = recorded;
  if (ended !== null && before !== null && isNext(recorded, before)) {
    const found = compare({ memory: ended.after, reasons: ended.reasons }, () =>
      absorbAgain(ended, ended.before, before),
    );
    if (found !== null) return { of: "outcome", ...found };
  }
  if (recorded.kind === "end") return null;
  const { memory, actions, reasons } = recorded.decided;
  const found = compare({ actions, reasons, memory }, () => {
    const step = decideAgain(recorded, recorded.memory, recorded.settings);
    return { actions: step.actions, reasons: step.reasons, memory: step.memory };
  });
  return found === null ? null : { of: "decision", ...found };
}

/** Is `before` the round whose actions have ended in this one? */
export const isNext = (recorded: Recorded, before: RecordedRound): boolean =>
  recorded.passMs === before.passMs && recorded.round === before.round + 1;

/** A core that throws where it had decided comes to something else, too. */
function compare(recorded: object, again: () => object): Difference | null {
  try {
    return firstDifference(recorded, again());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { path: "", recorded: "a decision", now: `an error: ${why}` };
  }
}
