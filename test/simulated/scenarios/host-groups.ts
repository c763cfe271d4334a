/** `h1,h2 | h3`, in words: groups of hosts by their numbers. */
export function hostGroups(
  words: readonly string[],
  numberOf: (word: string) => number,
): readonly (readonly number[])[] {
  return words
    .join(" ")
    .split("|")
    .map((group) =>
      group
        .split(/[\s,]+/)
        .filter(Boolean)
        .map(numberOf),
    );
}
