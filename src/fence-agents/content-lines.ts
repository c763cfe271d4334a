/** A line of an administrator's file that says something. */
export interface ContentLine {
  /** From 1. */
  readonly line: number;
  readonly content: string;
}

/** The lines of a text without comments (`#`, at the beginning or after a space) and the space around; empty ones are left out. */
export function contentLines(text: string): readonly ContentLine[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    // The byte order mark of Windows is space, too.
    const content = raw.replace(/(^|\s)#.*$/, "").trim();
    return content === "" ? [] : [{ line: index + 1, content }];
  });
}
