import { test } from "bun:test";
import { isToolstackSilence } from "../../../../src/core/memory/toolstack.ts";
import { expectShape } from "./expect-shape.ts";

test("isToolstackSilence: since when, and whether it has cost a restart", () =>
  expectShape(isToolstackSilence, { silentSinceMs: 1, restarted: false }));
