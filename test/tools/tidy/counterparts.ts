import type { Violations } from "./tree.ts";

/** What a source file exports at run time; types are not among it. */
export type Exports = Readonly<Record<string, unknown>>;

/** Has this file anything that runs: a function, a class, or a table of functions? Types and constants need no test. */
export function runs(exports: Exports): boolean {
  return Object.values(exports).some((value) => isFunction(value) || isTableOfFunctions(value));
}

const isFunction = (value: unknown): boolean => typeof value === "function";

function isTableOfFunctions(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).some(isFunction);
}

/** `src/core/room/x.ts` is tested in `test/unit/core/room/x.test.ts`. */
const testOf = (source: string): string =>
  source.replace(/^src\//, "test/unit/").replace(/\.ts$/, ".test.ts");

/** Sources with something that runs and without their test. */
export function checkCounterparts(
  sources: ReadonlyMap<string, Exports>,
  names: ReadonlySet<string>,
): Violations {
  return [...sources]
    .filter(([file, exports]) => !names.has(testOf(file)) && runs(exports))
    .map(([file]) => `${file} has no ${testOf(file)}`);
}
