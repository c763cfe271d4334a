import type { Memory } from "../../core/memory/memory.ts";
import type { Action } from "../../core/model/action.ts";
import { actionKey } from "../../core/model/action.ts";
import type { Recorded, RecordedEnds, RecordedRound } from "../../record/recorded.ts";
import { renderRecorded } from "../../record/recorded-text.ts";
import type { Pass } from "./pass.ts";

/** What is done to hosts and VMs, and not kept up all the time. */
const EVENTFUL: ReadonlySet<Action["kind"]> = new Set<Action["kind"]>([
  "start-vm",
  "start-appliance",
  "fence-host",
  "declare-host-dead",
  "forget-host",
  "switch-on-host",
  "restart-xapi",
  "promote-self",
  "follow-master",
  "hold-xapi",
  "resign-master",
  "correct-database",
  "restart-toolstack",
  "reboot-self",
]);

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
  keep(pass, recorded, isEventful(recorded, actions));
  pass.recorded = recorded;
}

/** Records what has ended since the last round, where no further one follows. */
export function keepEnds(pass: Pass, ended: RecordedEnds | null): void {
  // A look that the deadline cut off is in no record, and what was learnt by it cannot be learnt again.
  const { recorded, startedMs: passMs } = pass;
  if (ended === null || recorded === null || recorded.view !== pass.view) return;
  const isOfInterest = ended.outcomes.some(({ action }) => EVENTFUL.has(action.kind));
  keep(pass, { kind: "end", passMs, round: recorded.round + 1, ended }, isOfInterest);
}

function keep({ ports, recorded: before, startedMs }: Pass, recorded: Recorded, eventful: boolean): void {
  const at = new Date(ports.clock.wallMs()).toISOString();
  const seen = before?.view ?? null;
  ports.recorder.keep({ at, passMs: startedMs, eventful }, () => renderRecorded(recorded, seen));
}

function isEventful({ ended, memory, decided }: RecordedRound, actions: readonly Action[]): boolean {
  const outcomes = ended?.outcomes ?? [];
  if ([...actions, ...outcomes.map(({ action }) => action)].some(({ kind }) => EVENTFUL.has(kind)))
    return true;
  return stateOf(memory) !== stateOf(decided.memory);
}

/** Who has failed, and how far that has come. */
function stateOf({ health, incidents, promotion, isolation }: Memory): string {
  const failing = Object.entries(health).filter(([, { state }]) => state !== "alive");
  return JSON.stringify([
    failing.map(([host, { state }]) => [host, state]),
    Object.values(incidents).map(({ host, phase }) => [host, phase]),
    promotion?.phase ?? null,
    isolation,
  ]);
}
