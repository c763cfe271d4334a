import { describe, expect, test } from "bun:test";
import { mayStand, stand } from "../../../../src/core/group/stand.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { A, ago, B, C, D, NOW_MS, showStored, showTerm, type Voter, voter } from "./votes.ts";

describe("stand: a term of its own, newer than all that was heard", () => {
  const termAfter = (given: Voter) => showTerm(stand(voter(given), NOW_MS, GROUP_TIMINGS).stored.term);
  const rows: readonly [string, Voter, string][] = [
    ["one more than its own", {}, "2a"],
    ["one more than the highest that was heard", { said: { b: { term: "4b" }, c: { term: "7-" } } }, "8a"],
    ["however long ago that was", { said: { b: { term: "4b", age: 3_600 } } }, "5a"],
    ["not 4.9 s after a promise", { promised: 4.9 }, "1c"],
    ["not even for a leader that is silent meanwhile", { promised: 4.9, said: { c: { age: 4.9 } } }, "1c"],
    ["5 s after it", { promised: 5 }, "2a"],
    ["at once when what it promised is over", { promised: null }, "2a"],
    ["at once after it has given up", { term: "6-", promised: null }, "7a"],
    ["not without a roll", { term: "0-", roll: null }, "0-"],
    [
      "who is on the roll before stands while the newer one is not settled",
      { roll: "1c.2 bc", before: "1c.1 abc" },
      "2a",
    ],
    ["newer than its roll, too", { roll: "8c.1 abc" }, "9a"],
    ["not off the roll", { roll: "1c.1 bcd" }, "1c"],
    ["not while it is elected", { term: "5a", answers: { b: 1 } }, "5a"],
    ["once more when nobody has answered", { term: "5a", answers: { b: 4.1 } }, "6a"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(termAfter(given)).toBe(expected));

  test("it keeps its roll, and the one before", () => {
    const stood = stand(voter({ roll: "1c.2 ab", before: "1c.1 abc" }), NOW_MS, GROUP_TIMINGS);
    expect(showStored(stood)).toBe("2a 1c.2 ab after 1c.1 abc");
    expect(stood).toMatchObject({ stoodMs: NOW_MS, promisedMs: null, electedMs: NOW_MS });
  });
});

describe("mayStand", () => {
  /** Hosts that say that they hear no leader, a second ago. */
  const none = (letters: string, age = 1) =>
    Object.fromEntries([...letters].map((letter) => [letter, { lead: "none", age }] as const));
  const stood = (seconds: number) => ({ over: { stoodMs: ago(seconds) } });
  const [even, joint] = ["1c.1 abcd", { roll: "1c.2 ade", before: "1c.1 abc" }];

  // [what, the host, may it stand]
  const rows: readonly [string, Voter, boolean][] = [
    ["with another one of three that hears no leader", { said: none("b") }, true],
    ["alone of three it does not disturb the others", {}, false],
    ["what was said 3 s ago counts", { said: none("b", 3) }, true],
    ["what was said 3.1 s ago does not", { said: none("b", 3.1) }, false],
    ["the only one it hears is heard to hear a leader", { said: { b: { lead: "hears" } } }, false],
    ["the only one it hears has been told of a leader", { said: { b: { lead: "told" } } }, false],
    ["the only one it hears stands itself", { said: { b: { lead: "stands" } } }, false],
    ["it hears a leader, and a majority hears none", { said: { ...none("b"), c: { lead: "leads" } } }, false],
    ["it has promised something 4.9 s ago", { said: none("bc"), promised: 4.9 }, false],
    ["half of an even roll with the XAPI master", { roll: even, said: none("b") }, true],
    ["half of an even roll without it", { self: B, roll: even, said: none("c") }, false],
    ["the XAPI master of two needs nobody's word", { roll: "1c.1 ab" }, true],
    ["the other one of two does", { self: B, roll: "1c.1 ab" }, false],
    ["a majority of an unsettled roll alone", { ...joint, said: none("de") }, false],
    ["and of the one before", { ...joint, said: none("db") }, true],
    ["with one that does not say anything", { said: { b: { lead: "unsaid" } } }, false],
    ["with nobody, where all others are known to be off", { over: { off: new Set([B, C]) } }, true],
    ["not where one of them is not", { over: { off: new Set([B]) } }, false],
    [
      "with the only other one that is not off",
      { roll: even, self: B, said: none("c"), over: { off: new Set([A, D]) } },
      true,
    ],
    ["a host off the roll has no say", { said: none("d") }, false],
    ["without a roll", { roll: null, said: none("bc") }, false],
    ["who stood in vain waits 9 s", { said: none("bc"), ...stood(8.9) }, false],
    ["who stood in vain 9 s ago stands again", { said: none("bc"), ...stood(9) }, true],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected ? "yes" : "no"}`, () =>
      expect(mayStand(voter(given), NOW_MS, GROUP_TIMINGS)).toBe(expected));
});
