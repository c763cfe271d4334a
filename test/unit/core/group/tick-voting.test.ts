import { describe, expect, test } from "bun:test";
import { mandateUntil } from "../../../../src/core/group/mandate.ts";
import { takeWords } from "../../../../src/core/group/take-words.ts";
import { tickVoting } from "../../../../src/core/group/tick-voting.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { newVoting } from "../../../../src/core/group/voting.ts";
import { A, ago, B, C, heard, NOW_MS, showStored, showTerm, type Voter, voter } from "./votes.ts";

const tick = (given: Voter, before = 0) => tickVoting(voter(given), NOW_MS, before, GROUP_TIMINGS);
const after = (given: Voter, before = 0) => showStored(tick(given, before));

describe("a host that follows another one", () => {
  const none = { b: { lead: "none" } } as const;
  const rows: readonly [string, Voter, number, string][] = [
    ["hears the leader, and goes on", { said: { c: { lead: "leads" } } }, 0, "1c 1c.1 abc"],
    ["has been told of one, and goes on", { said: { b: { lead: "hears" } } }, 0, "1c 1c.1 abc"],
    ["hears of none, like a majority: it stands", { said: none }, 0, "2a 1c.1 abc"],
    ["hears of none, alone", {}, 0, "1c 1c.1 abc"],
    ["hears of none, and has promised something 4.9 s ago", { said: none, promised: 4.9 }, 0, "1c 1c.1 abc"],
    [
      "has been free to stand for 0.9 s, and another one goes first",
      { said: none, over: { freeMs: ago(0.9) } },
      1,
      "1c 1c.1 abc",
    ],
    ["for a second: an order is no condition", { said: none, over: { freeMs: ago(1) } }, 1, "2a 1c.1 abc"],
    [
      "has been free for 2.9 s, and three go first",
      { said: none, over: { freeMs: ago(2.9) } },
      3,
      "1c 1c.1 abc",
    ],
    ["for three seconds", { said: none, over: { freeMs: ago(3) } }, 3, "2a 1c.1 abc"],
    ["has no roll", { term: "0-", roll: null, said: none }, 0, "0- none"],
  ];
  for (const [what, given, before, expected] of rows)
    test(`${what}: ${expected}`, () => expect(after(given, before)).toBe(expected));

  test("its turn is counted from when nothing else keeps it from standing", () => {
    const free = (given: Voter, freeMs: number | null) => tick({ ...given, over: { freeMs } }, 9).freeMs;
    expect(free({ said: none }, null)).toBe(NOW_MS);
    expect(free({ said: none }, ago(7))).toBe(ago(7));
    expect(free({ said: { c: { lead: "leads" } } }, ago(7))).toBeNull();
    expect(free({}, ago(7))).toBeNull();
    expect(free({ said: none, promised: 1 }, ago(7))).toBeNull();
  });
});

describe("a host in its own term that a majority does not answer", () => {
  const rows: readonly [string, Voter, string][] = [
    ["goes on for less than 4 s", { term: "5a", over: { electedMs: ago(3.9) } }, "5a 1c.1 abc"],
    ["gives up after 4 s, for nobody's term", { term: "5a", over: { electedMs: ago(4) } }, "6- 1c.1 abc"],
    [
      "with answers of 4.1 s ago, too",
      { term: "5a", answers: { b: 4.1 }, over: { electedMs: ago(4) } },
      "6- 1c.1 abc",
    ],
    [
      "and keeps its rolls",
      { term: "5a", roll: "5a.2 ab", before: "5a.1 abc", over: { electedMs: ago(4) } },
      "6- 5a.2 ab after 5a.1 abc",
    ],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(after(given)).toBe(expected));

  test("who has given up is free to vote, and its own term's answers count no more", () => {
    const gaveUp = tick({ term: "5a", answers: { b: 4.1 }, over: { electedMs: ago(4), stoodMs: ago(4) } });
    expect(gaveUp).toMatchObject({
      promisedMs: null,
      answers: new Map(),
      stoodMs: ago(4),
      freeMs: null,
    });
  });

  test("its voters are free as soon as they hear of it", () => {
    const { term } = tick({ term: "5a", over: { electedMs: ago(4) } }).stored;
    const message = heard(A, { term: showTerm(term) });
    const follower = takeWords(voter({ self: B, term: "5a", promised: 1 }), message, GROUP_TIMINGS);
    expect(follower.promisedMs).toBe(null);
  });

  test("a monitor that starts in its own term has the whole 4 s to be answered", () => {
    const started = newVoting(A, voter({ term: "5a" }).stored, ago(3.9));
    expect(showTerm(tickVoting(started, NOW_MS, 0, GROUP_TIMINGS).stored.term)).toBe("5a");
  });
});

