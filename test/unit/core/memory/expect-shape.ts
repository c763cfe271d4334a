import { expect } from "bun:test";
import type { Check } from "../../../../src/core/memory/shape.ts";

/** Values that no field of a memory has. */
const NEVER: readonly unknown[] = [undefined, Number.NaN, ["x", 1, {}]];

/** The check takes the example as it is read back from its file, and nothing in which one field is missing or wrong. */
export function expectShape<T extends object>(check: Check<T>, example: T): void {
  const written = JSON.parse(JSON.stringify(example)) as Record<string, unknown>;
  expect(check(written)).toBe(true);
  for (const key of Object.keys(written)) {
    for (const wrong of NEVER)
      expect({ key, ok: check({ ...written, [key]: wrong }) }).toEqual({ key, ok: false });
  }
  for (const other of [null, [], "x", 7]) expect(check(other)).toBe(false);
}
