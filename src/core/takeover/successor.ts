import type { HostUuid } from "../model/ids.ts";

/** A slave that could take over. `newlyEligible` asks for more than staying does: no churn at the first lost ping. */
export interface SuccessorCandidate {
  readonly uuid: HostUuid;
  /** Enabled, live for XAPI and answering now. */
  readonly eligible: boolean;
  /** Enabled and not yet failed: keeps the place it has. */
  readonly mayStay: boolean;
}

/** The pool key of the first successor, as HA-Lizard 2.x has it, and of the whole ranking. */
export const SUCCESSOR_KEY = "autopromote_uuid";
export const RANKING_KEY = "autopromote_ranking";
export const NO_SUCCESSOR = "none_available";

/**
 * The order in which slaves would replace the master. Those that qualify keep their place; new ones queue behind in
 * order of uuid, so that every pass and every host comes to the same answer.
 */
export function rankSuccessors(
  current: readonly HostUuid[],
  candidates: readonly SuccessorCandidate[],
): readonly HostUuid[] {
  const byUuid = new Map(candidates.map((candidate) => [candidate.uuid, candidate]));
  const kept = current.filter((uuid) => byUuid.get(uuid)?.mayStay === true);
  const joining = candidates
    .filter((candidate) => candidate.eligible && !kept.includes(candidate.uuid))
    .map((candidate) => candidate.uuid)
    .sort();
  return [...kept, ...joining];
}

/** The ranking as stored, from the pool's keys; `none_available` and absence are an empty ranking. */
export function readRanking(otherConfig: Readonly<Record<string, string>>): readonly HostUuid[] {
  const first = otherConfig[SUCCESSOR_KEY];
  if (first === undefined || first === NO_SUCCESSOR || first === "") return [];
  const rest = (otherConfig[RANKING_KEY] ?? "").split(":").filter((uuid) => uuid !== "" && uuid !== first);
  return [first, ...rest] as HostUuid[];
}
