import { describe, expect, test } from "bun:test";
import { keep, piecesOf } from "./pieces.ts";
import { SOURCES, TESTS } from "./tree.ts";

const kinds = (text: string) => piecesOf(text).map((piece) => `${piece.kind} ${piece.text}`);

describe("piecesOf", () => {
  test("strings and comments are told apart, whatever stands in them", () => {
    expect(kinds(`a = "// \\" b"; // it's "c"\n/* \` */ d`)).toEqual([
      "code a = ",
      `string "// \\" b"`,
      "code ; ",
      `comment // it's "c"`,
      "code \n",
      "comment /* ` */",
      "code  d",
    ]);
  });

  test("the expressions of a template are code, also inside another template", () => {
    expect(kinds("`a ${b({ c: `d ${e} f` })} g`")).toEqual([
      "template `a ${",
      "code b({ c: ",
      "template `d ${",
      "code e",
      "template } f`",
      "code  })",
      "template } g`",
    ]);
  });

  test("a slash divides after a value and begins a regular expression elsewhere", () => {
    expect(kinds('a / b; c(/["`/]/g) / 2')).toEqual(["code a / b; c(", 'regex /["`/]/g', "code ) / 2"]);
  });

  test("nothing is lost of any file of this tree", () => {
    for (const text of [...SOURCES.values(), ...TESTS.values()]) {
      expect(
        piecesOf(text)
          .map((piece) => piece.text)
          .join("") === text,
      ).toBe(true);
    }
  });
});

test("keep: what is left out leaves a string that is empty, or a blank", () => {
  expect(keep('f("a", `b ${c}`) // d', "code")).toBe('f("", ""c"")  ');
});
