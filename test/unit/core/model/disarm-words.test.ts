import { describe, expect, test } from "bun:test";
import {
  DISARM_KEY,
  joinWords,
  readDisarmWords,
  writeDisarmWords,
} from "../../../../src/core/model/disarm-words.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";

const UUID = "11111111-1111-4111-8111-111111111111";
const read = (text: string) => writeDisarmWords(readDisarmWords({ [DISARM_KEY]: text }));

describe("readDisarmWords", () => {
  const rows: readonly [string, string, string][] = [
    ["nothing", "", ""],
    ["the pool", "7.pool.7200", "7.pool.7200"],
    ["a host", `7.${UUID}.0`, `7.${UUID}.0`],
    ["the oldest first", `9.pool.0 7.${UUID}.60`, `7.${UUID}.60 9.pool.0`],
    ["for more than a day", "7.pool.86401", ""],
    ["for a day", "7.pool.86400", "7.pool.86400"],
    ["a number that is none", "0.pool.60 -1.pool.60 1e3.pool.60 123456789012345.pool.60", ""],
    ["nobody", "7.h2.60 7..60", ""],
    ["one among others", "x 7.pool.60 y", "7.pool.60"],
  ];
  for (const [what, text, expected] of rows) test(what, () => expect(read(text)).toBe(expected));

  test("without the key", () => expect(readDisarmWords({})).toEqual([]));
  test("as data", () =>
    expect(readDisarmWords({ [DISARM_KEY]: `7.${UUID}.60` })).toEqual([
      { id: 7, host: hostUuid(UUID), forS: 60 },
    ]));
});

describe("joinWords: each once, the oldest first, whichever list is the newer one", () => {
  const words = (text: string) => readDisarmWords({ [DISARM_KEY]: text });
  const joined = (a: string, b: string) => writeDisarmWords(joinWords(words(a), words(b)));
  const rows: readonly [string, string, string][] = [
    ["", "", ""],
    ["7.pool.60", "", "7.pool.60"],
    ["7.pool.60", "7.pool.60 9.pool.0", "7.pool.60 9.pool.0"],
    ["7.pool.60 9.pool.0", "7.pool.60", "7.pool.60 9.pool.0"],
    [`7.${UUID}.60`, "7.pool.60", `7.${UUID}.60 7.pool.60`],
  ];
  for (const [a, b, expected] of rows) test(`"${a}" and "${b}"`, () => expect(joined(a, b)).toBe(expected));
});
