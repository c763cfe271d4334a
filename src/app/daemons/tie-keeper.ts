import type { GroupState } from "../../core/group/group.ts";
import type { TieReport } from "../../core/group/own-state.ts";
import { tieWish } from "../../core/group/tie-wish.ts";
import { stepTies, type TieAnswer, type TieQuestion, takeTieAnswer } from "../../core/group/ties.ts";
import { GROUP_TIMINGS } from "../../core/group/timings.ts";
import { hostUuid } from "../../core/model/ids.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { TieBreaker, TiePlaces } from "../../ports/tie-breaker.ts";
import { TieWarning, type TieWarningPorts } from "./tie-warning.ts";

interface TiePorts extends TieWarningPorts {
  readonly clock: Clock;
  readonly ties: TiePlaces;
}

/** A place says itself after ten seconds that it did not answer. */
const ANSWER_MS = 15_000;

/** Asks the place of ties, one question at a time: nobody waits for it, and heartbeats go on meanwhile. */
export class TieKeeper {
  private readonly ports: TiePorts;
  private readonly signal: AbortSignal;
  private readonly answered: (taken: (state: GroupState) => GroupState) => void;
  private readonly warning: TieWarning;
  private isBusy = false;

  constructor(
    ports: TiePorts,
    signal: AbortSignal,
    answered: (taken: (state: GroupState) => GroupState) => void,
  ) {
    this.ports = ports;
    this.signal = signal;
    this.answered = answered;
    this.warning = new TieWarning(ports);
  }

  /** Once a second. `report`: the place that the parameters name; null: none. */
  tick(before: GroupState, report: TieReport | null, nowMs: number): GroupState {
    const state = stepTies(before, nowMs, GROUP_TIMINGS);
    this.warning.tell(state);
    if (this.isBusy || report === null) return state;
    const question = tieWish(state, { nowMs, tag: report.tag }, GROUP_TIMINGS);
    if (question !== null) void this.ask(question, report, state.voting.self);
    return state;
  }

  private async ask(question: TieQuestion, { kind, place }: TieReport, self: string): Promise<void> {
    this.isBusy = true;
    const { clock, ties } = this.ports;
    const answer = await withDeadline<TieAnswer>(
      clock,
      ANSWER_MS,
      this.signal,
      (inner) => ask(ties.at(kind, place), question, self, inner),
      () => ({ kind: "unknown", why: `no answer within ${ANSWER_MS / 1_000} s` }),
    );
    this.isBusy = false;
    const nowMs = clock.uptimeMs();
    this.answered((state) => {
      this.warning.heard(state, question, answer, place, nowMs);
      return takeTieAnswer(state, question, answer, nowMs);
    });
  }
}

async function ask(
  place: TieBreaker,
  { verb, name }: TieQuestion,
  self: string,
  signal: AbortSignal,
): Promise<TieAnswer> {
  if (verb === "remove") {
    const why = await place.remove(name, signal);
    return why === null ? { kind: "free" } : { kind: "unknown", why };
  }
  const said = await (verb === "claim" ? place.claim(name, self, signal) : place.holder(name, signal));
  if (said.kind === "own") return { kind: "held", holder: hostUuid(self) };
  if (said.kind === "unknown" || said.kind === "free") return said;
  return { kind: "held", holder: hostUuid(said.holder) };
}
