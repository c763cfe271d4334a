import { describe, expect, test } from "bun:test";
import { CHAPTERS } from "../../../src/cli/manual-contents.ts";
import { parseBlocks } from "../../../src/manual/blocks.ts";
import { createManual } from "../../../src/manual/manual.ts";
import { renderHtml } from "../../../src/manual/render-html.ts";

const body = (markdown: string): string => {
  const page = renderHtml([{ name: "a", title: "A", blocks: parseBlocks(markdown) }], "1");
  return page.split("<section>\n")[1]?.split("</section>")[0] ?? "";
};

describe("renderHtml", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["# A & B\n", '<h1 id="a">A &amp; B</h1>\n'],
    ["## Two `x` words\n", '<h2 id="a-two-x-words">Two <code>x</code> words</h2>\n'],
    ["**now** *Next* <b>\n", "<p><strong>now</strong> <em>Next</em> &lt;b&gt;</p>\n"],
    ["1. one\n2. two\n", "<ol>\n<li>one</li>\n<li>two</li>\n</ol>\n"],
    ["```sh\na <b\n\nc\n```\n", "<pre>a &lt;b\n\nc</pre>\n"],
    ["| | |\n|---|---|\n| x | `y` |\n", "<table>\n<tr><td>x</td><td><code>y</code></td></tr>\n</table>\n"],
    [
      '[x](purpose.md#words) [y](https://example.org/?a="b")\n',
      '<p><a href="#purpose-words">x</a> <a href="https://example.org/?a=&quot;b&quot;">y</a></p>\n',
    ],
  ];
  for (const [markdown, html] of rows) test(html, () => expect(body(markdown)).toBe(html));
});

describe("the page of the manual", () => {
  const page = createManual([]).html("3.0.0");

  test("nothing is fetched and nothing runs", () => {
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|base|form)\b/i);
    expect(page).not.toMatch(/\b(src|srcset|style|on[a-z]+)=|@import|url\(/i);
  });

  test("every element is closed where it has to be", () => {
    const open: string[] = [];
    const wrong: string[] = [];
    for (const [, end, tag = ""] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)\b[^>]*>/g)) {
      if (tag === "meta") continue;
      if (end === "") open.push(tag);
      else if (open.pop() !== tag) wrong.push(tag);
    }
    expect([wrong, open]).toEqual([[], []]);
  });

  test("every chapter is in it and in its list; every link inside leads to one place", () => {
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
    for (const { name } of CHAPTERS) expect(page).toContain(`<li><a href="#${name}">`);
  });
});
