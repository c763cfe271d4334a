import { describe, expect, test } from "bun:test";
import { checkCounterparts, type Exports, runs } from "./counterparts.ts";
import { NAMES, pathTo, SOURCES } from "./tree.ts";

describe("runs", () => {
  const rows: readonly [string, Exports, boolean][] = [
    ["a function", { f: () => 1 }, true],
    ["a class", { C: class {} }, true],
    ["a table of functions", { TABLE: { a: () => 1, b: 2 } }, true],
    ["numbers, texts and lists", { A_MS: 1_000, TEXT: "a", LIST: ["a"], NONE: null }, false],
    ["nothing but types", {}, false],
  ];
  for (const [title, exports, expected] of rows) {
    test(`${title}: ${expected}`, () => expect(runs(exports)).toBe(expected));
  }
});

test("checkCounterparts: a file that runs needs its test, in the folder of the same name", () => {
  const sources = new Map<string, Exports>([
    ["src/core/a/tested.ts", { f: () => 1 }],
    ["src/core/a/untested.ts", { f: () => 1 }],
    ["src/core/a/types.ts", {}],
  ]);
  expect(checkCounterparts(sources, new Set(["test/unit/core/a/tested.test.ts"]))).toEqual([
    "src/core/a/untested.ts has no test/unit/core/a/untested.test.ts",
  ]);
});

test("every file of the core has its test", async () => {
  const core = [...SOURCES.keys()].filter((file) => file.startsWith("src/core/"));
  const exports = await Promise.all(
    core.map(async (file): Promise<[string, Exports]> => [file, await import(pathTo(file))]),
  );
  expect(checkCounterparts(new Map(exports), NAMES)).toEqual([]);
});
