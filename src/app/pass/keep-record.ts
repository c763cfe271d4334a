import type { Action } from "../../core/model/action.ts";
import { actionKey } from "../../core/model/action.ts";
import { eventsOf, isWeighty } from "../../record/events.ts";
import type { Recorded, RecordedEnds, RecordedRound } from "../../record/recorded.ts";
import { renderRecorded } from "../../record/recorded-text.ts";
import type { Pass } from "./pass.ts";

/** What is recorded of a round besides what ended before it, and its pass. */
export type KeptRound = Omit<RecordedRound, "kind" | "passMs" | "round" | "ended" | "begun">;

/** Records a round whose actions have just begun. */
export function keepRound(
  pass: Pass,
  ended: RecordedEnds | null,
  round: KeptRound,
  actions: readonly Action[],
): void {
  const begun = actions.map(actionKey);
  const next = { passMs: pass.startedMs, round: (pass.recorded?.round ?? -1) + 1 };
  const recorded: RecordedRound = { kind: "round", ...next, ended, ...round, begun };
  keep(pass, recorded);
  pass.recorded = recorded;
}

/** Records what has ended since the last round, where no further one follows. */
export function keepEnds(pass: Pass, ended: RecordedEnds | null): void {
  // A look that the deadline cut off is in no record, and what was learnt by it cannot be learnt again.
  const { recorded, startedMs: passMs } = pass;
  if (ended === null || recorded === null || recorded.view !== pass.view) return;
  keep(pass, { kind: "end", passMs, round: recorded.round + 1, ended });
}

function keep(pass: Pass, recorded: Recorded): void {
  const { ports, recorded: before, startedMs: passMs } = pass;
  const at = new Date(ports.clock.wallMs()).toISOString();
  const said = pass.said.splice(0);
  ports.recorder.keep(() => {
    const events = eventsOf(recorded, before, said, at);
    const head = { at, passMs, eventful: events.some(isWeighty), events };
    return { head, text: renderRecorded(recorded, before?.view ?? null) };
  });
}
