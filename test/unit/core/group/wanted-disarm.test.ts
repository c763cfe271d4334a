import { describe, expect, test } from "bun:test";
import { type Disarm, MOST_DISARMS } from "../../../../src/core/group/disarm.ts";
import { wantedDisarm } from "../../../../src/core/group/wanted-disarm.ts";
import type { DisarmWord } from "../../../../src/core/model/disarm-words.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";

const MIN = 60_000;
const B = hostUuid("b");
const C = hostUuid("c");
const NOW_MS = 100 * MIN;

interface Case {
  readonly of?: readonly Disarm[];
  /** For so long this leader has counted. */
  readonly forMs?: number;
  readonly words?: readonly DisarmWord[];
  readonly ha?: boolean;
  readonly version?: number;
  readonly isChanging?: boolean;
}

/** The roll has word 5. `pool 10, b 5`: minutes, or `same` where nothing is to be changed; behind it another last word. */
function wanted({
  of = [],
  forMs = 30_000,
  words = [],
  ha = true,
  version = 3,
  isChanging = false,
}: Case): string {
  const disarm = { word: 5, of };
  const roll = { id: { term: { count: 1, host: B }, version }, disarm };
  const watch = { record: disarm, sinceMs: NOW_MS - forMs };
  const next = wantedDisarm(watch, roll, { nowMs: NOW_MS, words, haWished: ha, isChanging });
  if (next === disarm) return "same";
  const parts = next.of.map(({ host, leftMs }) => `${host ?? "pool"} ${leftMs / MIN}`);
  return [parts.join(", ") || "nothing", ...(next.word === 5 ? [] : [`word ${next.word}`])].join("; ");
}

const pool = (minutes: number): Disarm => ({ host: null, leftMs: minutes * MIN });
const only = (host: typeof B, minutes: number): Disarm => ({ host, leftMs: minutes * MIN });
const word = (id: number, host: typeof B | null, minutes: number): DisarmWord => ({
  id,
  host,
  forS: minutes * 60,
});

describe("wantedDisarm", () => {
  const many = Array.from({ length: MOST_DISARMS }, (_, at) => only(hostUuid(`x${at}`), 5));
  const rows: readonly [string, Case, string][] = [
    ["nothing rests", {}, "same"],
    ["a word", { words: [word(6, null, 10)] }, "pool 10; word 6"],
    ["one that was taken", { words: [word(5, null, 10)] }, "same"],
    ["an older one", { words: [word(4, null, 10)] }, "same"],
    ["two words", { words: [word(6, null, 10), word(7, B, 5)] }, "pool 10, b 5; word 7"],
    [
      "a second word takes the place of the first",
      { of: [pool(1)], words: [word(6, null, 10)] },
      "pool 10; word 6",
    ],
    ["a host beside the pool", { of: [pool(3)], words: [word(6, B, 10)] }, "pool 2.5, b 10; word 6"],
    ["arm for one host", { of: [pool(3), only(B, 9)], words: [word(6, B, 0)] }, "pool 2.5; word 6"],
    ["arm", { of: [pool(3), only(B, 9)], words: [word(6, null, 0)] }, "nothing; word 6"],
    [
      "arm, and then another host",
      { of: [pool(3)], words: [word(6, null, 0), word(7, C, 1)] },
      "c 1; word 7",
    ],
    [
      "not so many",
      { of: many, words: [word(6, C, 9)], forMs: 0 },
      `${many.map(({ host }) => `${host} 5`).join(", ")}; word 6`,
    ],
    [
      "the whole pool has its place beside all but one of these",
      { of: many.slice(1), words: [word(6, null, 9)], forMs: 0 },
      `${many
        .slice(1)
        .map(({ host }) => `${host} 5`)
        .join(", ")}, pool 9; word 6`,
    ],
    [
      "which no host takes",
      { of: many.slice(1), words: [word(6, C, 9)], forMs: 0 },
      `${many
        .slice(1)
        .map(({ host }) => `${host} 5`)
        .join(", ")}; word 6`,
    ],
    ["it goes on", { of: [pool(3)] }, "same"],
    ["it is over", { of: [pool(0.5)] }, "nothing"],
    ["of one it is over", { of: [pool(0.5), only(B, 9)] }, "b 8.5"],
    ["what was counted is written down", { of: [pool(3)], forMs: MIN }, "pool 2"],
    ["at once by a leader that was elected", { of: [pool(3)], version: 1 }, "pool 2.5"],
    ["but not again in the same second", { of: [pool(3)], version: 1, forMs: 500 }, "same"],
    ["and with every other change", { of: [pool(3)], isChanging: true }, "pool 2.5"],
    ["HA off ends it", { of: [pool(3)], ha: false }, "nothing"],
    ["and takes the words with it", { words: [word(6, null, 10)], ha: false }, "nothing; word 6"],
    ["HA off, and nothing rests", { ha: false }, "same"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(wanted(given)).toBe(expected));
});
