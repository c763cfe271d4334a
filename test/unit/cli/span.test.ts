import { describe, expect, test } from "bun:test";
import { readSpan, spanWords } from "../../../src/cli/span.ts";

describe("readSpan", () => {
  const rows: readonly [string, number][] = [
    ["1min", 60],
    ["90m", 5_400],
    ["2h", 7_200],
    ["1h30m", 5_400],
    ["24h", 86_400],
    ["3600s", 3_600],
  ];
  for (const [typed, seconds] of rows)
    test(`${typed}: ${seconds} s`, () => expect(readSpan(typed)).toBe(seconds));
  for (const typed of ["", "2", "h", "59s", "24h1s", "2 h", "-2h", "1.5h", "2d"])
    test(`"${typed}" is none`, () => expect(() => readSpan(typed)).toThrow("Cannot use --for"));
});

test("spanWords: to the minute, rounded up", () =>
  expect([0, 1, 61, 3_600, 5_401].map(spanWords)).toEqual(["0 min", "1 min", "2 min", "1 h", "1 h 31 min"]));
