import { describe, expect, test } from "bun:test";
import { tieSight } from "../../../../src/core/group/tie-sight.ts";
import { NO_TIES, type TieAnswer, type Ties } from "../../../../src/core/group/ties.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import type { TieSight } from "../../../../src/core/model/group-sight.ts";
import { groupState } from "./states.ts";
import { A, ago, B, NOW_MS, type Voter } from "./votes.ts";

const TIE = "5.a.1.ff.ssh.0123";
const LEADER: Voter = { term: "5a", roll: "5a.1 ab", tie: TIE, promised: null };

const said = (answer: TieAnswer): Partial<Ties> => ({ said: new Map([[TIE, { answer, atMs: ago(9) }]]) });
const sight = (given: Voter, ties: Partial<Ties> = {}, tag = "ssh.0123") =>
  tieSight(
    { ...groupState(given, {}), ties: { ...NO_TIES, ...ties } },
    { nowMs: NOW_MS, tag },
    GROUP_TIMINGS,
  );

describe("what is published of the tie", () => {
  const none = {
    name: TIE,
    decides: true,
    holder: null,
    need: "none",
    isClaiming: false,
    trouble: null,
    troubleSinceMs: null,
  };
  const rows: readonly [string, TieSight | null, Partial<TieSight> | null][] = [
    ["a roll without one", sight({ term: "5a", roll: "5a.1 ab" }), null],
    ["nobody needs it", sight({ ...LEADER, answers: { b: 1 } }), {}],
    ["in a roll of odd size it decides nothing", sight({ ...LEADER, roll: "5a.1 abc" }), { decides: false }],
    ["a claim is all that is lacking", sight(LEADER), { need: "lacks", isClaiming: true }],
    [
      "for less than an answer takes",
      sight(LEADER, { lacksMs: ago(29) }),
      { need: "lacks", isClaiming: true },
    ],
    ["for longer", sight(LEADER, { lacksMs: ago(30) }), { need: "lacks" }],
    [
      "for longer, and a look says that nobody has it",
      sight(LEADER, { lacksMs: ago(60), ...said({ kind: "free" }) }),
      { need: "lacks", isClaiming: true },
    ],
    [
      "since just now, and a look had said long ago that nobody has it",
      sight(LEADER, { lacksMs: ago(3), said: new Map([[TIE, { answer: { kind: "free" }, atMs: ago(60) }]]) }),
      { need: "lacks", isClaiming: true },
    ],
    ["it leads by its claim", sight({ ...LEADER, held: [TIE] }), { need: "lives", holder: A }],
    [
      "its claim is gone",
      sight(LEADER, { isLost: true, ...said({ kind: "free" }) }),
      { need: "lost", isClaiming: true },
    ],
    ["another host has it", sight(LEADER, said({ kind: "held", holder: B })), { need: "lacks", holder: B }],
    [
      "its parameters name another place",
      sight(LEADER, { lacksMs: ago(7) }, "ssh.4567"),
      {
        need: "lacks",
        trouble: "the hosts have agreed on another place than TIE_BREAKER_PLACE names on this host",
        troubleSinceMs: ago(7),
      },
    ],
    ["which is nothing to who needs no claim", sight({ ...LEADER, answers: { b: 1 } }, {}, "ssh.4567"), {}],
    [
      "no answer, since a while",
      sight(LEADER, { ...said({ kind: "unknown", why: "cut" }), silentMs: ago(30) }),
      { need: "lacks", trouble: "cut", troubleSinceMs: ago(30) },
    ],
    [
      "an answer, after a look for something else that had none",
      sight(LEADER, { ...said({ kind: "free" }), silentMs: ago(3) }),
      { need: "lacks", isClaiming: true },
    ],
  ];
  for (const [what, found, expected] of rows)
    test(what, () =>
      expect(found).toEqual(expected === null ? null : ({ ...none, ...expected } as TieSight)),
    );
});
