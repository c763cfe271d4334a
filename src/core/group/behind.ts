import type { OwnState } from "../model/hearing.ts";
import type { HearingState } from "./hearing.ts";
import { isHeardDirectly } from "./peer-state.ts";

/**
 * The count of changes that the master of this slave says its database has, when the copy on this host is known and has
 * fewer; null: nothing to fetch, or nothing known. While HA is off nobody fetches.
 */
export function newerAtMaster(state: HearingState, own: OwnState, nowMs: number): number | null {
  if (own.role !== "slave" || own.master === null || own.changes === null || own.haWished !== true)
    return null;
  const master = state.peers.get(own.master);
  if (master?.own?.role !== "master" || !isHeardDirectly(master, nowMs)) return null;
  const { changes } = master.own;
  return changes !== null && changes > own.changes ? changes : null;
}

/** What a monitor remembers of its wakes for an old copy. */
export interface CopyWatch {
  /** Since when the copy is old and no iteration was woken for that; null: it is not, or one was. */
  readonly sinceMs: number | null;
  /** The count for which an iteration was woken last, and when. */
  readonly wokenFor: number;
  readonly wokenAtMs: number;
}

export const NO_COPY_WATCH: CopyWatch = { sinceMs: null, wokenFor: 0, wokenAtMs: Number.NEGATIVE_INFINITY };

/** More often no copy is fetched. */
const AGAIN_MS = 10_000;

/**
 * Is an iteration woken now, to fetch a copy? Once for each count, `afterMs` after it was seen: an iteration that cannot
 * fetch the copy comes back to it by itself.
 */
export function stepCopyWatch(
  watch: CopyWatch,
  newer: number | null,
  { nowMs, afterMs }: { readonly nowMs: number; readonly afterMs: number },
): { readonly watch: CopyWatch; readonly wakes: boolean } {
  if (newer === null || newer === watch.wokenFor) return { watch: { ...watch, sinceMs: null }, wakes: false };
  const sinceMs = watch.sinceMs ?? nowMs;
  const isDue = nowMs - sinceMs >= afterMs && nowMs - watch.wokenAtMs >= AGAIN_MS;
  return isDue
    ? { watch: { sinceMs: null, wokenFor: newer, wokenAtMs: nowMs }, wakes: true }
    : { watch: { ...watch, sinceMs }, wakes: false };
}
