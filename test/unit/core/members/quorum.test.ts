import { describe, expect, test } from "bun:test";
import { isTie, tallyQuorum } from "../../../../src/core/members/quorum.ts";
import { host } from "../fixtures.ts";
import { number, oneOf, table, yesNo } from "../table.ts";

const hosts = (count: number) => Array.from({ length: count }, (_, index) => host(index + 1));

describe("tallyQuorum", () => {
  // The heuristic IPs are asked together: all of them answer, or they count for nothing.
  const rows = table(
    {
      members: number,
      alive: number,
      heuristics: oneOf("all-answered", "not-all-answered", "not-asked"),
      quorate: yesNo,
    },
    `
    members  alive  heuristics       | quorate
          1      1  not-asked        | yes      # a host that is alone in its pool decides alone
          1      0  all-answered     | no       # nobody is left to decide

          2      2  not-asked        | yes
          2      1  not-asked        | no       # a tie that nobody breaks
          2      1  not-all-answered | no       # one address that is silent is no answer
          2      1  all-answered     | yes      # a tie, broken
          2      0  all-answered     | no

          3      3  not-asked        | yes
          3      2  not-asked        | yes
          3      2  not-all-answered | yes      # a majority needs no gateway
          3      1  not-asked        | no
          3      1  all-answered     | no       # the gateway does not make a minority a majority

          4      3  not-asked        | yes
          4      2  not-asked        | no
          4      2  not-all-answered | no
          4      2  all-answered     | yes
          4      1  all-answered     | no       # one of four and the gateway are two of four

          5      3  not-asked        | yes
          5      2  all-answered     | no       # an odd number of members has no tie

         16      9  not-asked        | yes
         16      8  not-asked        | no
         16      8  all-answered     | yes
         16      7  all-answered     | no       # one vote is not two

          0      0  not-asked        | no       # the members are not known: no quorum
          0      0  all-answered     | no
    `,
  );
  for (const { members, alive, heuristics, quorate } of rows) {
    test(`${alive} of ${members} with heuristics ${heuristics}: ${quorate ? "quorum" : "no quorum"}`, () => {
      expect(tallyQuorum({ members: hosts(members), alive: hosts(alive), heuristics }).quorate).toBe(quorate);
    });
  }

  test("the heuristic IPs have one vote between them, and hosts one each", () => {
    expect(tallyQuorum({ members: hosts(4), alive: hosts(2), heuristics: "all-answered" })).toEqual({
      members: 4,
      alive: 2,
      votes: 3,
      quorate: true,
    });
  });

  test("hosts that are no members have no vote", () => {
    const tally = tallyQuorum({
      members: [host(1), host(2), host(3)],
      alive: [host(1), host(8), host(9)],
      heuristics: "not-asked",
    });
    expect(tally).toEqual({ members: 3, alive: 1, votes: 1, quorate: false });
  });
});

describe("isTie", () => {
  const rows = table(
    { members: number, alive: number, tie: yesNo },
    `
    members  alive | tie
          2      2 | no
          2      1 | yes
          3      2 | no
          3      1 | no
          4      3 | no
          4      2 | yes
          4      1 | no
          0      0 | no    # half of nothing is no tie
    `,
  );
  for (const { members, alive, tie } of rows) {
    test(`${alive} of ${members} members alive is ${tie ? "a tie" : "no tie"}`, () =>
      expect(isTie(hosts(members), hosts(alive))).toBe(tie));
  }

  test("hosts that are no members do not make a tie", () =>
    expect(isTie([host(1), host(2), host(3), host(4)], [host(1), host(8)])).toBe(false));
});
