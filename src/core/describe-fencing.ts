import type { FenceRefusal } from "./fence-policy.ts";
import type { Reason } from "./reason.ts";

/** Why a host is not fenced. */
export const FENCE_REFUSALS: Record<FenceRefusal, string> = {
  "fencing-disabled": "fencing is switched off (FENCE_ENABLED=0)",
  "in-maintenance": "it is disabled, so in maintenance, or it died while it started",
  "action-is-start": "FENCE_ACTION=start switches nothing off (set it to stop)",
  "no-quorum": "this host has no quorum",
  "too-few-members": "the pool has fewer members than FENCE_MIN_HOSTS",
  "answers-again": "it answers again",
};

/** What an administrator does about a host that is dead and cannot be proved off. */
export const CURE_UNFENCED =
  "Its VMs stay where they are. Make sure that the host is off, then run on the master: xe host-declare-dead uuid=<host>. If it was the master itself, first on a slave: xe pool-emergency-transition-to-master.";

/** Why a fence failed, and what follows: never the advice to declare a host dead that answers. */
export function describeFenceFailure(reason: Extract<Reason, { kind: "fence-failed" }>): string {
  const { host, fault, detail, goesOn } = reason;
  if (fault === "host-answers-again") {
    const how = detail === "" ? "it answers again" : `it answers ${detail}`;
    return `${host} is not fenced: ${how}. What lives is not switched off; check the network between the two.`;
  }
  const why = `${fault}${detail === "" ? "" : ` (${detail})`}`;
  if (goesOn)
    return `${host} could not be fenced: ${why}. Its VMs are started elsewhere all the same, because FENCE_HA_ONFAIL=1.`;
  return `${host} could not be fenced: ${why}. ${CURE_UNFENCED} The attempt is repeated.`;
}
