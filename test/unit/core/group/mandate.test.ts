import { describe, expect, test } from "bun:test";
import { electedUntil, hasRepeated, isElected, mandateUntil } from "../../../../src/core/group/mandate.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { newVoting } from "../../../../src/core/group/voting.ts";
import { A, ago, B, C, D, NOW_MS, type Voter, voter } from "./votes.ts";

/** In how many seconds it ends for a, the leader of term 5a; null: it has none. */
const seconds = (untilMs: number | null) => (untilMs === null ? null : (untilMs - NOW_MS) / 1_000);
const LEADER: Voter = { term: "5a", roll: "5a.1 abc" };
const elected = (over: Voter) => seconds(electedUntil(voter({ ...LEADER, ...over }), NOW_MS, GROUP_TIMINGS));
const mandate = (over: Voter) => seconds(mandateUntil(voter({ ...LEADER, ...over }), NOW_MS, GROUP_TIMINGS));

describe("electedUntil: four seconds after the newest number was sent that a majority has answered", () => {
  const five = { roll: "5a.1 abcde" };
  const rows: readonly [string, Voter, number | null][] = [
    ["one of two others has answered the number of a second ago", { answers: { b: 1 } }, 3],
    ["the younger answer of two is enough", { answers: { b: 3, c: 1 } }, 3],
    ["of four others the second youngest counts", { ...five, answers: { b: 1, c: 3, d: 2, e: 4 } }, 2],
    ["one of four others is no majority", { ...five, answers: { b: 1 } }, null],
    ["the number of exactly 4 s ago still counts", { answers: { b: 4 } }, 0],
    ["a leader that is answered for a number of 4.1 s ago has no mandate", { answers: { b: 4.1 } }, null],
    [
      "one young answer and one old one are no majority of five",
      { ...five, answers: { b: 1, c: 4.1 } },
      null,
    ],
    ["nobody has answered", {}, null],
    ["a host off the roll has no vote", { answers: { d: 1 } }, null],
    ["its younger answer does not make the others' younger", { answers: { d: 0, b: 3 } }, 1],
    ["alone on the roll it needs nobody", { roll: "5a.1 a" }, 4],
    ["the XAPI master of two needs nobody", { roll: "5a.1 ab" }, 4],
    ["the other one of two needs the XAPI master", { roll: "5a.1 ab", master: B }, null],
    ["and has the lead by its answer", { roll: "5a.1 ab", master: B, answers: { b: 1 } }, 3],
    ["off its own roll it counts only the others", { roll: "5a.2 bcd", answers: { b: 1, c: 2 } }, 2],
    ["off its own roll its own vote is none", { roll: "5a.2 bcd", answers: { b: 1 } }, null],
    ["in another host's term nothing counts", { term: "5b", answers: { b: 1, c: 1 } }, null],
    ["in nobody's term nothing counts", { term: "5-", answers: { b: 1, c: 1 } }, null],
    ["without a roll there is no majority", { roll: null, answers: { b: 1, c: 1 } }, null],
  ];
  for (const [what, over, expected] of rows)
    test(`${what}: ${expected ?? "none"}`, () => expect(elected(over)).toBe(expected));

  const joint = { roll: "5a.2 ade", before: "5a.1 abc" };
  const joints: readonly [string, Voter["answers"], number | null][] = [
    ["a majority of the new roll alone", { d: 1, e: 1 }, null],
    ["a majority of the old roll alone", { b: 1, c: 1 }, null],
    ["of both, until the first of the two ends", { d: 1, b: 3 }, 1],
    ["the youngest that make both count", { d: 2, e: 3, b: 1, c: 0 }, 2],
  ];
  for (const [what, answers = {}, expected] of joints)
    test(`while a roll is not settled: ${what}: ${expected ?? "none"}`, () =>
      expect(elected({ ...joint, answers })).toBe(expected));

  test("a monitor that starts in its own term has no votes of the run before", () => {
    const { stored } = voter(LEADER);
    expect(isElected(newVoting(A, stored, NOW_MS), NOW_MS, GROUP_TIMINGS)).toBe(false);
  });

  const young = (seconds: number) => ({ over: { startedMs: ago(seconds) } });
  const starts: readonly [string, Voter, number | null][] = [
    ["the XAPI master of two does not lead alone for 5 s", { roll: "5a.1 ab", ...young(4.9) }, null],
    ["after that it does", { roll: "5a.1 ab", ...young(5) }, 4],
    ["with an answer it does, until that is over", { roll: "5a.1 ab", answers: { b: 1 }, ...young(1) }, 3],
    ["alone on its roll it does not either", { roll: "5a.1 a", ...young(4.9) }, null],
    [
      "nor when all others are off, as it is told",
      { over: { startedMs: ago(4.9), off: new Set([B, C]) } },
      null,
    ],
    ["a majority of answers is enough at any time", { answers: { b: 1 }, ...young(0) }, 3],
  ];
  const choice = { needsCompany: true, startedMs: ago(60) };
  const heardOnce = { b: {} };
  const choices: readonly [string, Voter, number | null][] = [
    ["the XAPI master of two by its double vote", { roll: "5a.1 ab", over: choice }, null],
    ["though it has heard the other one", { roll: "5a.1 ab", said: heardOnce, over: choice }, null],
    ["the other one answers", { roll: "5a.1 ab", answers: { b: 1 }, over: choice }, 3],
    ["the XAPI master of four, and one other", { roll: "5a.1 abcd", answers: { b: 1 }, over: choice }, null],
    ["and two others", { roll: "5a.1 abcd", answers: { b: 1, c: 1 }, over: choice }, 3],
    ["the other one is off", { roll: "5a.1 ab", over: { ...choice, off: new Set([B]) } }, 4],
    ["it is alone on its roll", { roll: "5a.1 a", over: choice }, 4],
    ["a majority answers", { answers: { b: 1 }, over: choice }, 3],
    [
      "the majority of four that is more than half answers late",
      { roll: "5a.1 abcd", answers: { b: 1, c: 3 }, over: choice },
      1,
    ],
    [
      "of four one other answers, and one of the two that do not is off",
      { roll: "5a.1 abcd", answers: { b: 1 }, over: { ...choice, off: new Set([C]) } },
      null,
    ],
    [
      "and both of them are",
      { roll: "5a.1 abcd", answers: { b: 1 }, over: { ...choice, off: new Set([C, D]) } },
      3,
    ],
    [
      "more than half of the newer roll, half of the one before",
      { roll: "5a.2 abc", before: "5a.1 abcd", answers: { b: 1 }, over: choice },
      null,
    ],
    [
      "more than half of both",
      { roll: "5a.2 abc", before: "5a.1 abcd", answers: { b: 1, c: 2 }, over: choice },
      2,
    ],
  ];
  for (const [what, over, expected] of choices)
    test(`a host that has booted, where half of a pool may fence by choice: ${what}: ${expected ?? "none"}`, () =>
      expect(elected(over)).toBe(expected));

  for (const [what, over, expected] of starts)
    test(`a monitor that has just started: ${what}: ${expected ?? "none"}`, () =>
      expect(elected(over)).toBe(expected));

  test("all others are off: its own vote is enough, and ends when one of them is heard", () => {
    expect(elected({ over: { off: new Set([B, C]) } })).toBe(4);
    expect(elected({ over: { off: new Set([B]) } })).toBeNull();
  });

  test("it runs out by itself", () => {
    const leader = voter({ ...LEADER, answers: { b: 1 } });
    const at = [0, 3_000, 3_001].map((ms) => isElected(leader, NOW_MS + ms, GROUP_TIMINGS));
    expect(at).toEqual([true, true, false]);
  });
});

