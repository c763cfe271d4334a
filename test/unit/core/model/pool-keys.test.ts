import { describe, expect, test } from "bun:test";
import {
  CHANGES_KEY,
  NO_SUCCESSOR,
  OFFICE_KEY,
  RANKING_KEY,
  readChanges,
  readOffice,
  readRanking,
  SUCCESSOR_KEY,
} from "../../../../src/core/model/pool-keys.ts";

describe("readRanking", () => {
  const rows: readonly [string, Record<string, string>, string][] = [
    [
      "the first successor, then the others in order",
      { [SUCCESSOR_KEY]: "h2", [RANKING_KEY]: "h2:h4:h3" },
      "h2 h4 h3",
    ],
    ["HA-Lizard 2.x names the first one only", { [SUCCESSOR_KEY]: "h2" }, "h2"],
    ["the first key wins over the ranking", { [SUCCESSOR_KEY]: "h3", [RANKING_KEY]: "h2:h3:h4" }, "h3 h2 h4"],
    ["empty places are none", { [SUCCESSOR_KEY]: "h2", [RANKING_KEY]: ":h2::h3:" }, "h2 h3"],
    [
      "nobody can take over, whatever the ranking says",
      { [SUCCESSOR_KEY]: NO_SUCCESSOR, [RANKING_KEY]: "h2:h3" },
      "",
    ],
    ["an empty key is nobody", { [SUCCESSOR_KEY]: "", [RANKING_KEY]: "h2:h3" }, ""],
    ["a ranking without a first one is none", { [RANKING_KEY]: "h2:h3" }, ""],
    ["a pool that never had a successor", {}, ""],
  ];
  for (const [what, otherConfig, ranking] of rows)
    test(what, () => expect(readRanking(otherConfig).join(" ")).toBe(ranking));
});

describe("readChanges", () => {
  const rows: readonly [string, string | undefined, number | null][] = [
    ["a count", "12", 12],
    ["the last one that a heartbeat has room for and that can still be counted on", "4294967294", 4294967294],
    ["none yet", undefined, null],
    ["nothing", "", null],
    ["zero: the first change is the first count", "0", null],
    ["more than a heartbeat has room for", "4294967295", null],
    ["far more", "99999999999999999999", null],
    ["another way to write it", "012", null],
    ["a word", "many", null],
    ["a fraction", "1.5", null],
    ["less than nothing", "-1", null],
  ];
  for (const [what, text, count] of rows)
    test(what, () => expect(readChanges(text === undefined ? {} : { [CHANGES_KEY]: text })).toBe(count));
});

describe("readOffice: an untrusted text of the database", () => {
  const office = "7.11111111-2222-4333-8444-555555555555.2";
  const rows: readonly [string, Record<string, string>, string | null][] = [
    ["the one form", { [OFFICE_KEY]: office }, office],
    ["none", {}, null],
    ["empty", { [OFFICE_KEY]: "" }, null],
    ["a word", { [OFFICE_KEY]: "mine" }, null],
    ["another way to write it", { [OFFICE_KEY]: `0${office}` }, null],
    ["a megabyte", { [OFFICE_KEY]: "7".repeat(1_000_000) }, null],
  ];
  for (const [what, keys, expected] of rows) test(what, () => expect(readOffice(keys)).toBe(expected));
});
