import { describe, expect, test } from "bun:test";
import { isTie, tallyQuorum } from "../../../../src/core/members/quorum.ts";
import { host } from "../fixtures.ts";

const hosts = (count: number) => Array.from({ length: count }, (_, index) => host(index + 1));

describe("tallyQuorum", () => {
  // members, alive, heuristic IPs -> quorate
  const rows: readonly [number, number, "all-answered" | "not-all-answered" | "not-asked", boolean][] = [
    [1, 1, "not-asked", true],
    [2, 2, "not-asked", true],
    [2, 1, "not-asked", false],
    [2, 1, "not-all-answered", false],
    [2, 1, "all-answered", true],
    [3, 3, "not-asked", true],
    [3, 2, "not-asked", true],
    [3, 1, "not-asked", false],
    [3, 1, "all-answered", false], // the gateway does not make a minority a majority
    [4, 2, "not-asked", false],
    [4, 2, "all-answered", true],
    [4, 1, "all-answered", false],
    [5, 3, "not-asked", true],
    [16, 8, "all-answered", true],
    [16, 7, "all-answered", false],
    [0, 0, "all-answered", false], // no valid view: no quorum
  ];
  for (const [members, alive, heuristics, quorate] of rows) {
    test(`${alive} of ${members} with heuristics ${heuristics}: ${quorate ? "quorum" : "no quorum"}`, () => {
      expect(tallyQuorum({ members: hosts(members), alive: hosts(alive), heuristics }).quorate).toBe(quorate);
    });
  }

  test("hosts that are no members have no vote", () => {
    const tally = tallyQuorum({
      members: [host(1), host(2), host(3)],
      alive: [host(1), host(8), host(9)],
      heuristics: "not-asked",
    });
    expect(tally).toEqual({ members: 3, alive: 1, votes: 1, quorate: false });
  });
});

test("isTie: only exactly half of the members", () => {
  expect(isTie(hosts(2), hosts(1))).toBe(true);
  expect(isTie(hosts(3), hosts(1))).toBe(false);
  expect(isTie(hosts(3), hosts(2))).toBe(false);
  expect(isTie([], [])).toBe(false);
});
