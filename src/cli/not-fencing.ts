import type { Settings } from "../config/params.ts";

/**
 * Why no host is fenced now, whatever fails (core/fencing/fence-policy.ts), from what an administrator has set or done, or because this
 * host has stopped (`isStopped`, core/fencing/brakes.ts); null when one may be. `enabled`: how many hosts are enabled; those in maintenance
 * are no members.
 */
export function whyNotFencing(
  enabled: number,
  isStopped: boolean,
  { FENCE_ENABLED, FENCE_ACTION, FENCE_MIN_HOSTS }: Settings,
): string | null {
  if (!FENCE_ENABLED) return "FENCE_ENABLED=0";
  if (FENCE_ACTION === "start") return "FENCE_ACTION=start cuts nobody off";
  if (isStopped)
    return "this host has stopped, after more than half of the hosts were fenced (ha-cfg resume)";
  if (enabled >= FENCE_MIN_HOSTS) return null;
  const hosts = enabled === 1 ? "1 host is enabled" : `${enabled} hosts are enabled`;
  return `${hosts}, fewer than FENCE_MIN_HOSTS=${FENCE_MIN_HOSTS}`;
}
