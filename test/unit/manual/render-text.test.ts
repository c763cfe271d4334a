import { describe, expect, test } from "bun:test";
import { parseBlocks } from "../../../src/manual/blocks.ts";
import { renderText } from "../../../src/manual/render-text.ts";

const render = (markdown: string, columns = 40): string =>
  renderText(parseBlocks(markdown), { columns, bold: (text) => `<${text}>` });

describe("renderText", () => {
  test("headings, paragraphs, lists and code, an empty line between them", () =>
    expect(
      render(
        "# One\n\n## Two\n\nA line of `ha-cfg get` that is too long for forty columns.\n\n1. first\n2. second\n\n```\nxe host-list\n```\n",
      ),
    ).toBe(
      `<ONE>
===

<Two>
---

A line of ha-cfg get that is too long
for forty columns.

  1. first
  2. second

    xe host-list
`,
    ));

  test("a link is the command that shows the chapter, or the address", () =>
    expect(render("See [Fencing](purpose.md#ilo) and [XAPI](https://example.org).", 200)).toBe(
      "See Fencing [ha-cfg manual purpose] and XAPI [https://example.org].\n",
    ));

  test("a code of one small word is quoted in a sentence, and not where it stands alone", () =>
    expect(render("With `none` it waits, `XX` not.\n\n| | |\n|---|---|\n| `none` | it waits |\n")).toBe(
      'With "none" it waits, XX not.\n\nnone  it waits\n',
    ));

  test("a short command is not broken", () =>
    expect(render("It is shown by the command `ha-cfg get NAME`.\n")).toBe(
      "It is shown by the command\nha-cfg get NAME.\n",
    ));

  test("a table in columns: the last one is wrapped", () =>
    expect(
      render(
        "| name | meaning |\n|---|---|\n| one | a text that is longer than its column is |\n| two | |\n",
      ),
    ).toBe(
      `<name  meaning>
one   a text that is longer than its
      column is
two
`,
    ));

  test("a table with a wide first column: both are wrapped", () =>
    expect(
      render(
        "| what | default | by |\n|---|---|---|\n| a thing that takes a while to say | 4 s | PARAMETER |\n| it | 5 s | |\n",
      ),
    ).toBe(
      `<what         default  by>
a thing      4 s      PARAMETER
that takes
a while to
say
it           5 s
`,
    ));

  test("a table that is too wide: each row as a list", () =>
    expect(
      render(
        "| a long name of a column | another long name | meaning |\n|---|---|---|\n| one | two | a text that needs at least some room |\n",
      ),
    ).toBe(
      `one
    another long name: two
    meaning: a text that needs at least
    some room
`,
    ));
});
