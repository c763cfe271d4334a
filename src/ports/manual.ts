/** One action of ha-cfg, for people. */
export interface DescribedAction {
  readonly name: string;
  readonly description: string;
  /** How it is typed, in one line. */
  readonly usage: string;
  /** Each argument and option as it is typed, and what it means. */
  readonly words: readonly (readonly [string, string])[];
}

/** The manual as it is read. Nothing in it depends on the pool. */
export interface Manual {
  /** One chapter as Markdown, its tables filled in. Throws when there is no such chapter. */
  markdown(chapter: string): string;
  /** One chapter for a terminal, no line wider than `columns` unless it is code; `bold` marks headings. */
  text(chapter: string, columns: number, bold: (text: string) => string): string;
  /** All chapters as one page that needs no other file, no script and no network. */
  html(version: string): string;
}
