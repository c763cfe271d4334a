import { describe, expect, test } from "bun:test";
import { CHAPTERS } from "../../../src/cli/manual-contents.ts";
import { type Block, parseBlocks } from "../../../src/manual/blocks.ts";
import { anchorOf, chapterOf, parseInline } from "../../../src/manual/inline.ts";
import { createManual } from "../../../src/manual/manual.ts";

const manual = createManual([]);
const blocksOf = (name: string): readonly Block[] => parseBlocks(manual.markdown(name));

function sentencesOf(block: Block): readonly string[] {
  switch (block.kind) {
    case "heading":
    case "paragraph":
      return [block.text];
    case "list":
      return block.items;
    case "table":
      return [...block.head, ...block.rows.flat()];
    case "code":
      return [];
  }
}

/** The anchors of a chapter, of headings below its title. */
const anchorsOf = (name: string): readonly string[] =>
  blocksOf(name).flatMap((block) => (block.kind === "heading" ? [anchorOf(block.text)] : []));

for (const { name, title } of CHAPTERS) {
  describe(name, () => {
    const blocks = blocksOf(name);

    test("one title, that of the list, and no level is left out", () => {
      const levels = blocks.flatMap((block) => (block.kind === "heading" ? [block.level] : []));
      expect(blocks[0]).toEqual({ kind: "heading", level: 1, text: title });
      expect(levels.filter((level) => level === 1)).toEqual([1]);
      for (const [at, level] of levels.entries())
        expect(level).toBeLessThanOrEqual((levels[at - 1] ?? 0) + 1);
    });

    test("every link leads to a chapter and a heading of it, or to an address", () => {
      const targets = blocks
        .flatMap(sentencesOf)
        .flatMap(parseInline)
        .flatMap((span) => (span.kind === "link" ? [span.target] : []));
      for (const target of targets.filter((one) => !one.startsWith("https://"))) {
        const to = chapterOf(target);
        expect([target, CHAPTERS.some((chapter) => chapter.name === to?.chapter)]).toEqual([target, true]);
        if (to !== null && to.anchor !== "") expect(anchorsOf(to.chapter)).toContain(to.anchor);
      }
    });

    test("headings have anchors of their own, all tables are filled in, all marks are closed", () => {
      const anchors = anchorsOf(name);
      expect(anchors).toEqual([...new Set(anchors)]);
      const plain = blocks
        .flatMap(sentencesOf)
        .flatMap(parseInline)
        .flatMap((span) => (span.kind === "plain" ? [span.text] : []));
      expect(plain.filter((text) => /`|\*\*|\]\(|\{\{/.test(text))).toEqual([]);
    });

    test("code is no wider than a terminal of 80 columns with its indent", () => {
      const lines = blocks.flatMap((block) => (block.kind === "code" ? block.lines : []));
      expect(lines.filter((line) => Bun.stringWidth(line) > 76)).toEqual([]);
    });
  });
}
