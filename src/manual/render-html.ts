import type { Chapter } from "../cli/manual-contents.ts";
import type { Block } from "./blocks.ts";
import { anchorOf, chapterOf, parseInline, type Span } from "./inline.ts";

/** A chapter with its text taken apart. */
export interface HtmlChapter extends Pick<Chapter, "name" | "title"> {
  readonly blocks: readonly Block[];
}

/** For screens and for paper, light and dark. No font, picture or script is fetched from anywhere. */
const STYLE = `
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; display: flex; }
nav { flex: none; width: 16rem; height: 100vh; position: sticky; top: 0; overflow: auto; padding: 1rem; box-sizing: border-box;
  border-right: 1px solid var(--line); }
nav ol { padding-left: 1.5rem; }
main { max-width: 52rem; padding: 0 2rem 4rem; min-width: 0; }
section { border-bottom: 1px solid var(--line); padding-bottom: 2rem; }
pre, code { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { background: var(--soft); padding: 0.75rem; overflow-x: auto; line-height: 1.3; }
table { border-collapse: collapse; }
th, td { border: 1px solid var(--line); padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
@media (max-width: 50rem) { body { display: block; } nav { width: auto; height: auto; position: static; } }
@media print { nav { display: none; } }
`;

/** All chapters as one page, with a list of them beside it. */
export function renderHtml(chapters: readonly HtmlChapter[], version: string): string {
  const title = `HA-Lizard ${version}: manual`;
  const list = chapters.map(({ name, title }) => `<li><a href="#${name}">${escapeHtml(title)}</a></li>\n`);
  const sections = chapters.map(
    ({ name, blocks }) =>
      `<section>\n${blocks.map((block) => renderBlock(block, name)).join("")}</section>\n`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<nav>
<strong>${escapeHtml(title)}</strong>
<ol>
${list.join("")}</ol>
</nav>
<main>
${sections.join("")}</main>
</body>
</html>
`;
}

function renderBlock(block: Block, chapter: string): string {
  switch (block.kind) {
    case "heading": {
      const id = idOf(chapter, block.level === 1 ? "" : anchorOf(block.text));
      return `<h${block.level} id="${id}">${renderInline(block.text)}</h${block.level}>\n`;
    }
    case "paragraph":
      return `<p>${renderInline(block.text)}</p>\n`;
    case "list": {
      const tag = block.ordered ? "ol" : "ul";
      return `<${tag}>\n${block.items.map((item) => `<li>${renderInline(item)}</li>\n`).join("")}</${tag}>\n`;
    }
    case "code":
      return `<pre>${block.lines.map(escapeHtml).join("\n")}</pre>\n`;
    case "table": {
      const cells = (tag: "th" | "td", row: readonly string[]): string =>
        `<tr>${row.map((cell) => `<${tag}>${renderInline(cell)}</${tag}>`).join("")}</tr>\n`;
      const head = block.head.some((cell) => cell !== "") ? cells("th", block.head) : "";
      return `<table>\n${head}${block.rows.map((row) => cells("td", row)).join("")}</table>\n`;
    }
  }
}

const renderInline = (sentence: string): string => parseInline(sentence).map(renderSpan).join("");

const TAGS = { code: "code", strong: "strong", emphasis: "em" } as const;

function renderSpan(span: Span): string {
  const text = escapeHtml(span.text);
  if (span.kind === "plain") return text;
  if (span.kind === "link") return `<a href="${escapeHtml(hrefOf(span.target))}">${text}</a>`;
  const tag = TAGS[span.kind];
  return `<${tag}>${text}</${tag}>`;
}

function hrefOf(target: string): string {
  const to = chapterOf(target);
  return to === null ? target : `#${idOf(to.chapter, to.anchor)}`;
}

/** Headings of two chapters may say the same. */
const idOf = (chapter: string, anchor: string): string => (anchor === "" ? chapter : `${chapter}-${anchor}`);

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
