import type { Settings } from "./params.ts";

/**
 * Do the heuristic IPs decide a tie? TIE_BREAKER=ip is another word for FENCE_USE_IP_HEURISTICS=1; with a place outside the pool
 * that gives an exclusive vote they are not asked.
 */
export function asksHeuristicIps({
  TIE_BREAKER,
  FENCE_USE_IP_HEURISTICS,
}: Pick<Settings, "TIE_BREAKER" | "FENCE_USE_IP_HEURISTICS">): boolean {
  return TIE_BREAKER === "ip" || (TIE_BREAKER === "none" && FENCE_USE_IP_HEURISTICS);
}
