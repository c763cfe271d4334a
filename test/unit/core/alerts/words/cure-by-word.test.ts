import { expect, test } from "bun:test";
import { cureByWord } from "../../../../../src/core/alerts/words/cure-by-word.ts";

test("one host is named with the command, several with one command for each", () => {
  expect(cureByWord(["h1"])).toBe(" If h1 is off: ha-cfg confirm-off h1.");
  expect(cureByWord(["h1", "h2", "h3"])).toBe(
    " If h1, h2 and h3 are off, for each of them: ha-cfg confirm-off HOST.",
  );
});
