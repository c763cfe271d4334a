/** What a person reads of a document: neither code nor addresses nor where links lead. */
export function proseOf(markdown: string): string {
  return markdown
    .replace(/^( *)```[\s\S]*?^\1```$/gm, "")
    .replace(/`[^`\n]*(?:\n[^`\n]+)?`/g, " ")
    .replace(/\]\([^()\s]*\)/g, "]")
    .replace(/\b\w+:\/\/[^\s)>"']+/g, " ")
    .replace(/&[a-z]+;|<!--[\s\S]*?-->/g, " ");
}
