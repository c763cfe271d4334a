import { expect, test } from "bun:test";
import { isOwnCopy } from "../../../../src/core/memory/own-copy.ts";
import { host } from "../fixtures.ts";
import { expectShape } from "./expect-shape.ts";

test("isOwnCopy: whose database it is a copy of, and how new it is", () => {
  expectShape(isOwnCopy, { master: host(1), changes: 7, currentAtMs: 1, notBeforeMs: 2 });
  expect(isOwnCopy({ master: host(1), changes: null, currentAtMs: 1, notBeforeMs: 2 })).toBe(false);
});
