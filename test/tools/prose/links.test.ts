import { describe, expect, test } from "bun:test";
import { NAMES, TEXTS } from "../tidy/tree.ts";
import { anchorsIn, checkLinks, linksIn } from "./links.ts";

test("linksIn: links, and none of what stands in code", () => {
  const text = "[a](b.md#c), [`x`](y/) `[no](no.md)`\n\n```\n[no](no.md)\n```\n[d](https://example.org)\n";
  expect(linksIn(text)).toEqual(["b.md#c", "y/", "https://example.org"]);
});

test("anchorsIn: one for each heading", () =>
  expect([...anchorsIn("# One two\n\n```\n# no\n```\n\n## `x`: three\n")]).toEqual(["one-two", "x-three"]));

describe("checkLinks", () => {
  const names = new Set(["README.md", "src/", "src/a.md"]);
  const rows: readonly (readonly [string, string, boolean])[] = [
    ["README.md", "src/a.md", true],
    ["README.md", "src/a.md#here", true],
    ["README.md", "src/a.md#there", false],
    ["README.md", "src", true],
    ["README.md", "src/", true],
    ["README.md", "a.md", false],
    ["README.md", "#top", true],
    ["README.md", "#bottom", false],
    ["src/a.md", "../README.md#top", true],
    ["README.md", "https://example.org/x", true],
    ["README.md", "http://example.org/x", false],
    ["README.md", "https://", false],
  ];
  for (const [file, target, isGood] of rows)
    test(`${target} in ${file}: ${isGood ? "leads somewhere" : "leads nowhere"}`, () => {
      const documents = new Map([
        ["README.md", "# Top\n"],
        ["src/a.md", "# Here\n"],
      ]);
      documents.set(file, `${documents.get(file)}[x](${target})\n`);
      expect(checkLinks(documents, names)).toEqual(isGood ? [] : [`${file} links to ${target}`]);
    });
});

test("every link of every document leads to what is in this tree, heading included", () => {
  const documents = new Map([...TEXTS].filter(([file]) => file.endsWith(".md")));
  expect(documents.size).toBeGreaterThan(20);
  expect(checkLinks(documents, NAMES)).toEqual([]);
});
