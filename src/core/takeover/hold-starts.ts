import { hostName } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import { nothing, type Step } from "../memory/step.ts";
import type { Reason } from "../model/reason.ts";
import { missingMembers } from "./gathering.ts";
import type { JudgedRound } from "./mastership.ts";

/** Ends the round before any VM is started, when something speaks against starts; says what. */
export function holdStarts(memory: Memory, round: JudgedRound): Step {
  const reasons = reasonsToHold(memory, round);
  return reasons === null ? nothing(memory) : { memory, actions: [], reasons, ends: true };
}

/** null when nothing speaks against starts. */
function reasonsToHold(memory: Memory, round: JudgedRound): readonly Reason[] | null {
  const { settings, mastership } = round;
  if (memory.promotion !== null) return [];
  if (memory.promoted !== null && !settings.SLAVE_HA) return [];
  if (mastership.kind === "calls-back") {
    return [{ kind: "waits-for-members", hosts: mastership.members.map((host) => hostName(memory, host)) }];
  }
  const elsewherePossible =
    settings.PROMOTE_SLAVE && (settings.FENCE_QUORUM_REQUIRED || !memory.sawPoolSinceBoot);
  if (mastership.kind === "unproven" && elsewherePossible) {
    return [{ kind: "too-few-followers", followers: mastership.followers, members: mastership.members }];
  }
  if (memory.gathering !== null && settings.PROMOTE_SLAVE) {
    const missing = missingMembers(memory, round).map((host) => hostName(memory, host));
    return missing.length === 0 ? [] : [{ kind: "waits-for-members", hosts: missing }];
  }
  return null;
}
