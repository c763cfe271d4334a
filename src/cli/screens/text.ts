import { showName } from "../../core/model/plain-text.ts";

/** Text of other people's for a line of a terminal: nothing in it may move the cursor or begin a line of its own. */
export function plainText(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ").trim();
}

/** A pool in a sentence: `pool lab`. A pool that nobody has named is `this pool`. */
export function poolText(name: string): string {
  return name.trim() === "" ? "this pool" : `pool ${showName(name)}`;
}

/** Rows as columns two spaces apart; the last column is as long as it is. */
export function renderColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, at) => Math.max(widest[at] ?? 0, Bun.stringWidth(cell))),
    [],
  );
  const padded = (cell: string, at: number): string =>
    cell + " ".repeat((widths[at] ?? 0) - Bun.stringWidth(cell));
  return rows
    .map((row) => `${row.map((cell, at) => (at === row.length - 1 ? cell : padded(cell, at))).join("  ")}\n`)
    .join("");
}

/** Each line that is not empty two columns further to the right. */
export function indent(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

/** Width of what is meant for people who read it in a terminal, in columns. */
export const WIDTH = 80;

/**
 * A paragraph in lines of at most `width` columns, each after `indent`, the first after `first` of the same width; a longer
 * word stands alone.
 */
export function wrapText(text: string, indent: string, first = indent, width = WIDTH): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").filter((one) => one !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && Bun.stringWidth(indent + longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines.map((one, at) => `${at === 0 ? first : indent}${one}\n`).join("");
}

/** A text of at most so many columns; one that was cut ends with `mark`. */
export function shortenTo(text: string, width: number, mark: string): string {
  if (Bun.stringWidth(text) <= width) return text;
  let short = "";
  for (const letter of text) {
    if (Bun.stringWidth(`${short}${letter}${mark}`) > width) break;
    short += letter;
  }
  return `${short}${mark}`;
}
