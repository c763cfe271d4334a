import { describe, expect, test } from "bun:test";
import { flag, meaning, number, oneOf, table, yesNo } from "./table.ts";

const COLUMNS = { members: number, state: oneOf("alive", "dead"), quorate: yesNo };

describe("table", () => {
  test("cells are read by their column, and the comment of a row is its reason", () => {
    const rows = table(
      COLUMNS,
      `
      # a comment
      state | members quorate   # the order is that of the header
      alive | 3       yes       # a majority
      dead  | 0.5     no`,
    );
    expect(rows).toEqual([
      { state: "alive", members: 3, quorate: true, why: "a majority" },
      { state: "dead", members: 0.5, quorate: false, why: "" },
    ]);
  });

  const faults: readonly [string, string, string][] = [
    ["a column that nobody reads", "members state quorate extra\n1 alive yes 1", "unknown columns: extra"],
    ["a column that is not there", "members state\n1 alive", "missing columns: quorate"],
    [
      "a word that is not in the list",
      "members state quorate\n1 aliv yes",
      'line 2: "aliv" is none of alive, dead',
    ],
    ["a number that is none", "members state quorate\nmany alive yes", 'line 2: "many" is no number'],
    ["a cell too few", "members state quorate\n1 alive", "line 2: 2 cells for 3 columns"],
    ["nothing but a header", "members state quorate", "the table has no rows"],
  ];
  for (const [title, text, message] of faults) {
    test(`${title} is refused`, () => expect(() => table(COLUMNS, text)).toThrow(message));
  }
});

test("meaning: a word stands for a value, and flag for a parameter", () => {
  expect(meaning({ silent: 1, answers: 2 })("answers")).toBe(2);
  expect([flag("1"), flag("0")]).toEqual([true, false]);
  expect(() => flag("yes")).toThrow('"yes" is none of 0, 1');
});