describe("hasRepeated", () => {
  const rows: readonly [string, Voter, boolean][] = [
    ["its roll is of its own term", {}, true],
    ["a later one of that term, too", { roll: "5a.7 abc" }, true],
    ["its roll is of an older leader", { roll: "4b.1 abc" }, false],
    ["its roll is of its own former term", { roll: "4a.1 abc" }, false],
    ["it follows another host", { term: "5b", roll: "5b.1 abc" }, false],
    ["it has no roll", { roll: null }, false],
  ];
  for (const [what, over, expected] of rows)
    test(`${what}: ${expected}`, () => expect(hasRepeated(voter({ ...LEADER, ...over }))).toBe(expected));
});

describe("mandateUntil: the right to act", () => {
  const answers = { b: 1, c: 1 };
  const rows: readonly [string, Voter, number | null][] = [
    ["its first roll is settled", { answers }, 3],
    [
      "its first roll is not settled: an older leader's roll may come to light",
      { before: "4b.3 abc", answers },
      null,
    ],
    [
      "its first roll was settled, and it changes the roll",
      { roll: "5a.2 ab", before: "5a.1 abc", answers },
      3,
    ],
    ["it is elected with an older leader's roll, settled or not", { roll: "4b.3 abc", answers }, null],
    [
      "it changes the roll, and only a majority of the new one answers",
      { roll: "5a.2 ad", before: "5a.1 abc", answers: { d: 1 } },
      null,
    ],
    ["its roll is settled, and the answers are 4.1 s old", { answers: { b: 4.1, c: 4.1 } }, null],
    ["it has left its term", { term: "6-", answers }, null],
  ];
  for (const [what, over, expected] of rows)
    test(`${what}: ${expected ?? "none"}`, () => expect(mandate(over)).toBe(expected));

  test("as long as a promise that was made when the number came, less a second", () => {
    const { mandateMs, promiseMs } = GROUP_TIMINGS;
    const leader = voter({ ...LEADER, answers });
    expect(mandateUntil(leader, NOW_MS, GROUP_TIMINGS)).toBe(ago(1) + mandateMs);
    expect(promiseMs - mandateMs).toBe(1_000);
  });
});
