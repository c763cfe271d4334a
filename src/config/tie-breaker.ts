import type { Settings } from "./params.ts";
import { parseTiePlace } from "./tie-place.ts";

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

/** A place outside the pool that one host can claim. */
interface TieClaims {
  readonly kind: "ssh" | "sr";
  /** As TIE_BREAKER_PLACE says it. */
  readonly place: string;
  /** It stands for both in the names of claims: whoever agrees on a name has agreed on the place. */
  readonly tag: string;
}

/** Where claims decide a tie; null: nowhere. The place need not be one that anybody can ask: then nobody gets a claim. */
export function tieClaims({
  TIE_BREAKER,
  TIE_BREAKER_PLACE,
}: Pick<Settings, "TIE_BREAKER" | "TIE_BREAKER_PLACE">): TieClaims | null {
  if (TIE_BREAKER !== "ssh" && TIE_BREAKER !== "sr") return null;
  const parsed = parseTiePlace(TIE_BREAKER_PLACE);
  const known = parsed === null ? TIE_BREAKER_PLACE : JSON.stringify(parsed);
  return {
    kind: TIE_BREAKER,
    place: TIE_BREAKER_PLACE,
    tag: `${TIE_BREAKER}.${digest(`${TIE_BREAKER} ${known}`)}`,
  };
}

const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;

/** FNV-1a, 64 bits: short, and nobody gains by another place with the same one. */
function digest(text: string): string {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME);
  return hash.toString(16).padStart(16, "0");
}
