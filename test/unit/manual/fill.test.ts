import { expect, test } from "bun:test";
import { parseBlocks } from "../../../src/manual/blocks.ts";
import { fillTables, markdownTable } from "../../../src/manual/fill.ts";

test("fillTables: a place is a line of its own", () => {
  const tables = { ports: () => "| a |\n", parameters: (about: string) => `of ${about}\n` };
  expect(fillTables("x\n\n{{ports}}\n\n{{parameters fencing}}\n{{no}} place\n", tables)).toBe(
    "x\n\n| a |\n\nof fencing\n{{no}} place\n",
  );
  for (const place of ["{{nothing}}", "{{constructor}}"])
    expect(() => fillTables(place, tables)).toThrow("there is no table");
});

test("markdownTable: what is in a cell comes back, bars too", () => {
  const rows = [
    ["a|b", "`c`"],
    ["", "d"],
  ];
  expect(parseBlocks(markdownTable(["one", "two"], rows))).toEqual([
    { kind: "table", head: ["one", "two"], rows },
  ]);
});
