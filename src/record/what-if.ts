import type { Memory } from "../core/memory/memory.ts";
import { type Action, actionKey } from "../core/model/action.ts";
import type { CoreSettings } from "../core/model/settings.ts";
import { firstDifference } from "./first-difference.ts";
import type { RecordedRound } from "./recorded.ts";
import { absorbAgain, decideAgain, isNext } from "./replay.ts";

/** An action that would have been decided at another time, or was decided, or would have been, alone. Times are wall milliseconds. */
export interface OtherAction {
  readonly action: Action;
  /** null: it was not. */
  recordedAtMs: number | null;
  /** null: it would not have been. */
  nowAtMs: number | null;
}

/**
 * What other settings would have decided about what was seen, round by round. What they would have decided is remembered from round to
 * round; how the pool would have answered to that is in no record, so what was seen stays what it was.
 */
export class WhatIf {
  private readonly change: Partial<CoreSettings>;
  /** What would be remembered; null: the same as was. */
  private memory: Memory | null = null;
  private before: RecordedRound | null = null;
  /** Decided by one side, and not yet by the other, by their keys. */
  private readonly open = new Map<string, OtherAction>();
  /** In the order in which they were found. */
  readonly found: OtherAction[] = [];

  constructor(change: Partial<CoreSettings>) {
    this.change = change;
  }

  /** Takes the next round of the record. Throws what the core throws. */
  take(round: RecordedRound): void {
    const { wallMs } = round.view;
    const early = [...this.open].filter(([, { recordedAtMs }]) => recordedAtMs === null).map(([key]) => key);
    const step = decideAgain(round, this.memoryFor(round), { ...round.settings, ...this.change }, early);
    const recorded = byKey(round.decided.actions);
    const now = byKey(step.actions);
    for (const [key, action] of now) if (!recorded.has(key)) this.note(key, action, "nowAtMs", wallMs);
    for (const [key, action] of recorded) if (!now.has(key)) this.note(key, action, "recordedAtMs", wallMs);
    const isSame = firstDifference(round.decided.memory, step.memory) === null;
    this.memory = isSame ? null : step.memory;
    this.before = round;
  }

  private memoryFor(round: RecordedRound): Memory {
    const { memory, before } = this;
    if (memory === null || before === null) return round.memory;
    const { ended } = round;
    const settings = { ...before.settings, ...this.change };
    const learnt =
      ended !== null && isNext(round, before)
        ? absorbAgain(ended, memory, { view: before.view, settings }).memory
        : memory;
    // What was told to people decides nothing.
    return { ...learnt, alerts: round.memory.alerts };
  }

  private note(key: string, action: Action, side: "recordedAtMs" | "nowAtMs", atMs: number): void {
    const known = this.open.get(key);
    if (known === undefined) {
      const other: OtherAction = { action, recordedAtMs: null, nowAtMs: null, [side]: atMs };
      this.open.set(key, other);
      this.found.push(other);
      return;
    }
    if (known[side] !== null) return;
    known[side] = atMs;
    this.open.delete(key);
  }
}

const byKey = (actions: readonly Action[]): ReadonlyMap<string, Action> =>
  new Map(actions.map((action) => [actionKey(action), action]));
