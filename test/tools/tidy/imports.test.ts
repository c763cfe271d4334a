import { describe, expect, test } from "bun:test";
import { importsOf } from "./imports.ts";

const found = (text: string) =>
  importsOf("src/core/a/x.ts", text).map(({ kind, target }) => `${kind} ${target}`);

describe("importsOf", () => {
  test("a value, a type and what is loaded when it is wanted", () => {
    expect(
      found(`
import { a } from "../b/y.ts";
import type { B } from "./z.ts";
import { type C, d } from "zod";
import "./effect.ts";
export { e } from "./e.ts";
export type { F } from "./f.ts";
const g = await import("../../g.ts");`),
    ).toEqual([
      "value src/core/b/y.ts",
      "type src/core/a/z.ts",
      "value zod",
      "value src/core/a/effect.ts",
      "value src/core/a/e.ts",
      "type src/core/a/f.ts",
      "lazy src/g.ts",
    ]);
  });

  test("several lines are one import", () => {
    expect(found(`import {\n  a,\n  type B,\n} from "./y.ts";`)).toEqual(["value src/core/a/y.ts"]);
  });

  test("neither a comment nor a text that looks like an import is one", () => {
    expect(
      found('// import { a } from "./a.ts";\nexport const x = "b";\nconst y = `\nimport "./c.ts"`;'),
    ).toEqual([]);
  });
});
