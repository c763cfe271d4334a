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

/** A table with these heads; cells are text. */
export function renderTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: "td" | "th", row: readonly string[]) =>
    row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>\n`).join("");
  return `<table>\n<tr>${cells("th", heads)}</tr>\n${body}</table>\n`;
}
