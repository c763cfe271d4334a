/** The mark of a scenario that this program is known to fail. */
export const KNOWN_FAILURE = "fails.txt";

/** What such a mark says. */
export interface KnownFailure {
  /** The name under which the fault was found. */
  readonly finding: string;
  /** What is seen, in words. */
  readonly seen: string;
  /** Texts, one of which stands in each failure: the name of a rule, or the claim of the script. */
  readonly broken: readonly string[];
}

/** Reads lines `finding X1`, `seen …` and `broken …`. Throws when one of the three is missing. */
export function parseKnownFailure(text: string): KnownFailure {
  const valuesOf = (word: string): readonly string[] =>
    text
      .split("\n")
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length).trim());
  const [finding] = valuesOf("finding");
  const seen = valuesOf("seen").join(" ");
  const broken = valuesOf("broken");
  if (finding === undefined || seen === "" || broken.length === 0)
    throw new Error(`Cannot read ${KNOWN_FAILURE}: lines "finding", "seen" and "broken" are wanted`);
  return { finding, seen, broken };
}
