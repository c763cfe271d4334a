import { describe, expect, test } from "bun:test";
import {
  type Check,
  isBrandedText,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullOr,
  objectOf,
  oneOf,
  recordOf,
} from "../../../../src/core/memory/shape.ts";

/** What a check takes, and what it refuses. */
interface Row {
  readonly check: Check<unknown>;
  readonly takes: readonly unknown[];
  readonly refuses: readonly unknown[];
}

const isPoint = objectOf<{ x: number; note: string | null }>({ x: isNumber, note: nullOr(isText) });

const ROWS: Readonly<Record<string, Row>> = {
  isText: { check: isText, takes: ["", "a"], refuses: [1, true, null, undefined, ["a"], {}] },
  isBrandedText: { check: isBrandedText, takes: ["h1"], refuses: [1, null, undefined, {}] },
  isFlag: { check: isFlag, takes: [true, false], refuses: [0, 1, "true", null, undefined] },
  isNumber: {
    check: isNumber,
    takes: [0, -1, 0.5],
    refuses: ["0", null, undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n],
  },
  "nullOr(isText)": { check: nullOr(isText), takes: [null, "a"], refuses: [undefined, 0, false, {}] },
  "listOf(isNumber)": {
    check: listOf(isNumber),
    takes: [[], [1, 2]],
    refuses: [null, {}, { length: 0 }, "12", [1, "2"], [null]],
  },
  "recordOf(isNumber)": {
    check: recordOf(isNumber),
    takes: [{}, { a: 1 }],
    refuses: [null, undefined, [], [1], "a", { a: 1, b: "2" }, { a: null }],
  },
  "oneOf(on, off)": {
    check: oneOf({ on: true, off: true }),
    takes: ["on", "off"],
    refuses: ["On", "", null, undefined, true, ["on"], "toString", "constructor", "__proto__"],
  },
  objectOf: {
    check: isPoint,
    takes: [
      { x: 1, note: null },
      { x: 1, note: "a", addedLater: true },
    ],
    refuses: [
      null,
      undefined,
      [],
      "x",
      {},
      { x: 1 },
      { note: null },
      { x: "1", note: null },
      { x: 1, note: 2 },
    ],
  },
  "objectOf no fields": { check: objectOf<object>({}), takes: [{}], refuses: [[], null, "a"] },
};

const shown = (value: unknown): string =>
  typeof value === "bigint" || typeof value === "number" || value === undefined
    ? String(value)
    : JSON.stringify(value);

for (const [name, { check, takes, refuses }] of Object.entries(ROWS)) {
  describe(name, () => {
    for (const value of takes) test(`takes ${shown(value)}`, () => expect(check(value)).toBe(true));
    for (const value of refuses) test(`refuses ${shown(value)}`, () => expect(check(value)).toBe(false));
  });
}
