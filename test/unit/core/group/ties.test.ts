import { describe, expect, test } from "bun:test";
import type { GroupState } from "../../../../src/core/group/group.ts";
import {
  isClaimed,
  isPast,
  lackedTies,
  livesBy,
  NO_TIES,
  stepTies,
  type TieAnswer,
  type TieQuestion,
  takeTieAnswer,
} from "../../../../src/core/group/ties.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { groupState } from "./states.ts";
import { A, ago, B, NOW_MS, roll, type Voter, voter } from "./votes.ts";

/** Two hosts whose partner is silent: the leader a, and b, which has heard no leader for long. */
const LEADER: Voter = { term: "5a", roll: "5a.1 ab", tie: "t", promised: null };
const FOLLOWER: Voter = { self: B, term: "5a", roll: "5a.1 ab", tie: "t", promised: 10 };

describe("lackedTies: the claims that are all a host lacks", () => {
  const rows: readonly [string, Voter, readonly string[]][] = [
    ["a leader of two that nobody answers", LEADER, ["t"]],
    ["one that has it", { ...LEADER, held: ["t"] }, []],
    ["one that is answered", { ...LEADER, answers: { b: 1 } }, []],
    ["one whose last answer is of four seconds ago: its mandate lasts", { ...LEADER, answers: { b: 4 } }, []],
    ["the other host", FOLLOWER, ["t"]],
    ["the other host, which has promised something", { ...FOLLOWER, promised: 4 }, []],
    [
      "the other host, which hears that leader",
      { ...FOLLOWER, said: { a: { term: "5a", roll: "5a.1", lead: "leads" } } },
      [],
    ],
    ["two of four", { ...LEADER, roll: "5a.1 abcd", answers: { b: 1 } }, ["t"]],
    ["one of four: it lacks more", { ...LEADER, roll: "5a.1 abcd" }, []],
    ["one of three: a claim is no use to it", { ...LEADER, roll: "5a.1 abc" }, []],
    ["a roll without a tie", { term: "5a", roll: "5a.1 ab", promised: null }, []],
    ["a host that was just started", { ...LEADER, over: { startedMs: ago(4) } }, []],
    [
      "of a roll that is not settled, and of the one before: the older one first",
      { ...LEADER, roll: "5a.2 ab", before: "5a.1 ab", tie: "u", tieBefore: "t" },
      ["t", "u"],
    ],
    [
      "of the one before alone, where the new one has an odd size",
      { ...LEADER, roll: "5a.2 a", before: "5a.1 ab", tie: "u", tieBefore: "t" },
      ["t"],
    ],
    ["the same one of both, once", { ...LEADER, roll: "5a.2 ab", before: "5a.1 ab" }, ["t"]],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected.join(" ") || "none"}`, () =>
      expect(lackedTies(voter(given), NOW_MS, GROUP_TIMINGS)).toEqual(expected));
});

describe("livesBy: the claims without which it would not lead", () => {
  const rows: readonly [string, Voter, readonly string[]][] = [
    ["the one of a leader that nobody answers", { ...LEADER, held: ["t"] }, ["t"]],
    ["none of a leader that is answered", { ...LEADER, held: ["t"], answers: { b: 1 } }, []],
    ["none of a leader that has none", { ...LEADER, answers: { b: 1 } }, []],
    ["none of a host that does not lead", { ...FOLLOWER, held: ["t"] }, []],
  ];
  for (const [what, given, expected] of rows)
    test(what, () => expect(livesBy(voter(given), NOW_MS, GROUP_TIMINGS)).toEqual(expected));
});

const state = (given: Voter, over: Partial<GroupState["ties"]> = {}): GroupState => ({
  ...groupState(given, { b: { age: 9, silent: 9 } }),
  ties: { ...NO_TIES, ...over },
});
const HELD_BY_A: TieAnswer = { kind: "held", holder: A };
const HELD_BY_B: TieAnswer = { kind: "held", holder: B };
const FREE: TieAnswer = { kind: "free" };
const UNKNOWN: TieAnswer = { kind: "unknown", why: "no answer" };

describe("takeTieAnswer", () => {
  const claim: TieQuestion = { verb: "claim", name: "t" };
  const look: TieQuestion = { verb: "look", name: "t" };
  const after = (given: Voter, question: TieQuestion, answer: TieAnswer) =>
    takeTieAnswer(state(given), question, answer, NOW_MS);
  const held = ({ voting }: GroupState) => [...voting.held];

  // [what, whether a had claimed it, question, answer, does a count on it]
  for (const [what, had, question, answer, has] of [
    ["a claim that is the own one", false, claim, HELD_BY_A, true],
    ["a claim that another host has", false, claim, HELD_BY_B, false],
    ["no answer to a claim", false, claim, UNKNOWN, false],
    ["no answer to a look: a claim is for good", true, look, UNKNOWN, true],
    ["a look that finds it", true, look, HELD_BY_A, true],
    ["a look that finds the own one of before a restart", false, look, HELD_BY_A, true],
    ["a look that does not find it", true, look, FREE, false],
    ["a look that finds another host's", true, look, HELD_BY_B, false],
  ] as const)
    test(`${what}: ${has ? "it counts double" : "it does not"}`, () =>
      expect(held(after({ ...LEADER, held: had ? ["t"] : [] }, question, answer))).toEqual(has ? ["t"] : []));

  test("a name that no roll of this host has any more is nothing", () =>
    expect(held(after(LEADER, { verb: "claim", name: "u" }, HELD_BY_A))).toEqual([]));

  test("a leader whose claim is gone is bound to itself for as long as a promise, and it is told so", () => {
    const next = after({ ...LEADER, held: ["t"] }, look, FREE);
    expect([next.voting.promisedMs, next.ties.isLost]).toEqual([NOW_MS, true]);
  });

  test("who claims in vain is not", () => {
    const next = after(LEADER, claim, HELD_BY_B);
    expect([next.voting.promisedMs, next.ties.isLost]).toEqual([null, false]);
  });

  test("what was to be removed is asked for once, whatever came of it", () => {
    const old = roll("4a.1 ab");
    const before = state(LEADER, { old: [{ ...old, tie: "s" }] });
    const next = takeTieAnswer(before, { verb: "remove", name: "s" }, UNKNOWN, NOW_MS);
    expect(next.ties.old).toEqual([]);
  });

  test("silence begins with the first question that has no answer, and ends with an answer", () => {
    const silent = (silentMs: number | null, answer: TieAnswer) =>
      takeTieAnswer(state(LEADER, { silentMs }), claim, answer, NOW_MS).ties.silentMs;
    const found = [
      silent(null, UNKNOWN),
      silent(ago(9), UNKNOWN),
      silent(ago(9), HELD_BY_B),
      silent(9, FREE),
    ];
    expect(found).toEqual([NOW_MS, ago(9), null, null]);
  });

  test("a name is known to be claimed by whoever has it", () => {
    const claimed = (answer: TieAnswer) => isClaimed(after(LEADER, look, answer), "t");
    expect([HELD_BY_A, HELD_BY_B, FREE, UNKNOWN].map(claimed)).toEqual([true, true, false, false]);
  });
});

describe("stepTies", () => {
  const step = (given: Voter, over: Partial<GroupState["ties"]> = {}) =>
    stepTies(state(given, over), NOW_MS, GROUP_TIMINGS);
  const said = new Map([
    ["t", { answer: HELD_BY_B, atMs: ago(9) }],
    ["s", { answer: FREE, atMs: ago(9) }],
  ]);

  test("since when a claim is all that it lacks stays, and ends", () => {
    const lacks = (given: Voter, lacksMs: number | null) => step(given, { lacksMs }).ties.lacksMs;
    expect([lacks(LEADER, null), lacks(LEADER, ago(2)), lacks({ ...LEADER, held: ["t"] }, ago(2))]).toEqual([
      NOW_MS,
      ago(2),
      null,
    ]);
  });

  test("answers about other rolls are forgotten, and all of them by whoever neither leads nor lacks a claim", () => {
    expect([...step(LEADER, { said }).ties.said.keys()]).toEqual(["t"]);
    expect([...step({ ...FOLLOWER, promised: 1 }, { said }).ties.said.keys()]).toEqual([]);
  });

  test("since when nothing is answered is known for as long as somebody asks", () => {
    const silent = (given: Voter) => step(given, { silentMs: ago(9) }).ties.silentMs;
    expect([silent(LEADER), silent({ ...FOLLOWER, promised: 1 })]).toEqual([ago(9), null]);
  });

  test("so are claims of other rolls", () =>
    expect([...step({ ...LEADER, held: ["s", "t"] }).voting.held]).toEqual(["t"]));

  test("a leader remembers the roll that it has replaced, if its tie was another one", () => {
    const next: Voter = { ...LEADER, answers: { b: 1 }, roll: "5a.2 ab", before: "5a.1 ab", held: [] };
    const old = (given: Voter) => step(given).ties.old.map(({ tie }) => tie);
    expect(old({ ...next, tie: "u", tieBefore: "t" })).toEqual(["t"]);
    expect(old(next)).toEqual([]);
    expect(old({ ...next, tie: "u", tieBefore: "t", answers: {} })).toEqual([]);
  });

  test("that its claim was lost is known until it leads again", () => {
    expect(step(LEADER, { isLost: true }).ties.isLost).toBe(true);
    expect(step({ ...LEADER, answers: { b: 1 } }, { isLost: true }).ties.isLost).toBe(false);
  });
});

describe("isPast: nobody can go back to an older roll", () => {
  const OLD = { ...roll("4a.1 ab"), tie: "s" };
  const rows: readonly [string, Voter, boolean][] = [
    ["both of its hosts have a newer one", { ...LEADER, answers: { b: 1 } }, true],
    ["one of its two has not", { ...LEADER, answers: { b: [1, "4a.1"] } }, false],
    ["one of its two has not answered", LEADER, false],
    ["the newer one is not settled", { ...LEADER, answers: { b: 1 }, before: "4a.1 ab" }, false],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected ? "nobody" : "perhaps"}`, () =>
      expect(isPast(OLD, voter(given))).toBe(expected));
});
