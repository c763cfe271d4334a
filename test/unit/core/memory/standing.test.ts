import { expect, test } from "bun:test";
import { isStanding } from "../../../../src/core/memory/standing.ts";
import { expectShape } from "./expect-shape.ts";

const STANDING = {
  atMs: 5,
  nextMs: 9,
  inService: 3,
  seen: "ab",
  weakHosts: ["h1"],
  unprotected: ["web (why)"],
};

test("isStanding: what was found", () => expectShape(isStanding, STANDING));

test("isStanding: nothing could be read yet", () =>
  expect(isStanding({ ...STANDING, atMs: null })).toBe(true));
