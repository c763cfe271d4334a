import { expect, test } from "bun:test";
import { isIsolation } from "../../../../src/core/memory/isolation.ts";
import { expectShape } from "./expect-shape.ts";

test("isIsolation: since when this host is alone, and whether that has cost a reboot", () => {
  expectShape(isIsolation, { sinceMs: 1, rebooted: true, wellSinceMs: 2 });
  expect(isIsolation({ sinceMs: 1, rebooted: true, wellSinceMs: null })).toBe(true);
});
