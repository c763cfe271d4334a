import { expect } from "bun:test";
import type { Saying } from "../../../../../src/core/alerts/saying.ts";
import type { Reason } from "../../../../../src/core/model/reason.ts";
import { REASONS } from "../reasons.ts";

/** The words say of each example what is expected, and of no kind more than that. */
export function expectWords(words: object, said: Readonly<Record<string, string>>): void {
  const found = Object.entries(words as Record<Reason["kind"], (reason: never) => Saying>).map(
    ([kind, word]) => [kind, word(REASONS[kind as Reason["kind"]] as never).text],
  );
  expect(Object.fromEntries(found)).toEqual(said);
}
