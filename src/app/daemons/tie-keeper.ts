import type { GroupState } from "../../core/group/group.ts";
import type { GroupReport, TieReport } from "../../core/group/own-state.ts";
import { isTestDue, withTest } from "../../core/group/tie-test.ts";
import { tieWish } from "../../core/group/tie-wish.ts";
import { stepTies, type TieAnswer, type TieQuestion, takeTieAnswer } from "../../core/group/ties.ts";
import { GROUP_TIMINGS } from "../../core/group/timings.ts";
import type { TieTest } from "../../core/model/group-sight.ts";
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
/** A test is five questions, and none of them follows two that were not answered. */
const TEST_MS = 60_000;

/** The place that the parameters name, and what this monitor has found there. */
interface Named {
  readonly tag: string;
  readonly sinceMs: number;
  last: TieTest | null;
  brokenOffMs: number | null;
}

/** Asks the place of ties, one question at a time: nobody waits for it, and heartbeats go on meanwhile. */
export class TieKeeper {
  private readonly ports: TiePorts;
  private readonly signal: AbortSignal;
  private readonly answered: (taken: (state: GroupState) => GroupState) => void;
  private readonly warning: TieWarning;
  private isBusy = false;
  private named: Named | null = null;
  /** Of the test that runs. */
  private testing: AbortController | null = null;

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

  /** What the last test of the place has found; null: none is named, or it was not tested yet. */
  tested(): TieTest | null {
    return this.named?.last ?? null;
  }

  /** Once a second. */
  tick(before: GroupState, report: Pick<GroupReport, "tie" | "haWished"> | null, nowMs: number): GroupState {
    const state = stepTies(before, nowMs, GROUP_TIMINGS);
    this.warning.tell(state);
    const tie = report?.tie ?? null;
    this.name(tie, nowMs);
    if (this.isBusy || tie === null) return state;
    const question = tieWish(state, { nowMs, tag: tie.tag }, GROUP_TIMINGS);
    if (question === null) {
      if (report?.haWished === true) this.testWhenDue(state, tie, nowMs);
      return state;
    }
    // A claim waits for nothing; the test is made later.
    this.breakOff(nowMs);
    void this.ask(question, tie, state.voting.self);
    return state;
  }

  private name(tie: TieReport | null, nowMs: number): void {
    if (tie?.tag === this.named?.tag) return;
    this.breakOff(nowMs);
    this.named = tie === null ? null : { tag: tie.tag, sinceMs: nowMs, last: null, brokenOffMs: null };
  }

  private breakOff(nowMs: number): void {
    if (this.testing === null) return;
    this.testing.abort();
    this.testing = null;
    if (this.named !== null) this.named.brokenOffMs = nowMs;
  }

  private testWhenDue({ ties }: GroupState, tie: TieReport, nowMs: number): void {
    const { named } = this;
    if (named === null || this.testing !== null || ties.lacksMs !== null) return;
    const { sinceMs: namedMs, last, brokenOffMs } = named;
    if (isTestDue({ namedMs, last, brokenOffMs, silentMs: ties.silentMs }, nowMs)) void this.test(tie, named);
  }

  private async test({ kind, place }: TieReport, named: Named): Promise<void> {
    const { clock, ties } = this.ports;
    const controller = new AbortController();
    this.testing = controller;
    const wrong = await withDeadline<string | null>(
      clock,
      TEST_MS,
      AbortSignal.any([this.signal, controller.signal]),
      (inner) => ties.at(kind, place).test(inner),
      () => `no answer within ${TEST_MS / 1_000} s`,
    );
    // It says nothing of the place that something else was to be asked, or that this monitor ends.
    if (this.testing !== controller || this.signal.aborted) return;
    this.testing = null;
    named.brokenOffMs = null;
    named.last = withTest(named.last, place, wrong, clock.uptimeMs());
    this.warning.tested(named.last);
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
