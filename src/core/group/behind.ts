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
