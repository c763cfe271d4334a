/** Texts of a picture that do not run into each other. */

/** Of a letter, for the widest of the usual fonts. */
const LETTER = 7.2;
const GAP = 8;

export interface Label {
  readonly x: number;
  readonly text: string;
}

export interface PlacedLabel {
  readonly anchor: "start" | "middle" | "end";
  /** 0 is next to the line, the others are above it. */
  readonly row: number;
}

/** Each in the lowest row in which it has room, one after the other; none begins before `left` or ends after `right`. */
export function placeLabels(labels: readonly Label[], left: number, right: number): readonly PlacedLabel[] {
  const taken: (readonly [from: number, to: number])[][] = [];
  return labels.map(({ x, text }) => {
    const width = text.length * LETTER;
    const anchor = x - width / 2 < left ? "start" : x + width / 2 > right ? "end" : "middle";
    const from = x - (anchor === "start" ? 0 : anchor === "end" ? width : width / 2) - GAP;
    const to = from + width + 2 * GAP;
    const isFree = (row: number) => (taken[row] ?? []).every(([a, b]) => to <= a || from >= b);
    let row = 0;
    while (row < taken.length && !isFree(row)) row += 1;
    taken[row] = [...(taken[row] ?? []), [from + GAP, to - GAP]];
    return { anchor, row };
  });
}

/** A letter of a name, for the widest of the usual fonts: W, an ideogram; a capital; any other. */
function letterWidth(letter: string): number {
  if (letter === "…" || /[A-Z0-9_]/.test(letter)) return /[MW]/.test(letter) ? 13.5 : 9.5;
  return /[mw@%]/.test(letter) || letter > "\u024f" ? 13.5 : 8;
}

/** What is wider than its place loses its middle: names of VMs often differ in their ends. */
export function cutMiddle(name: string, width: number): string {
  const letters = [...name];
  const fits = (text: readonly string[]) => text.reduce((sum, one) => sum + letterWidth(one), 0) <= width;
  if (fits(letters)) return name;
  for (let kept = Math.min(letters.length - 1, 60); kept > 1; kept--) {
    const end = Math.floor(kept / 2);
    const short = [...letters.slice(0, kept - end), "…", ...letters.slice(letters.length - end)];
    if (fits(short)) return short.join("");
  }
  return "…";
}