describe("a host that is elected", () => {
  const answers = { b: 1 };
  const rows: readonly [string, Voter, string][] = [
    ["first repeats its roll as its own", { term: "5a", answers }, "5a 5a.1 abc after 1c.1 abc"],
    [
      "also one of its own former term",
      { term: "5a", roll: "3a.4 abc", answers },
      "5a 5a.1 abc after 3a.4 abc",
    ],
    [
      "an unsettled one with the one before that: it never stands on a third roll",
      { term: "5a", roll: "4c.2 ab", before: "4c.1 abc", answers },
      "5a 5a.1 ab after 4c.1 abc",
    ],
    ["goes on while its roll is settled", { term: "5a", roll: "5a.1 abc", answers }, "5a 5a.1 abc"],
    [
      "settles a roll that a majority has",
      { term: "5a", roll: "5a.1 abc", before: "1c.1 abc", answers },
      "5a 5a.1 abc",
    ],
    [
      "not one that its voters have not stored yet",
      { term: "5a", roll: "5a.1 abc", before: "1c.1 abc", answers: { b: [1, "1c.1"] } },
      "5a 5a.1 abc after 1c.1 abc",
    ],
    [
      "not one of the same version in another term",
      { term: "5a", roll: "5a.1 abc", before: "1c.1 abc", answers: { b: [1, "4a.1"] } },
      "5a 5a.1 abc after 1c.1 abc",
    ],
    [
      "not one that only a majority of the new roll has",
      { term: "5a", roll: "5a.2 ade", before: "5a.1 abc", answers: { d: 1, e: 1, b: [1, "5a.1"] } },
      "5a 5a.2 ade after 5a.1 abc",
    ],
    [
      "one that majorities of both have",
      { term: "5a", roll: "5a.2 ade", before: "5a.1 abc", answers: { d: 1, b: 1 } },
      "5a 5a.2 ade",
    ],
    [
      "an older answer of who has the roll counts for that: what is stored stays",
      { term: "5a", roll: "5a.1 abc", before: "1c.1 abc", answers: { b: [1, "1c.1"], c: 30 } },
      "5a 5a.1 abc",
    ],
    [
      "one that everybody has who is not known to be off",
      { term: "5a", roll: "5a.1 abc", before: "1c.1 abc", over: { off: new Set([B, C]) } },
      "5a 5a.1 abc",
    ],
    [
      "the XAPI master of two does all that alone",
      { term: "5a", roll: "5a.1 ab", before: "1c.1 ab" },
      "5a 5a.1 ab",
    ],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(after(given)).toBe(expected));

  test("one step at a time: it has the mandate only when the repeated roll is settled", () => {
    const mandate = (given: Voter) => mandateUntil(tick(given), NOW_MS, GROUP_TIMINGS) !== null;
    expect(mandate({ term: "5a", roll: "1c.1 a" })).toBe(false);
    expect(mandate({ term: "5a", roll: "5a.1 a", before: "1c.1 a" })).toBe(true);
  });

  test("has not stood in vain, and has been elected until now", () => {
    const elected = tick({ term: "5a", answers, over: { stoodMs: ago(1), electedMs: ago(1) } });
    expect(elected).toMatchObject({ stoodMs: null, electedMs: NOW_MS, freeMs: null });
  });
});
