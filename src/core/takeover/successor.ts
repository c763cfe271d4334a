import type { HostUuid } from "../model/ids.ts";

/** A slave that could take over. `newlyEligible` asks for more than staying does: no churn at the first lost ping. */
export interface SuccessorCandidate {
  readonly uuid: HostUuid;
  /** Enabled, live for XAPI and answering now. */
  readonly eligible: boolean;
  /** Enabled and not yet failed: keeps the place it has. */
  readonly mayStay: boolean;
}

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
