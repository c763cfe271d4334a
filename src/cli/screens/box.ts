/** What a box is drawn with. A terminal that is not set to UTF-8 shows three odd letters for each line of the others. */
const LINES = { bar: "─", side: "│", corners: ["┌", "┐", "└", "┘"] } as const;
const ASCII_LINES = { bar: "-", side: "|", corners: ["+", "+", "+", "+"] } as const;

/** Two columns on each side. */
export const BOX_MARGIN = 4;

/** The lines in a box of `width` columns; each must be `BOX_MARGIN` narrower than that. */
export function drawBox(lines: readonly string[], width: number, unicode: boolean): string {
  const { bar, side, corners } = unicode ? LINES : ASCII_LINES;
  const [topLeft, topRight, bottomLeft, bottomRight] = corners;
  const edge = bar.repeat(width - 2);
  const inside = lines.map((line) => {
    // Colours have no width.
    const tail = " ".repeat(Math.max(0, width - BOX_MARGIN - Bun.stringWidth(line)));
    return `${side} ${line}${tail} ${side}\n`;
  });
  return `${topLeft}${edge}${topRight}\n${inside.join("")}${bottomLeft}${edge}${bottomRight}\n`;
}
