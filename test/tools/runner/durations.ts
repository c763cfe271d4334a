import type { Schedule } from "./lanes.ts";
import type { Ring } from "./rings.ts";

/**
 * What a ring takes on two cores, in seconds: said before it runs, so that nobody wonders whether it hangs. Its limit is
 * four times as much and two minutes, for a machine that is slow or busy. A ring that is not named here is a quick one.
 */
const USUAL_S: Readonly<Record<string, number>> = {
  adapters: 90,
  pool: 40,
  enumerated: 25,
  explore: 200,
  faults: 160,
  fuzz: 15,
  "fence-agents": 50,
  "ha-cfg": 30,
  kills: 45,
  random: 420,
  scenarios: 220,
  scripts: 140,
  services: 80,
  e2e: 420,
};
const QUICK_S = 5;

/** Seconds that the ring usually takes. */
export function usualSeconds(ring: string): number {
  return USUAL_S[ring] ?? QUICK_S;
}

/**
 * What all of them take: those with deadlines, or those that compute below them, for which a quarter of that time is lost to the ones above.
 */
export function longestSeconds({ below, above }: Schedule): number {
  const listS = (rings: readonly Ring[]) => rings.reduce((sum, { name }) => sum + usualSeconds(name), 0);
  const aboveS = above.reduce((sum, lists) => sum + Math.max(0, ...lists.map(listS)), 0);
  const belowS = below.reduce((sum, rings) => sum + listS(rings), 0);
  return Math.max(aboveS, belowS === 0 ? 0 : belowS + aboveS / 4);
}

/** After this the ring is ended and has failed. */
export function limitMs(ring: string): number {
  return (usualSeconds(ring) * 4 + 120) * 1_000;
}

/** `about 4 min`, `about 50 s`: as long as a person wants to know it. */
export function aboutText(seconds: number): string {
  return seconds >= 90 ? `about ${Math.round(seconds / 60)} min` : `about ${seconds} s`;
}
