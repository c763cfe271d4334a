import { wrapText } from "../cli/screens/text.ts";
import type { Block } from "./blocks.ts";
import { chapterOf, parseInline } from "./inline.ts";

/** How a page of text is set. */
export interface Page {
  readonly columns: number;
  /** Marks a heading; without colours it is the text as it is. */
  readonly bold: (text: string) => string;
}

/** Narrower columns are no help to anybody. */
const NARROWEST = 24;

/** Blocks as lines of text with an empty line between them. Code keeps its lines, whatever their width. */
export function renderText(blocks: readonly Block[], page: Page): string {
  return blocks.map((block) => renderBlock(block, page)).join("\n");
}

function renderBlock(block: Block, page: Page): string {
  switch (block.kind) {
    case "heading":
      return renderHeading(plain(block.text), block.level, page);
    case "paragraph":
      return wrapText(plain(block.text), "", "", page.columns);
    case "list": {
      const width = block.ordered ? `${block.items.length}. `.length : 2;
      return block.items
        .map((item, at) => {
          const mark = (block.ordered ? `${at + 1}. ` : "* ").padEnd(width);
          return wrapText(plain(item), " ".repeat(width + 2), `  ${mark}`, page.columns);
        })
        .join("");
    }
    case "code":
      return block.lines.map((line) => (line === "" ? "\n" : `    ${line}\n`)).join("");
    case "table":
      return renderTable(
        block.head.map(plain),
        block.rows.map((row) => row.map(plain)),
        page,
      );
  }
}

/** What is drawn below a heading, by its level. */
const RULES = ["=", "-"] as const;

function renderHeading(title: string, level: number, { columns, bold }: Page): string {
  const text = wrapText(level === 1 ? title.toUpperCase() : title, "", "", columns);
  const lines = text.trimEnd().split("\n");
  const width = Math.max(...lines.map((line) => Bun.stringWidth(line)));
  const rule = RULES[level - 1]?.repeat(width);
  return [...lines.map(bold), ...(rule === undefined ? [] : [rule])].map((line) => `${line}\n`).join("");
}

/** A code of one small word would be taken for a word of the sentence. */
const SMALL_WORD = /^[a-z]+$/;

/** A sentence without its marks. A link to a chapter is the command that shows it. */
function plain(sentence: string): string {
  const spans = parseInline(sentence);
  return spans
    .map((span) => {
      if (span.kind === "code" && spans.length > 1 && SMALL_WORD.test(span.text)) return `"${span.text}"`;
      if (span.kind !== "link") return span.text;
      const to = chapterOf(span.target);
      return to === null ? `${span.text} [${span.target}]` : `${span.text} [ha-cfg manual ${to.chapter}]`;
    })
    .join("");
}

/** In columns where the last one keeps a width that can be read, else each row as a short list. */
function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, bold }: Page,
): string {
  const last = head.length - 1;
  const widths = head.map((cell, at) =>
    Math.max(Bun.stringWidth(cell), ...rows.map((row) => Bun.stringWidth(row[at] ?? ""))),
  );
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 0);
  const words = rows.flatMap((row) => (row[last] ?? "").split(" ")).map((word) => Bun.stringWidth(word));
  const needed = Math.max(Math.min(widths[last] ?? 0, NARROWEST), ...words);
  if (columns - before < needed) return renderRows(head, rows, columns);
  const line = (cells: readonly string[]): string => {
    const start = cells.slice(0, last).map((cell, at) => pad(cell, (widths[at] ?? 0) + 2));
    const end = cells[last] ?? "";
    if (end === "") return `${start.join("").trimEnd()}\n`;
    return wrapText(end, " ".repeat(before), start.join(""), columns);
  };
  return [
    ...(head.some((cell) => cell !== "") ? [bold(line(head).trimEnd()), "\n"] : []),
    ...rows.map(line),
  ].join("");
}

function renderRows(head: readonly string[], rows: readonly (readonly string[])[], columns: number): string {
  return rows
    .map(([first = "", ...others]) =>
      [
        wrapText(first, "  ", "", columns),
        ...others.map((cell, at) => {
          const label = head[at + 1] ?? "";
          return cell === ""
            ? ""
            : wrapText(label === "" ? cell : `${label}: ${cell}`, "    ", "    ", columns);
        }),
      ].join(""),
    )
    .join("");
}

const pad = (cell: string, width: number): string =>
  cell + " ".repeat(Math.max(0, width - Bun.stringWidth(cell)));
