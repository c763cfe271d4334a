import { test } from "bun:test";
import { isRestartHistory, isRetry } from "../../../../src/core/memory/attempts.ts";
import { expectShape } from "./expect-shape.ts";

test("isRetry: how often, and not before when", () =>
  expectShape(isRetry, { failures: 2, notBeforeMs: 60_000 }));

test("isRestartHistory: the starts of a VM, and its place in the order", () =>
  expectShape(isRestartHistory, { startedAtMs: [1, 2], order: -1, startDelayS: 5, host: null }));
