import type { Memory } from "../memory/memory.ts";
import type { PoolView } from "../model/pool-view.ts";

/**
 * Does another host say that HA is switched off? This one may have read the pool for the last time before that, as one whose service
 * was stopped while somebody works on the master. Not one whose copy of the database has fewer changes than the own one: it may not have
 * read since that HA is on again.
 */
export function isSaidOff({ copy }: Pick<Memory, "copy">, { hearing }: Pick<PoolView, "hearing">): boolean {
  if (hearing === "unknown") return false;
  const isOlder = (changes: number | null) => copy !== null && changes !== null && changes < copy.changes;
  return hearing.peers.some(({ own }) => own !== null && own.haWished === false && !isOlder(own.changes));
}
