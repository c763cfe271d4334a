import { describe, expect, test } from "bun:test";
import { isUuid } from "../../../../src/core/model/ids.ts";

describe("isUuid", () => {
  const rows: readonly [string, string, boolean][] = [
    ["lower case", "2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d10", true],
    ["upper case", "2F4A81C0-9B1E-4C57-A3D2-0E6F7B8C9D10", true],
    ["a digit too few", "2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d1", false],
    ["a digit too many", "2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d100", false],
    ["something before it", "x2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d10", false],
    ["no hyphens", "2f4a81c09b1e4c57a3d20e6f7b8c9d10", false],
    ["a letter that is no digit", "2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d1g", false],
    ["a line break behind it", "2f4a81c0-9b1e-4c57-a3d2-0e6f7b8c9d10\n", false],
    ["XAPI's null reference", "OpaqueRef:NULL", false],
    ["nothing", "", false],
  ];
  for (const [what, text, isOne] of rows)
    test(`${what}: ${isOne ? "a uuid" : "none"}`, () => expect(isUuid(text)).toBe(isOne));
});
