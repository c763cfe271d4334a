import { describe, expect, test } from "bun:test";
import { graphOf } from "./imports.ts";
import { checkLayers } from "./layers.ts";
import { SOURCES } from "./tree.ts";

const check = (file: string, text: string) => checkLayers(graphOf(new Map([[file, text]])));

describe("checkLayers", () => {
  test("a layer imports itself and what its row allows", () => {
    expect(check("src/app/pass/x.ts", 'import "./y.ts";\nimport "../../core/z.ts";')).toEqual([]);
  });

  test("no arrow runs back up, not even for a type or for later", () => {
    expect(check("src/core/x.ts", 'import type { A } from "../app/a.ts";')).toEqual([
      "src/core/x.ts imports src/app/a.ts",
    ]);
    expect(check("src/app/x.ts", 'const a = import("../adapters/a.ts");')).toEqual([
      "src/app/x.ts imports src/adapters/a.ts",
    ]);
  });

  test("a package is allowed by name", () => {
    expect(check("src/core/x.ts", 'import "node:fs";')).toEqual(["src/core/x.ts imports node:fs"]);
    expect(check("src/adapters/x.ts", 'import "node:fs";')).toEqual([]);
  });

  test("a folder that is in no row is not a layer", () => {
    expect(check("src/helpers/x.ts", "")).toEqual(["src/helpers/x.ts: there is no layer helpers"]);
  });
});

test("every file imports only what its layer may", () => expect(checkLayers(graphOf(SOURCES))).toEqual([]));
