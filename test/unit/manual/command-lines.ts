import { type Block, parseBlocks } from "../../../src/manual/blocks.ts";
import { parseInline } from "../../../src/manual/inline.ts";

/** A line that an administrator may type, as the manual has it. */
export interface CommandLine {
  readonly chapter: string;
  readonly line: string;
  /** It stands in a block of commands; others are quoted in a sentence. */
  readonly inBlock: boolean;
}

/** What begins a command where it is quoted in a sentence. */
const QUOTED = /^(ha-cfg|service|xe|yum|cat|\.\/install\.sh|\.\/uninstall\.sh|systemctl|list_domains|xl) /;

/** Every command line of a chapter: those in blocks marked `sh`, whole, and those that are quoted. */
export function commandLines(chapter: string, markdown: string): readonly CommandLine[] {
  const blocks = parseBlocks(markdown);
  const inBlocks = shellBlocks(blocks).flatMap(shellLines);
  const quoted = blocks
    .flatMap(sentencesOf)
    .flatMap(parseInline)
    .flatMap(({ kind, text }) => (kind === "code" && QUOTED.test(text) ? [text] : []));
  return [
    ...inBlocks.map((line) => ({ chapter, line, inBlock: true })),
    ...quoted.map((line) => ({ chapter, line, inBlock: false })),
  ];
}

/** The blocks of commands, each as one script. */
export function shellBlocks(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) =>
    block.kind === "code" && block.language === "sh" ? [`${block.lines.join("\n")}\n`] : [],
  );
}

/** Lines that go on are joined; what a command reads from the block (`<<'END'`) is left out. */
function shellLines(script: string): readonly string[] {
  return script
    .replace(/(<<'END')\n[\s\S]*?\nEND\n/g, "$1\n")
    .replace(/ *\\\n */g, " ")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function sentencesOf(block: Block): readonly string[] {
  switch (block.kind) {
    case "heading":
    case "paragraph":
      return [block.text];
    case "list":
      return block.items;
    case "table":
      return block.rows.flat();
    case "code":
      return [];
  }
}
