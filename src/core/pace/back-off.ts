import { mayAct } from "../group/may-act.ts";
import type { Retry } from "../memory/attempts.ts";
import type { Round } from "../memory/step.ts";
import { type Action, type ActionKind, actionKey } from "../model/action.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Waits after the 1st, 2nd … failure; the last one repeats. */
const SCHEDULES: Partial<Record<ActionKind, readonly number[]>> = {
  "start-vm": [1 * MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 15 * MINUTE],
  "start-appliance": [1 * MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 15 * MINUTE],
  "fence-host": [5 * SECOND, 15 * SECOND, 30 * SECOND, 1 * MINUTE, 2 * MINUTE],
  "declare-host-dead": [2 * SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, 1 * MINUTE],
  "promote-self": [5 * SECOND, 15 * SECOND, 30 * SECOND, 1 * MINUTE],
  "store-database": [2 * SECOND, 5 * SECOND, 15 * SECOND, 1 * MINUTE],
  "fetch-database": [10 * SECOND, 20 * SECOND, 1 * MINUTE],
  "follow-master": [2 * SECOND, 3 * SECOND, 5 * SECOND, 15 * SECOND],
  "release-xapi": [2 * SECOND, 5 * SECOND, 15 * SECOND],
  "unblock-routes": [2 * SECOND, 5 * SECOND, 15 * SECOND],
};
const DEFAULT_SCHEDULE: readonly number[] = [15 * SECOND, 1 * MINUTE, 5 * MINUTE];

/** A xapi that was restarted is not restarted again before that. */
export const RESTART_AGAIN_MS = 300_000;

/** The retry after one more failure at `nowMs`. */
export function afterFailure(previous: Retry | undefined, kind: ActionKind, nowMs: number): Retry {
  const failures = (previous?.failures ?? 0) + 1;
  const waits = SCHEDULES[kind] ?? DEFAULT_SCHEDULE;
  const wait = waits[Math.min(failures, waits.length) - 1] ?? MINUTE;
  return { failures, notBeforeMs: nowMs + wait };
}

/** May an action be tried at `nowMs`? */
export function isDue(retry: Retry | undefined, nowMs: number): boolean {
  return retry === undefined || nowMs >= retry.notBeforeMs;
}

/** May this action begin now: is it this host's to do, not in flight, and not waiting after a failure? */
export function mayBegin(action: Action, { memory, view, inFlight }: Round): boolean {
  const key = actionKey(action);
  return mayAct(action.kind, view) && !inFlight.has(key) && isDue(memory.retries[key], view.nowMs);
}

/** The action alone, when it may begin now; nothing otherwise. */
export function whenDue(action: Action, round: Round): readonly Action[] {
  return mayBegin(action, round) ? [action] : [];
}
