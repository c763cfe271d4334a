import { describe, expect, test } from "bun:test";
import { waysTo } from "../../../../src/core/group/ways.ts";

describe("waysTo", () => {
  const rows: readonly [string, Parameters<typeof waysTo>[0], readonly string[]][] = [
    ["nothing is known", [], []],
    ["no address", [{ address: "", otherAddresses: [] }], []],
    ["others were not read", [{ address: "a", otherAddresses: null }], ["a"]],
    ["XAPI's comes first, and each once", [{ address: "b", otherAddresses: ["a", "b"] }], ["b", "a"]],
    ["only others are known", [{ address: "", otherAddresses: ["a"] }], ["a"]],
    [
      "two records of one host: what XAPI uses goes before",
      [
        { address: "old", otherAddresses: ["x"] },
        { address: "new", otherAddresses: null },
      ],
      ["old", "new", "x"],
    ],
  ];
  for (const [title, known, expected] of rows)
    test(title, () => expect(waysTo(known)).toEqual([...expected]));
});
