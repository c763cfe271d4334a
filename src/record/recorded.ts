import type { Memory } from "../core/memory/memory.ts";
import type { Step } from "../core/memory/step.ts";
import type { Outcome } from "../core/model/action.ts";
import type { PoolView } from "../core/model/pool-view.ts";
import type { Reason } from "../core/model/reason.ts";
import type { CoreSettings } from "../core/model/settings.ts";

/** The ends of actions and what was learnt from them. The round that has begun them was recorded just before. */
export interface RecordedEnds {
  /** By the uptime of the host. */
  readonly nowMs: number;
  readonly outcomes: readonly Outcome[];
  readonly before: Memory;
  readonly after: Memory;
  readonly reasons: readonly Reason[];
}

/** What one round of an iteration has decided, and everything that it was decided from. */
export interface RecordedRound {
  readonly kind: "round";
  /** When its pass began, by the uptime of the host: rounds with the same one are of one pass. */
  readonly passMs: number;
  /** Which round of that pass, from 0. */
  readonly round: number;
  /** null: nothing had ended since the round before. */
  readonly ended: RecordedEnds | null;
  readonly view: PoolView;
  readonly memory: Memory;
  readonly settings: CoreSettings;
  /** false: nothing was decided but what needs no parameters. */
  readonly areParametersKnown: boolean;
  /** Keys of the actions that were begun and had not ended. */
  readonly inFlight: readonly string[];
  readonly isDiskWritable: boolean;
  readonly decided: Pick<Step, "memory" | "actions" | "reasons">;
  /** Keys of the actions that were begun with this round. */
  readonly begun: readonly string[];
}

/** The end of a pass in which something has ended since its last round. */
export interface RecordedEnd {
  readonly kind: "end";
  readonly passMs: number;
  /** That of the last round and one more. */
  readonly round: number;
  readonly ended: RecordedEnds;
}

export type Recorded = RecordedRound | RecordedEnd;
