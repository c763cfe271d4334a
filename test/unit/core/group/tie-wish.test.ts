import { describe, expect, test } from "bun:test";
import { tieWish } from "../../../../src/core/group/tie-wish.ts";
import { NO_TIES, type TieAnswer, type Ties } from "../../../../src/core/group/ties.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { groupState, type Others } from "./states.ts";
import { A, ago, B, NOW_MS, roll, type Voter } from "./votes.ts";

const TAG = "ssh.1";
const TIE = `5.a.1.beef.${TAG}`;
const OLD = `4.a.1.beef.${TAG}`;

interface Given {
  readonly voter?: Voter;
  readonly others?: Others;
  readonly ties?: Partial<Ties>;
  readonly tag?: string | null;
}

const SILENT: Others = { b: { age: 9, silent: 9 } };
/** The leader of two, which is XAPI master and hears nobody. */
const LEADER: Voter = { term: "5a", roll: "5a.1 ab", tie: TIE, promised: null };
const FOLLOWER: Voter = { self: B, term: "5a", roll: "5a.1 ab", tie: TIE, promised: 10 };
const ANSWERED: Voter = { ...LEADER, answers: { b: 1 } };

const said = (answer: TieAnswer, seconds: number): Ties["said"] =>
  new Map([[TIE, { answer, atMs: ago(seconds) }]]);
const FREE: TieAnswer = { kind: "free" };
const UNKNOWN: TieAnswer = { kind: "unknown", why: "no answer" };
const OWN: TieAnswer = { kind: "held", holder: A };
const OTHER: TieAnswer = { kind: "held", holder: B };

function wish({ voter = LEADER, others = SILENT, ties = {}, tag = TAG }: Given): string {
  const state = { ...groupState(voter, others), ties: { ...NO_TIES, ...ties } };
  const question = tieWish(state, { nowMs: NOW_MS, tag }, GROUP_TIMINGS);
  return question === null ? "nothing" : `${question.verb} ${question.name}`;
}

describe("what is asked of the place", () => {
  const lacks = { lacksMs: NOW_MS };
  const rows: readonly [string, Given, string][] = [
    ["the XAPI master, which lacks nothing but the claim", { ties: lacks }, `claim ${TIE}`],
    ["the other host at once", { voter: FOLLOWER, others: { a: null }, ties: lacks }, "nothing"],
    [
      "the other host after three seconds",
      { voter: FOLLOWER, others: { a: null }, ties: { lacksMs: ago(3) } },
      `claim ${TIE}`,
    ],
    [
      "two of four that hear the XAPI master, one of them",
      {
        voter: { ...FOLLOWER, roll: "5a.1 abcd", said: { a: { roll: "5a.1" } } },
        others: { a: {}, c: null, d: null },
        ties: lacks,
      },
      `claim ${TIE}`,
    ],
    [
      "the other host at a place that did not answer",
      { voter: FOLLOWER, others: { a: null }, ties: { lacksMs: ago(30), said: said(UNKNOWN, 1) } },
      `look ${TIE}`,
    ],
    [
      "where it does again, as long as the XAPI master may wait there for an answer",
      { voter: FOLLOWER, others: { a: null }, ties: { lacksMs: ago(30), said: said(FREE, 11.9) } },
      "nothing",
    ],
    [
      "and then",
      { voter: FOLLOWER, others: { a: null }, ties: { lacksMs: ago(30), said: said(FREE, 12) } },
      `claim ${TIE}`,
    ],
    [
      "the XAPI master at a place that did not answer",
      { ties: { lacksMs: ago(30), said: said(UNKNOWN, 1) } },
      `claim ${TIE}`,
    ],
    ["at another place than this host knows", { ties: lacks, tag: "ssh.2" }, "nothing"],
    ["where this host knows none", { ties: lacks, tag: null }, "nothing"],
    ["a place that has just not answered", { ties: { ...lacks, said: said(UNKNOWN, 0.5) } }, "nothing"],
    ["a second later", { ties: { ...lacks, said: said(UNKNOWN, 1) } }, `claim ${TIE}`],
    ["who has found another host's claim", { ties: { ...lacks, said: said(OTHER, 9) } }, "nothing"],
    ["and ten seconds later", { ties: { ...lacks, said: said(OTHER, 10) } }, `claim ${TIE}`],
    ["a leader that is answered looks once", { voter: ANSWERED }, `look ${TIE}`],
    ["and then not for an hour", { voter: ANSWERED, ties: { said: said(FREE, 3_599) } }, "nothing"],
    ["an hour later", { voter: ANSWERED, ties: { said: said(FREE, 3_600) } }, `look ${TIE}`],
    [
      "a minute after it got no answer",
      { voter: ANSWERED, ties: { said: said(UNKNOWN, 60) } },
      `look ${TIE}`,
    ],
    ["before that", { voter: ANSWERED, ties: { said: said(UNKNOWN, 59) } }, "nothing"],
    [
      "a leader that lives by its claim, every five seconds",
      { voter: { ...LEADER, held: [TIE] }, ties: { said: said(OWN, 5) } },
      `look ${TIE}`,
    ],
    ["before that, too", { voter: { ...LEADER, held: [TIE] }, ties: { said: said(OWN, 4) } }, "nothing"],
    ["a host that follows", { voter: { ...FOLLOWER, promised: 1 }, others: { a: {} } }, "nothing"],
    [
      "the claim of a roll to which nobody can go back",
      { voter: ANSWERED, ties: { said: said(FREE, 9), old: [{ ...roll("4a.1 ab"), tie: OLD }] } },
      `remove ${OLD}`,
    ],
    [
      "one to which a host can go back",
      {
        voter: { ...LEADER, answers: { b: [1, "4a.1"] } },
        ties: { said: said(FREE, 9), old: [{ ...roll("4a.1 ab"), tie: OLD }] },
      },
      "nothing",
    ],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(wish(given)).toBe(expected));
});
