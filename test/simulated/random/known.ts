/** A history that fails for a reason that is known and waits for its change. */
export interface KnownFailure {
  readonly finding: string;
  readonly failures: readonly string[];
}

/**
 * By seed, of pools of 2 to 16 hosts. Each must fail as it is named here: one that is good, or fails in another way, is a
 * failure of the search, so that nothing hides behind this list and nothing stays on it.
 */
export const KNOWN_FAILURES: Readonly<Record<number, KnownFailure>> = {};

/** What a search has to tell of a seed. */
export function unexpected(
  seed: number,
  failures: readonly string[],
  known: Readonly<Record<number, KnownFailure>> = KNOWN_FAILURES,
): readonly string[] {
  const expected = known[seed];
  if (expected === undefined) return failures;
  if (failures.join("\n") === expected.failures.join("\n")) return [];
  return failures.length > 0 ? failures : [`it is good now: take it out of known.ts (${expected.finding})`];
}
