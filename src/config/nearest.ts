/**
 * The known word nearest to what was typed, or undefined when none is near. Of two that are equally near it is the one that
 * begins with the same letter: people seldom mistype the first one.
 */
export function nearestWord(typed: string, known: Iterable<string>): string | undefined {
  const wanted = typed.slice(0, 64).toLowerCase();
  const most = Math.max(2, Math.ceil(wanted.length / 3));
  let best: string | undefined;
  let fewest = most + 1;
  for (const word of known) {
    const lower = word.toLowerCase();
    const distance = editDistance(wanted, lower);
    if (distance > most) continue;
    const cost = distance + (lower[0] === wanted[0] ? 0 : OTHER_BEGINNING);
    if (cost >= fewest) continue;
    fewest = cost;
    best = word;
  }
  return best;
}

/** Less than one edit: it only decides between words that are equally near. */
const OTHER_BEGINNING = 0.5;

/** Insertions, deletions, replacements and swaps of neighbours (Damerau), with three rows of the matrix at a time. */
function editDistance(left: string, right: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const replace = (last[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      const remove = (last[column] ?? 0) + 1;
      const insert = (current[column - 1] ?? 0) + 1;
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const swap = swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(replace, remove, insert, swap));
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
