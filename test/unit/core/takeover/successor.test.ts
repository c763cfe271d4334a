import { describe, expect, test } from "bun:test";
import { readRanking } from "../../../../src/core/model/pool-keys.ts";
import { rankSuccessors } from "../../../../src/core/takeover/successor.ts";
import { host } from "../fixtures.ts";

const candidate = (number: number, eligible: boolean, mayStay = eligible) => ({
  uuid: host(number),
  eligible,
  mayStay,
});

describe("rankSuccessors", () => {
  test("none eligible: empty", () => expect(rankSuccessors([], [candidate(2, false)])).toEqual([]));
  test("new ones in order of uuid", () =>
    expect(rankSuccessors([], [candidate(3, true), candidate(2, true)])).toEqual([host(2), host(3)]));
  test("who qualifies keeps its place", () =>
    expect(rankSuccessors([host(3), host(2)], [candidate(2, true), candidate(3, true)])).toEqual([
      host(3),
      host(2),
    ]));
  test("a lost ping does not cost the place", () =>
    expect(rankSuccessors([host(3)], [candidate(2, true), candidate(3, false, true)])).toEqual([
      host(3),
      host(2),
    ]));
  test("a failed or disabled one goes, and comes back last", () => {
    const without = rankSuccessors([host(3), host(2)], [candidate(2, true), candidate(3, false)]);
    expect(without).toEqual([host(2)]);
    expect(rankSuccessors(without, [candidate(2, true), candidate(3, true)])).toEqual([host(2), host(3)]);
  });
});

describe("readRanking", () => {
  test("none_available, empty and absent are nobody", () => {
    expect(readRanking({ autopromote_uuid: "none_available" })).toEqual([]);
    expect(readRanking({ autopromote_uuid: "" })).toEqual([]);
    expect(readRanking({})).toEqual([]);
  });
  test("autopromote_uuid alone, as HA-Lizard 2.x writes it", () =>
    expect(readRanking({ autopromote_uuid: "h2" })).toEqual([host(2)]));
  test("autopromote_uuid goes before the ranking", () =>
    expect(readRanking({ autopromote_uuid: "h3", autopromote_ranking: "h2:h3:h4" })).toEqual([
      host(3),
      host(2),
      host(4),
    ]));
});
