import type { Memory } from "../memory/memory.ts";
import type { PromotionState } from "../memory/promotion.ts";
import { notBeforeMs } from "./flapping.ts";

export interface ScheduleSettings {
  readonly MONITOR_DELAY: number;
  readonly XAPI_DELAY: number;
}

/** While a take-over is under way, or an incident waits for its next step, passes follow each other this fast. */
const BUSY_MS = 1_000;
const SOONEST_MS = 500;

/** The monitor wakes an iteration as soon as the group has named this host: one that is just looking around would come later. */
const UNNAMED_MS = 2_000;

/** The VMs of the dead wait for nothing else. */
function paceOf({ phase }: PromotionState): number {
  if (phase === "proved") return UNNAMED_MS;
  return phase === "righted" ? BUSY_MS : SOONEST_MS;
}

/** Milliseconds until the next iteration is wanted: MONITOR_DELAY, or sooner when something is to be retried. */
export function nextPassMs(memory: Memory, nowMs: number, settings: ScheduleSettings): number {
  const wanted = [settings.MONITOR_DELAY * 1_000];
  for (const health of Object.values(memory.health)) {
    if (health.state === "suspect") wanted.push(health.lastRetryMs + settings.XAPI_DELAY * 1_000 - nowMs);
    if (health.state === "xapi-down") wanted.push(settings.XAPI_DELAY * 1_000);
  }
  for (const retry of Object.values(memory.retries)) {
    if (retry.notBeforeMs > nowMs) wanted.push(retry.notBeforeMs - nowMs);
  }
  const { copy, lastGood } = memory;
  const isCopyOld =
    copy !== null && copy.master === lastGood?.master && copy.changes < (lastGood.changes ?? 0);
  if (isCopyOld && copy.notBeforeMs > nowMs) wanted.push(copy.notBeforeMs - nowMs);
  for (const history of Object.values(memory.restarts)) {
    const last = history.startedAtMs.at(-1) ?? 0;
    const times = [notBeforeMs(history, nowMs), last + history.startDelayS * 1_000];
    for (const time of times) if (time > nowMs) wanted.push(time - nowMs);
  }
  if (memory.promotion !== null) wanted.push(paceOf(memory.promotion));
  // Its host is looked at again as soon as it says something else; this is for what others have said meanwhile.
  if (Object.keys(memory.agreed).length > 0) wanted.push(settings.XAPI_DELAY * 1_000);
  if (memory.isSettling) wanted.push(BUSY_MS);
  if (memory.toolstack !== null) wanted.push(settings.XAPI_DELAY * 1_000);
  const pending = Object.values(memory.incidents).some(
    ({ phase }) => phase === "fencing" || phase === "fenced",
  );
  if (pending) wanted.push(BUSY_MS);
  return Math.max(SOONEST_MS, Math.min(...wanted));
}

const FORGET_RESTARTS_MS = 60 * 60_000;

/** Drops what time has made meaningless, so that the memory of a large pool stays small. */
export function forgetOld(memory: Memory, nowMs: number): Memory {
  const restarts = Object.entries(memory.restarts).filter(
    ([, history]) => nowMs - (history.startedAtMs.at(-1) ?? 0) < FORGET_RESTARTS_MS,
  );
  const retries = Object.entries(memory.retries).filter(
    ([, retry]) => nowMs - retry.notBeforeMs < FORGET_RESTARTS_MS,
  );
  return { ...memory, restarts: Object.fromEntries(restarts), retries: Object.fromEntries(retries) };
}
