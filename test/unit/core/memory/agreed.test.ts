import { describe, expect, test } from "bun:test";
import { isAgreed } from "../../../../src/core/memory/agreed.ts";

describe("isAgreed", () => {
  test("a time, in a boot", () => expect(isAgreed({ atMs: 5, bootId: "boot-2" })).toBe(true));
  const damaged: readonly [string, unknown][] = [
    ["no boot", { atMs: 5 }],
    ["a boot that is a number", { atMs: 5, bootId: 2 }],
    ["no time", { bootId: "boot-2" }],
    ["a time that is a text", { atMs: "5", bootId: "boot-2" }],
    ["a time alone", 5],
    ["nothing", null],
  ];
  for (const [what, value] of damaged) test(`${what} is none`, () => expect(isAgreed(value)).toBe(false));
});
