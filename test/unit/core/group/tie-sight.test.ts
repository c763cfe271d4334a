import { describe, expect, test } from "bun:test";
import { tieSight } from "../../../../src/core/group/tie-sight.ts";
import { NO_TIES, type TieAnswer, type Ties } from "../../../../src/core/group/ties.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import type { TieSight } from "../../../../src/core/model/group-sight.ts";
import { groupState } from "./states.ts";
import { A, ago, B, NOW_MS, type Voter } from "./votes.ts";

const LEADER: Voter = { term: "5a", roll: "5a.1 ab", tie: "t", promised: null };

const said = (answer: TieAnswer): Partial<Ties> => ({ said: new Map([["t", { answer, atMs: ago(9) }]]) });
const sight = (given: Voter, ties: Partial<Ties> = {}) =>
  tieSight({ ...groupState(given, {}), ties: { ...NO_TIES, ...ties } }, NOW_MS, GROUP_TIMINGS);

describe("what is published of the tie", () => {
  const none = { name: "t", decides: true, holder: null, need: "none", trouble: null };
  const rows: readonly [string, TieSight | null, Partial<TieSight> | null][] = [
    ["a roll without one", sight({ term: "5a", roll: "5a.1 ab" }), null],
    ["nobody needs it", sight({ ...LEADER, answers: { b: 1 } }), {}],
    ["in a roll of odd size it decides nothing", sight({ ...LEADER, roll: "5a.1 abc" }), { decides: false }],
    ["a claim is all that is lacking", sight(LEADER), { need: "lacks" }],
    ["it leads by its claim", sight({ ...LEADER, held: ["t"] }), { need: "lives", holder: A }],
    ["its claim is gone", sight(LEADER, { isLost: true, ...said({ kind: "free" }) }), { need: "lost" }],
    ["another host has it", sight(LEADER, said({ kind: "held", holder: B })), { need: "lacks", holder: B }],
    ["no answer", sight(LEADER, said({ kind: "unknown", why: "cut" })), { need: "lacks", trouble: "cut" }],
  ];
  for (const [what, found, expected] of rows)
    test(what, () =>
      expect(found).toEqual(expected === null ? null : ({ ...none, ...expected } as TieSight)),
    );
});
