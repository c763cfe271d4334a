/** How often something is looked at while it is waited for. */
const LOOK_MS = 100;

/**
 * Resolves with the first value of `look` that is not null, false or undefined; looks again and again until `boundMs`
 * have passed, then rejects saying what was waited for and, if `look` failed, how.
 */
export async function until<T>(
  what: string,
  boundMs: number,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
): Promise<T> {
  const endMs = performance.now() + boundMs;
  let fault: unknown = null;
  while (performance.now() < endMs) {
    try {
      const seen = await look();
      fault = null;
      if (seen !== null && seen !== undefined && seen !== false) return seen;
    } catch (error) {
      fault = error;
    }
    await Bun.sleep(LOOK_MS);
  }
  const seen = fault instanceof Error ? `; the last look failed: ${fault.message}` : "";
  throw new Error(`Waited ${boundMs / 1000} s in vain: ${what}${seen}`);
}

/**
 * Watches that `look` stays without complaint for `durationMs`: the way to test that something does not happen. Rejects
 * with the first complaint.
 */
export async function holds(
  durationMs: number,
  look: () => string | null | Promise<string | null>,
): Promise<void> {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs) {
    const complaint = await look();
    if (complaint !== null) throw new Error(complaint);
    await Bun.sleep(2 * LOOK_MS);
  }
}
