import { describe, expect, test } from "bun:test";
import { checkReferences, documentsIn, pathsIn, resolver } from "./references.ts";
import { NAMES, TEXTS } from "./tree.ts";

const named = (found: readonly { named: string }[]) => found.map((reference) => reference.named);

describe("documentsIn", () => {
  test("with and without a path, in prose, comments and code alike", () => {
    const text = 'See `a.md`, (b/c.md) and ../d.md.\n// behaviour.md §4\nread("e.md")';
    expect(named(documentsIn("x.ts", text))).toEqual(["a.md", "b/c.md", "../d.md", "behaviour.md", "e.md"]);
  });

  test("neither an address, nor a path of the machine, nor one that is put together, nor an ending", () => {
    const text = 'https://example.org/a.md /etc/a.md etc/ha-lizard/a.md "$own/a.md" `${here}/a.md` ".md"';
    expect(named(documentsIn("x.ts", text))).toEqual([]);
  });
});

describe("pathsIn", () => {
  const folders = ["src", "test", "core", "fence"];

  test("code: what begins with a folder of the tree", () => {
    const text = 'edit("src/core/x.ts", "core/a/", "test/unit", "devices/x.ts", "x.ts", "core/other");';
    expect(named(pathsIn("x.ts", text, folders))).toEqual(["src/core/x.ts", "core/a/", "test/unit"]);
  });

  test("prose: every source, and every path with an ending of ours", () => {
    const text = "`x.ts` and `old/y.ts` and `old/z.sh`, `pool.json`, and/or, `run.sh`";
    expect(named(pathsIn("README.md", text, folders))).toEqual(["x.ts", "old/y.ts", "old/z.sh"]);
    expect(named(pathsIn("x.ts", '// as in y.ts\nimport "./z.ts";', folders))).toEqual(["y.ts"]);
  });
});

describe("resolver", () => {
  const names = new Set([
    "README.md",
    "src/core/",
    "src/core/a/",
    "src/core/a/x.ts",
    "test/unit/y.ts",
    "fence/ILO/ILO.sh",
  ]);
  const rows: readonly [string, string, boolean][] = [
    ["README.md", "src/core/a/x.ts", true],
    ["README.md", "core/a/x.ts", true],
    ["README.md", "unit/y.ts", true],
    ["src/core/README.md", "a/x.ts", true],
    ["src/core/README.md", "../../README.md", true],
    ["README.md", "x.ts", true],
    ["README.md", "a/x.ts", false],
    ["README.md", "z.ts", false],
    ["README.md", "core/a/", true],
    ["README.md", "core/b/", false],
    ["README.md", "src/core/<room>/*.ts", true],
    ["README.md", "src/<layer>/*.sh", false],
    ["README.md", "<METHOD>/<METHOD>.sh", true],
    ["src/core/a/x.ts", "README.md", true],
    ["src/core/a/x.ts", "NOTES.md", false],
  ];
  for (const [file, name, exists] of rows) {
    test(`${name} in ${file}: ${exists ? "there" : "missing"}`, () =>
      expect(resolver(names)(file, name)).toBe(exists));
  }
});

test("checkReferences: the line of what is missing", () => {
  const texts = new Map([["README.md", "a\nsee `README.md`, `NOTES.md`"]]);
  expect(checkReferences(texts, new Set(["README.md"]), documentsIn)).toEqual(["README.md:2 names NOTES.md"]);
});

/** The rules' own tests name what is missing, on purpose. */
const OURS = new Map([...TEXTS].filter(([file]) => !/^test\/tools\/(?:tidy|prose)\//.test(file)));
/** Folders with which a path begins that is meant from the root, from src or from test. */
const FOLDERS = [...NAMES].flatMap((name) => /^(?:(?:src|test)\/)?([^/]+)\/$/.exec(name)?.[1] ?? []);

test("every document that a text refers to is in this tree", () =>
  expect(checkReferences(OURS, NAMES, documentsIn)).toEqual([]));

test("every path that a text, a comment or a test quotes is in this tree", () =>
  expect(checkReferences(OURS, NAMES, (file, text) => pathsIn(file, text, FOLDERS))).toEqual([]));
