/** Text of other people's in a page: nothing in it is markup. */
export function escapeHtml(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Such a cell is never broken, so that its column is as wide as it. */
const SHORT_CELL = 12;

/** A table with these heads; cells are text. A column that says nothing in any row is left out. */
export function renderTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const said = heads.map((_, at) => rows.some((row) => (row[at] ?? NOTHING) !== NOTHING));
  const cells = (tag: "td" | "th", row: readonly string[]) =>
    row
      .filter((_, at) => said[at])
      .map((cell) => `<${tag}${cell.length <= SHORT_CELL ? ' class="n"' : ""}>${escapeHtml(cell)}</${tag}>`)
      .join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>\n`).join("");
  return `<table>\n<thead><tr>${cells("th", heads)}</tr></thead>\n<tbody>\n${body}</tbody></table>\n`;
}

/** What stands in a cell that has nothing to say. */
export const NOTHING = "–";

/** A table of questions and answers, without heads. */
export function renderPairs(pairs: readonly (readonly [string, string])[]): string {
  const rows = pairs.map(
    ([first, second]) => `<tr><td>${escapeHtml(first)}</td><td>${escapeLines(second)}</td></tr>\n`,
  );
  return `<table>\n${rows.join("")}</table>\n`;
}

/** The lines of a text stay lines. */
const escapeLines = (text: string): string => text.split("\n").map(escapeHtml).join("<br>");
