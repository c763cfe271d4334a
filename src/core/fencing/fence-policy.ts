import type { QuorumTally } from "../members/quorum.ts";
import { countsOnLease, LEASE_METHOD } from "../model/lease-method.ts";
import type { FenceRefusal } from "../model/reason.ts";
import type { FencePolicySettings } from "../model/settings.ts";

export type FenceVerdict =
  | { readonly kind: "fence" }
  | { readonly kind: "refused"; readonly why: FenceRefusal };

/**
 * May this host fence that one? (core/README.md, "Who may be fenced") The answer is no for every doubt; that the host still does not
 * answer is asked once more right before the agent runs.
 */
export function judgeFence(
  host: { readonly enabled: boolean; readonly failed: boolean },
  quorum: QuorumTally,
  settings: FencePolicySettings,
): FenceVerdict {
  if (!settings.FENCE_ENABLED) return { kind: "refused", why: "fencing-disabled" };
  // HA-Lizard's manual allows it; an agent that was asked to switch a host on proves nothing about what it switched off.
  if (settings.FENCE_ACTION === "start") return { kind: "refused", why: "action-is-start" };
  if (!host.enabled) return { kind: "refused", why: "in-maintenance" };
  if (!host.failed) return { kind: "refused", why: "answers-again" };
  if (settings.FENCE_QUORUM_REQUIRED && !quorum.quorate) return { kind: "refused", why: "no-quorum" };
  if (quorum.members < settings.FENCE_MIN_HOSTS) return { kind: "refused", why: "too-few-members" };
  return { kind: "fence" };
}

/** The methods of FENCE_METHOD that have an agent, in the order in which they are tried: the next one when one has failed. */
export function fenceMethods(setting: string): readonly string[] {
  return setting.split(",").filter((method) => method !== LEASE_METHOD);
}

/** Does one of these methods of FENCE_METHOD prove that a host is off, by an agent or by its lease? */
export function provesOff(setting: string): boolean {
  return countsOnLease(setting) || fenceMethods(setting).some(methodProves);
}

/** POOL switches nothing off: its success is the administrator's choice, not a proof (test/README.md, F2). */
export function methodProves(method: string): boolean {
  return method !== "POOL";
}
