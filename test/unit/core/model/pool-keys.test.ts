import { describe, expect, test } from "bun:test";
import {
  NO_SUCCESSOR,
  RANKING_KEY,
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
