/** Makes the text of a table; `about` is what stands after its name in the chapter, or empty. */
export type MakeTable = (about: string) => string;

const PLACE = /^\{\{([a-z]+)(?: ([a-z-]+))?\}\}$/gm;

/** Puts the tables into a chapter: a line `{{name}}` or `{{name about}}` is a place for one. Throws where there is none. */
export function fillTables(chapter: string, tables: Readonly<Record<string, MakeTable>>): string {
  return chapter.replace(PLACE, (_line, name: string, about: string | undefined) => {
    const make = Object.hasOwn(tables, name) ? tables[name] : undefined;
    if (make === undefined) throw new Error(`Cannot print the manual: there is no table ${name}`);
    return make(about ?? "").trimEnd();
  });
}

/** A Markdown table. Bars in cells are kept as text. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return [line(head), `|${"---|".repeat(head.length)}\n`, ...rows.map(line)].join("");
}
