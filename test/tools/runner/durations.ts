/**
 * What a ring takes on two cores, in seconds: said before it runs, so that nobody wonders whether it hangs. Its limit is
 * four times as much and two minutes, for a machine that is slow or busy. A ring that is not named here is a quick one.
 */
const USUAL_S: Readonly<Record<string, number>> = {
  adapters: 60,
  pool: 20,
  faults: 30,
  fuzz: 30,
  "fence-agents": 130,
  "ha-cfg": 45,
  kills: 100,
  random: 150,
  scenarios: 50,
  scripts: 190,
  services: 90,
  e2e: 240,
};
const QUICK_S = 5;

/** Seconds that the ring usually takes. */
export function usualSeconds(ring: string): number {
  return USUAL_S[ring] ?? QUICK_S;
}

/** After this the ring is ended and has failed. */
export function limitMs(ring: string): number {
  return (usualSeconds(ring) * 4 + 120) * 1_000;
}

/** `about 4 min`, `about 50 s`: as long as a person wants to know it. */
export function aboutText(seconds: number): string {
  return seconds >= 90 ? `about ${Math.round(seconds / 60)} min` : `about ${seconds} s`;
}
