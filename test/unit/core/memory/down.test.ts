import { expect, test } from "bun:test";
import { isDown, isDownReason } from "../../../../src/core/memory/down.ts";
import { host } from "../fixtures.ts";
import { expectShape } from "./expect-shape.ts";

const supply = { hosts: [host(1)], freeBytes: 100, storage: ["pbd-1"] };

test("isDown: since when, and the last start that failed", () =>
  expectShape(isDown, { sinceMs: 1, failure: { why: "no memory", supply } }));

test("isDown: without a start that failed, and with storage that was not read", () => {
  expect(isDown({ sinceMs: 1, failure: null })).toBe(true);
  expect(isDown({ sinceMs: 1, failure: { why: "", supply: { ...supply, storage: null } } })).toBe(true);
  expect(isDown({ sinceMs: 1, failure: { why: "", supply: { ...supply, storage: [1] } } })).toBe(false);
});

test("isDownReason: why, since when, and what was told, if anything", () => {
  const reason = { why: "no memory", sinceMs: 2, changingSinceMs: 1, seenMs: 3, told: "no host" };
  expectShape(isDownReason, reason);
  expect(isDownReason({ ...reason, told: null })).toBe(true);
});
