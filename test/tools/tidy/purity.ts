import { keep } from "./pieces.ts";

/** Time, chance, the machine, its language and its time zone, and everything that waits. */
const IMPURE =
  /\b(Date|fetch|process|Bun|console|globalThis|require|eval|setTimeout|setInterval|setImmediate|queueMicrotask|Math\.random|crypto|performance|Intl|localeCompare|toLocale\w*|import\.meta|async|await|Promise)\b|\bimport\s*\(/;

/**
 * A given moment as UTC text, `new Date(atMs).toISOString()`: the same answer on every machine at any time. Nothing else of
 * Date is allowed; without an argument it is the clock, with several, or with a text, it depends on the time zone.
 */
const UTC_TEXT = /\bnew Date\((?!\s*(?:\.\.\.|\)))((?:[^(),"]|\([^()]*\))+)\)\.toISOString\(\)/g;

/** The first word of a text that a pure function cannot know; null when there is none. */
export function impureWord(text: string): string | null {
  const code = keep(text, "code").replace(UTC_TEXT, "($1)");
  return code.match(IMPURE)?.[0] ?? null;
}
