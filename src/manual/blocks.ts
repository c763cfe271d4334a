/**
 * The part of Markdown that the manual is written in: headings, paragraphs, lists of one level, code between fences, and
 * tables. What a paragraph, an item or a cell says is still marked up (`inline.ts`).
 */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly string[] }
  | { readonly kind: "code"; readonly language: string; readonly lines: readonly string[] }
  | {
      readonly kind: "table";
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

const FENCE = /^```(\w*)$/;
const HEADING = /^(#{1,6}) (.+)$/;
const ITEM = /^(?:[*-]|\d+\.) (.+)$/;
const RULE = /^\|(?: *:?-+:? *\|)+$/;

/** Takes a chapter apart, in one pass from the first line to the last. Throws when code is not closed. */
export function parseBlocks(markdown: string): readonly Block[] {
  const lines = markdown.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const heading = HEADING.exec(line);
    if (line.trim() === "") at += 1;
    else if (heading !== null) {
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, text: heading[2] ?? "" });
      at += 1;
    } else {
      const [block, next] = takeBlock(lines, at);
      blocks.push(block);
      at = next;
    }
  }
  return blocks;
}

/** The block that begins at this line, which is not empty, and the first line after it. */
function takeBlock(lines: readonly string[], from: number): readonly [Block, number] {
  const first = lines[from] ?? "";
  const fence = FENCE.exec(first);
  if (fence !== null) {
    const end = lines.indexOf("```", from + 1);
    if (end < 0) throw new Error(`Cannot read the manual: the code of line ${from + 1} is not closed`);
    return [{ kind: "code", language: fence[1] ?? "", lines: lines.slice(from + 1, end) }, end + 1];
  }
  const end = endOfBlock(lines, from);
  const own = lines.slice(from, end);
  if (first.startsWith("|") && RULE.test(own[1] ?? "")) {
    const [head = [], , ...rows] = own.map(cellsOf);
    return [{ kind: "table", head, rows }, end];
  }
  if (!ITEM.test(first)) return [{ kind: "paragraph", text: joined(own) }, end];
  const starts = own.flatMap((line, index) => (ITEM.test(line) ? [index] : []));
  const items = starts.map((start, index) => {
    const [line = "", ...more] = own.slice(start, starts[index + 1] ?? own.length);
    return joined([line.replace(ITEM, "$1"), ...more]);
  });
  return [{ kind: "list", ordered: /^\d/.test(first), items }, end];
}

/** A block ends with an empty line, a heading, or code. */
function endOfBlock(lines: readonly string[], from: number): number {
  const end = lines.findIndex(
    (line, index) => index > from && (line.trim() === "" || HEADING.test(line) || FENCE.test(line)),
  );
  return end < 0 ? lines.length : end;
}

const joined = (lines: readonly string[]): string => lines.map((line) => line.trim()).join(" ");

/** `\|` is a bar within a cell. */
function cellsOf(row: string): readonly string[] {
  return row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}
