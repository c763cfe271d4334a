import type { HostUuid } from "../model/ids.ts";
import type { GroupState } from "./group.ts";
import { isMoreThanHalf, type Roll, type RollHost } from "./roll.ts";
import { isAtPlace, tieName } from "./tie-name.ts";
import { isClaimed } from "./ties.ts";
import type { GroupTimings } from "./timings.ts";

/**
 * The tie of the next roll. Another one, which nobody has claimed, with other hosts, at another place, and when the present one is claimed: its holder would
 * count double for ever, and block the others when it dies. Without other hosts only when more than half of them answer: a leader that lives
 * by its claim, or by the double vote of the XAPI master, could not settle it, and everything else would wait for that.
 */
export function wantedTie(
  state: GroupState,
  roll: Roll,
  hosts: readonly RollHost[],
  { nowMs, tieTag }: { readonly nowMs: number; readonly tieTag: string | null },
  timings: GroupTimings,
): string | null {
  const { hearing, voting } = state;
  const { tie } = roll;
  const id = { term: voting.stored.term, version: roll.id.version + 1 };
  const next = tieTag === null ? null : tieName(id, hearing.bootId, tieTag);
  if (!hasSameHosts(roll.hosts, hosts)) return next;
  const isThere = tie === null ? tieTag === null : isAtPlace(tie, tieTag);
  const isSpent = tie !== null && isClaimed(state, tie);
  const answers = (host: HostUuid): boolean => {
    const numberMs = voting.answers.get(host)?.numberMs ?? Number.NEGATIVE_INFINITY;
    return host === voting.self || nowMs - numberMs <= timings.mandateMs;
  };
  return (isThere && !isSpent) || !isMoreThanHalf(roll, answers) ? tie : next;
}

function hasSameHosts(a: readonly RollHost[], b: readonly RollHost[]): boolean {
  const names = new Set(a.map(({ host }) => host));
  return a.length === b.length && b.every(({ host }) => names.has(host));
}
