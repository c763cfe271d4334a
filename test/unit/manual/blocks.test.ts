import { describe, expect, test } from "bun:test";
import { type Block, parseBlocks } from "../../../src/manual/blocks.ts";

const rows: readonly (readonly [string, string, readonly Block[]])[] = [
  ["a heading", "# What it is\n", [{ kind: "heading", level: 1, text: "What it is" }]],
  [
    "a paragraph over two lines",
    "one\ntwo\n\nthree\n",
    [
      { kind: "paragraph", text: "one two" },
      { kind: "paragraph", text: "three" },
    ],
  ],
  [
    "a list with a long item",
    "* one\n  more\n* two\n",
    [{ kind: "list", ordered: false, items: ["one more", "two"] }],
  ],
  ["steps", "1. one\n2. two\n", [{ kind: "list", ordered: true, items: ["one", "two"] }]],
  [
    "code, as it is",
    "```\n# no heading\n\n  * no item\n```\nafter\n",
    [
      { kind: "code", language: "", lines: ["# no heading", "", "  * no item"] },
      { kind: "paragraph", text: "after" },
    ],
  ],
  [
    "a table, with a bar in a cell",
    "| a | b |\n|---|---|\n| `x\\|y` | |\n",
    [{ kind: "table", head: ["a", "b"], rows: [["`x|y`", ""]] }],
  ],
  [
    "a heading ends a paragraph",
    "one\n## two\n",
    [
      { kind: "paragraph", text: "one" },
      { kind: "heading", level: 2, text: "two" },
    ],
  ],
];

describe("parseBlocks", () => {
  for (const [title, markdown, blocks] of rows)
    test(title, () => expect(parseBlocks(markdown)).toEqual([...blocks]));

  test("code that is not closed is a fault, and not half a chapter", () =>
    expect(() => parseBlocks("text\n\n```\nxe host-list\n")).toThrow("the code of line 3 is not closed"));
});
