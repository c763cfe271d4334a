/** A stretch of a sentence. */
export type Span =
  | { readonly kind: "plain" | "code" | "strong" | "emphasis"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly target: string };

const MARKED = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^()\s]+)\)/g;

/** A sentence in its spans; all that is not code, strong, emphasis or a link is plain. */
export function parseInline(sentence: string): readonly Span[] {
  const spans: Span[] = [];
  let from = 0;
  const plainTo = (end: number) => {
    if (end > from) spans.push({ kind: "plain", text: sentence.slice(from, end) });
  };
  for (const found of sentence.matchAll(MARKED)) {
    plainTo(found.index);
    const [whole, code, strong, emphasis, link, target] = found;
    if (code !== undefined) spans.push({ kind: "code", text: code });
    else if (strong !== undefined) spans.push({ kind: "strong", text: strong });
    else if (emphasis !== undefined) spans.push({ kind: "emphasis", text: emphasis });
    else spans.push({ kind: "link", text: link ?? "", target: target ?? "" });
    from = found.index + whole.length;
  }
  plainTo(sentence.length);
  return spans;
}

/** Where a link leads: `purpose.md#words` is chapter purpose, heading Words; null is another place, as an address is. */
export function chapterOf(target: string): { readonly chapter: string; readonly anchor: string } | null {
  const [, chapter, anchor = ""] = /^(?:([a-z-]+)\.md)?(?:#([a-z0-9-]+))?$/.exec(target) ?? [];
  return chapter === undefined ? null : { chapter, anchor };
}

/** The anchor of a heading, as code forges make it: `Three hosts, step by step` is `three-hosts-step-by-step`. */
export function anchorOf(heading: string): string {
  const words = parseInline(heading).map(({ text }) => text);
  return words
    .join("")
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, "")
    .replaceAll(" ", "-");
}
