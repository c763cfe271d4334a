import { expect, test } from "bun:test";
import { answerFrom } from "../../../src/modes/plugin-shown.ts";

const mask = (text: string) => text.replaceAll("schema", "********");

test("answerFrom: one line; a password is taken out of values, and never breaks the JSON", () => {
  const out = '{\n  "schema": 1,\n  "why": "the schema of old"\n}\n';
  expect(answerFrom(out, "", mask)).toEqual({ ok: true, text: '{"schema":1,"why":"the ******** of old"}' });
});

test("answerFrom: nothing shown is a failure, with what was said", () =>
  expect(answerFrom("", "Cannot plan.\n", mask)).toEqual({ ok: false, text: "Cannot plan." }));

test("answerFrom: an answer that is too long for XAPI is none, counted in bytes", () => {
  const letters = (count: number) => answerFrom(JSON.stringify("é".repeat(count)), "", mask);
  expect(letters(999_999).ok).toBe(true);
  expect(letters(1_000_000)).toEqual({
    ok: false,
    text: "the answer has 2000002 bytes, more than 2000000; ask for single hosts (hosts=NAME)",
  });
});
