import { describe, expect, test } from "bun:test";
import type { DisarmWord } from "../../../../src/core/model/disarm-words.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { wanted } from "./wanted.ts";

const B = hostUuid("b");
const RESTS = { disarm: { word: 5, of: [{ host: null, leftMs: 60_000 }] } };
const word = (id: number, forS: number): DisarmWord => ({ id, host: null, forS });

/** What the roll is to have of a rest, where HA rests for the pool; the last word that was taken. */
const after = (given: Parameters<typeof wanted>[0]) => {
  const disarm = wanted({ change: RESTS, ...given })?.disarm;
  return disarm === undefined
    ? "as it is"
    : `${disarm.of.length === 0 ? "over" : "rests"}, word ${disarm.word}`;
};

describe("wantedRoll: a word that ends a rest of HA", () => {
  // b leads, and a is the master that has died.
  const led = { self: B, roll: "5b.1 abc", others: { a: undefined } };
  const rows: readonly [string, Parameters<typeof wanted>[0], string][] = [
    [
      "in the database, which only the named master knows for sure",
      { ...led, disarmWords: [word(6, 0)] },
      "as it is",
    ],
    ["given on the host that leads", { ...led, armWords: [word(6, 0)] }, "over, word 6"],
    ["one that was taken", { ...led, armWords: [word(5, 0)] }, "as it is"],
    ["on the master", { armWords: [word(6, 0)] }, "over, word 6"],
    [
      "before a later one in the database",
      { armWords: [word(6, 0)], disarmWords: [word(7, 60)] },
      "rests, word 7",
    ],
  ];
  for (const [title, given, expected] of rows)
    test(`${title}: ${expected}`, () => expect(after(given)).toBe(expected));
});
