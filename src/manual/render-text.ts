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

/** A short command is not broken over two lines: whoever copies it would lose a half. */
const UNBROKEN = "\u00a0";
const SHORT_CODE = 28;

/** Blocks as lines of text with an empty line between them. Code keeps its lines, whatever their width. */
export function renderText(blocks: readonly Block[], page: Page): string {
  return blocks
    .map((block) => renderBlock(block, page))
    .join("\n")
    .replaceAll(UNBROKEN, " ");
}

function renderBlock(block: Block, page: Page): string {
  switch (block.kind) {
    case "heading":
      return renderHeading(plain(block.text), block.level, page);
    case "paragraph":
      return wrapText(sentence(block.text), "", "", page.columns);
    case "list": {
      const width = block.ordered ? `${block.items.length}. `.length : 2;
      return block.items
        .map((item, at) => {
          const mark = (block.ordered ? `${at + 1}. ` : "* ").padEnd(width);
          return wrapText(sentence(item), " ".repeat(width + 2), `  ${mark}`, page.columns);
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
const SMALL_WORD = /^[a-z]{1,7}$/;

/** A sentence without its marks. */
const sentence = (text: string): string =>
  withoutMarks(text, (code) => (SMALL_WORD.test(code) ? `"${code}"` : code));

/** A title or a cell without its marks. */
const plain = (text: string): string => withoutMarks(text, (code) => code);

/** A link to a chapter is the command that shows it. */
function withoutMarks(text: string, showCode: (code: string) => string): string {
  return parseInline(text)
    .map((span) => {
      if (span.kind === "code") {
        const shown = showCode(span.text);
        return shown.length > SHORT_CODE ? shown : shown.replaceAll(" ", UNBROKEN);
      }
      if (span.kind !== "link") return span.text;
      const to = chapterOf(span.target);
      return to === null ? `${span.text} [${span.target}]` : `${span.text} [ha-cfg manual ${to.chapter}]`;
    })
    .join("");
}

/** In columns of which the first and the last are wrapped where that is needed, else each row as a short list. */
function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, bold }: Page,
): string {
  const widths = widthsOf([head, ...rows], columns);
  if (widths === null) return renderRows(head, rows, columns);
  const line = (cells: readonly string[]): readonly string[] => {
    const wrapped = cells.map((cell, at) => wrapText(cell, "", "", widths[at] ?? 0).split("\n"));
    const height = Math.max(1, ...wrapped.map((lines) => lines.length - 1));
    return Array.from({ length: height }, (_, row) =>
      wrapped
        .map((lines, at) => pad(lines[row] ?? "", widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  };
  const title = head.some((cell) => cell !== "") ? line(head).map(bold) : [];
  return [...title, ...rows.flatMap(line)].map((one) => `${one}\n`).join("");
}

/** The first column gets no more than this of what it shares with the last one, unless a word needs it. */
const SHARE = 0.4;

/** How wide each column is set; null: there is no room for columns. */
function widthsOf(rows: readonly (readonly string[])[], columns: number): readonly number[] | null {
  const texts = (rows[0] ?? []).map((_, at) => rows.map((row) => row[at] ?? ""));
  const widest = texts.map((cells) => Math.max(...cells.map((cell) => Bun.stringWidth(cell))));
  const word = texts.map((cells) =>
    Math.max(...cells.flatMap((cell) => cell.split(" ")).map((one) => Bun.stringWidth(one))),
  );
  const last = widest.length - 1;
  const middle = widest.slice(1, last).reduce((sum, width) => sum + width, 0);
  const room = columns - middle - 2 * last;
  const fits = (widest[0] ?? 0) + (last > 0 ? (widest[last] ?? 0) : 0) <= room;
  if (last === 0 || fits) return fits ? widest : null;
  const first = Math.min(widest[0] ?? 0, Math.max(word[0] ?? 0, Math.floor(room * SHARE)));
  const needed = Math.max(word[last] ?? 0, Math.min(widest[last] ?? 0, NARROWEST));
  return room - first < needed ? null : [first, ...widest.slice(1, last), room - first];
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
