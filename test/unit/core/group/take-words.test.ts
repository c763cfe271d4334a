import { describe, expect, test } from "bun:test";
import { isElected, mandateUntil } from "../../../../src/core/group/mandate.ts";
import { type HeardWords, takeOwnTerm, takeWords } from "../../../../src/core/group/take-words.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import { isPromiseOver, newVoting, type Voting } from "../../../../src/core/group/voting.ts";
import { A, ago, B, C, heard, NOW_MS, showStored, showTerm, type Voter, voter } from "./votes.ts";

const after = (given: Voter, message: HeardWords): Voting => takeWords(voter(given), message, GROUP_TIMINGS);
const termAfter = (given: Voter, message: HeardWords) => showTerm(after(given, message).stored.term);
const isOver = (voting: Voting, nowMs = NOW_MS) => isPromiseOver(voting, nowMs, GROUP_TIMINGS);

describe("a promise", () => {
  const rows: readonly [string, number | null, boolean][] = [
    ["a host that promised 4.9 s ago keeps its vote", 4.9, false],
    ["one that promised 5 s ago is free", 5, true],
    ["one that has promised nothing is free", null, true],
  ];
  for (const [what, promised, expected] of rows)
    test(what, () => expect(isOver(voter({ promised }))).toBe(expected));

  test("a monitor that starts begins with the whole of it, whatever it has stored", () => {
    for (const term of ["1c", "2-", "3a", "0-"]) {
      const started = newVoting(A, voter({ term }).stored, NOW_MS);
      expect([isOver(started, NOW_MS + 4_999), isOver(started, NOW_MS + 5_000)]).toEqual([false, true]);
    }
  });
});

describe("what is answered is promised", () => {
  const promisedAgo = (message: HeardWords) => {
    const { promisedMs } = after({ promised: 4 }, message);
    return promisedMs === null ? null : (NOW_MS - promisedMs) / 1_000;
  };
  const rows: readonly [string, HeardWords, number | null][] = [
    ["a newer number of the host of the term begins it anew", heard(C), 0],
    ["a number that is not fresh does, too, for it is answered", heard(C, { fresh: false }), 0],
    ["a newer term of that host keeps it", heard(C, { term: "3c" }), 0],
    ["a newer term of that host that is not fresh keeps it", heard(C, { term: "3c", fresh: false }), 0],
    ["an older roll of that host is no reason to let it go", heard(C, { term: "3c", roll: "0a.1" }), 0],
    ["that host has given up for nobody's term: it is over", heard(C, { term: "2-" }), null],
    ["that host votes for another: it is over", heard(C, { term: "2b" }), null],
    ["it has given up, not fresh: it runs on", heard(C, { term: "2-", fresh: false }), 4],
    ["that host says an older term, which is no reason to end it", heard(C, { term: "0-" }), 4],
    ["another host's number changes nothing", heard(B), 4],
    ["its heartbeat without a vote is no word of it", heard(C, { term: "0-", lead: "unsaid" }), 4],
    ["another host's newer term changes nothing", heard(B, { term: "2b" }), 4],
  ];
  for (const [what, message, expected] of rows)
    test(`${what}: ${expected === null ? "none" : `${expected} s ago`}`, () =>
      expect(promisedAgo(message)).toBe(expected));

  test("a non-fresh number renews the promise and says nothing else", () => {
    const before = voter({ promised: 4, said: { b: {} } });
    const message = heard(C, { fresh: false, term: "9c", roll: "9c.1", lead: "leads" });
    expect(takeWords(before, message, GROUP_TIMINGS)).toEqual({ ...before, promisedMs: NOW_MS });
  });

  test("a non-fresh number of another host says nothing at all", () => {
    const before = voter({ promised: null });
    expect(takeWords(before, heard(B, { fresh: false, term: "9b" }), GROUP_TIMINGS)).toBe(before);
  });
});

describe("a vote", () => {
  const free = { promised: 5 };
  const rows: readonly [string, Voter, HeardWords, string][] = [
    ["a newer term is taken where nothing is promised", free, heard(B, { term: "2b" }), "2b"],
    ["4.9 s after a promise it is not", { promised: 4.9 }, heard(B, { term: "2b" }), "1c"],
    [
      "a newer term of the host of the own one is taken at once",
      { promised: 0 },
      heard(C, { term: "2c" }),
      "2c",
    ],
    ["an older term is not taken", { ...free, term: "3c" }, heard(B, { term: "2b" }), "3c"],
    ["of one count the later name", { ...free, term: "2b" }, heard(C, { term: "2c" }), "2c"],
    ["of one count not the earlier name", free, heard(B, { term: "1b" }), "1c"],
    ["a term is taken from its own host only, not by report", free, heard(B, { term: "2d" }), "1c"],
    ["nobody's term is nobody's to give", free, heard(B, { term: "2-" }), "1c"],
    ["an equal roll is no older one", free, heard(B, { term: "2b", roll: "1c.1" }), "2b"],
    ["a newer roll", free, heard(B, { term: "2b", roll: "1c.2" }), "2b"],
    ["an older roll gets no vote", { ...free, roll: "1c.2 abc" }, heard(B, { term: "2b" }), "1c"],
    [
      "an older roll gets none from its own voter either",
      { promised: 0, roll: "1c.2 abc" },
      heard(C, { term: "2c" }),
      "1c",
    ],
    ["no roll gets no vote", free, heard(B, { term: "2b", roll: null }), "1c"],
    [
      "whether the candidate is on the own roll is not asked",
      { ...free, roll: "1c.1 acd" },
      heard(B, { term: "2b" }),
      "2b",
    ],
    [
      "whether this host is on its own roll is not asked",
      { ...free, roll: "1c.1 bcd" },
      heard(B, { term: "2b" }),
      "2b",
    ],
    [
      "a host without a roll does not vote",
      { ...free, term: "0-", roll: null },
      heard(B, { term: "2b" }),
      "0-",
    ],
    ["who asks for votes itself yields to a newer term", { term: "2a" }, heard(B, { term: "2b" }), "2b"],
    ["who has given up votes at once", { term: "2-", promised: null }, heard(B, { term: "2b" }), "2b"],
    ["not fresh: no vote", free, heard(B, { term: "2b", fresh: false }), "1c"],
  ];
  for (const [what, given, message, expected] of rows)
    test(`${what}: ${expected}`, () => expect(termAfter(given, message)).toBe(expected));

  test("with it the promise begins, and what was answered to this host is over", () => {
    const voted = after({ term: "2a", promised: null, answers: { c: 4.5 } }, heard(B, { term: "2b" }));
    expect(voted).toMatchObject({ promisedMs: NOW_MS, answers: new Map() });
    expect(showStored(voted)).toBe("2b 1c.1 abc");
  });
});

describe("an answer", () => {
  const candidate: Voter = { term: "2a", promised: null };
  const numberAfter = (given: Voter, message: HeardWords) => {
    const answer = after(given, message).answers.get(message.from);
    return answer === undefined ? null : (NOW_MS - answer.numberMs) / 1_000;
  };
  const rows: readonly [string, Voter, HeardWords, number | null][] = [
    ["the own number came back with the own term", candidate, heard(B, { term: "2a" }), 1],
    ["with the term before, which is another vote", candidate, heard(B, { term: "1a" }), null],
    [
      "to the last number that went without a vote, which promises nothing",
      { ...candidate, over: { mutedMs: ago(1) } },
      heard(B, { term: "2a" }),
      null,
    ],
    ["to an older one", { ...candidate, over: { mutedMs: ago(0.9) } }, heard(B, { term: "2a" }), null],
    ["to the next one", { ...candidate, over: { mutedMs: ago(1.1) } }, heard(B, { term: "2a" }), 1],
    ["from a host that does not say how it votes", candidate, heard(B, { term: "0-", lead: "unsaid" }), null],
    ["with another host's term", candidate, heard(B, { term: "2c", roll: null }), null],
    ["a number of another boot is none", candidate, heard(B, { term: "2a", answersMs: null }), null],
    ["not fresh", candidate, heard(B, { term: "2a", fresh: false, answersMs: ago(5) }), null],
    [
      "an older number makes a younger one no older",
      { ...candidate, answers: { b: 0.5 } },
      heard(B, { term: "2a" }),
      0.5,
    ],
    [
      "a younger number replaces an older one",
      { ...candidate, answers: { b: 3 } },
      heard(B, { term: "2a" }),
      1,
    ],
    [
      "who follows another host counts no answers, with its term or any",
      { term: "2c" },
      heard(B, { term: "2c" }),
      null,
    ],
  ];
  for (const [what, given, message, expected] of rows)
    test(`${what}: ${expected === null ? "nothing" : `sent ${expected} s ago`}`, () =>
      expect(numberAfter(given, message)).toBe(expected));

  test("it comes with the roll that its sender has by now", () => {
    const { answers } = after(
      { ...candidate, answers: { b: [3, "1c.1"] } },
      heard(B, { term: "2a", roll: "2a.1" }),
    );
    expect(answers.get(B)?.roll).toEqual({ term: { count: 2, host: A }, version: 1 });
  });

  test("it is its sender's vote only, whatever that one says of others", () => {
    const elected = after(candidate, heard(B, { term: "2a", lead: { kind: "hears", leader: A } }));
    expect([...elected.answers.keys()]).toEqual([B]);
  });
});

describe("a leader that hears a newer term", () => {
  const leader: Voter = { term: "5a", roll: "5a.1 abc", promised: null, answers: { b: 1 } };
  const rows: readonly [string, Voter, HeardWords, string][] = [
    ["takes a still newer one", leader, heard(C, { term: "7c", roll: "5a.1" }), "8a"],
    ["of a host that only votes for somebody, too", leader, heard(C, { term: "7d" }), "8a"],
    ["of a host that has given up, too", leader, heard(C, { term: "6-" }), "7a"],
    [
      "and not when its votes are over: then it yields",
      { ...leader, answers: { b: 4.1 } },
      heard(C, { term: "7c", roll: "5a.1" }),
      "7c",
    ],
    [
      "a term of the same count and an earlier name is not newer",
      { ...leader, self: B, term: "5b" },
      heard(A, { term: "5a" }),
      "5b",
    ],
    [
      "yields to who has a newer roll than the one that it has made: others took it for off",
      leader,
      heard(C, { term: "7c", roll: "7c.2", lead: "leads" }),
      "6-",
    ],
    ["whoever that is, and whatever its term", leader, heard(C, { term: "4-", roll: "7c.2" }), "6-"],
    ["not to one with an older roll", leader, heard(C, { term: "7c", roll: "4c.2", lead: "leads" }), "8a"],
    [
      "nor before it has made one",
      { ...leader, roll: "4b.1 abc" },
      heard(C, { term: "7c", roll: "6c.1", lead: "leads" }),
      "8a",
    ],
    ["an older term is ignored", leader, heard(C, { term: "4c" }), "5a"],
    ["one that is not fresh is ignored", leader, heard(C, { term: "7c", fresh: false }), "5a"],
  ];
  for (const [what, given, message, expected] of rows)
    test(`${what}: ${expected}`, () => expect(termAfter(given, message)).toBe(expected));

  test("has no mandate until its new term is answered and its roll repeated in it", () => {
    const called = after(leader, heard(C, { term: "7c", roll: "5a.1" }));
    expect(isElected(called, NOW_MS, GROUP_TIMINGS)).toBe(false);
    const answered = takeWords(called, heard(B, { term: "8a", roll: "5a.1" }), GROUP_TIMINGS);
    expect(isElected(answered, NOW_MS, GROUP_TIMINGS)).toBe(true);
    expect(mandateUntil(answered, NOW_MS, GROUP_TIMINGS)).toBe(null);
  });

  test("who has yielded is bound to itself, as somebody may still act on its last mandate", () => {
    const yielded = after(leader, heard(C, { term: "7c", roll: "7c.2", lead: "leads" }));
    expect(yielded).toMatchObject({ promisedMs: NOW_MS, answers: new Map() });
    expect(mandateUntil(yielded, NOW_MS, GROUP_TIMINGS)).toBeNull();
  });

  test("is not given up by a voter that has heard the newer term, for the promise holds", () =>
    expect(
      termAfter({ term: "5c", roll: "5c.1 abc", promised: 1 }, heard(B, { term: "7b", roll: "5c.1" })),
    ).toBe("5c"));
});

describe("takeOwnTerm", () => {
  test("nothing of the term before counts in it, neither answers nor a promise", () => {
    const stood = takeOwnTerm(voter({ term: "5a", promised: 1, answers: { b: 1 } }), 6, NOW_MS);
    expect(stood).toMatchObject({ promisedMs: null, answers: new Map(), electedMs: NOW_MS });
    expect(showStored(stood)).toBe("6a 1c.1 abc");
  });
});

describe("that a roll is settled", () => {
  const unsettled: Voter = { term: "2c", promised: 1, roll: "2c.2 ab", before: "2c.1 abc" };
  const settled = "2c 2c.2 ab";
  const open = `${settled} after 2c.1 abc`;
  const rows: readonly [string, Voter, HeardWords, string][] = [
    ["the host of the term says so of this roll", unsettled, heard(C, { term: "2c", roll: "2c.2" }), settled],
    ["it does not say so", unsettled, heard(C, { term: "2c", roll: "2c.2", settled: false }), open],
    ["it says so of another roll", unsettled, heard(C, { term: "2c", roll: "2c.1" }), open],
    [
      "it says so in another term, which is not taken",
      unsettled,
      heard(C, { term: "1c", roll: "2c.2" }),
      open,
    ],
    ["another host says so", unsettled, heard(B, { term: "2c", roll: "2c.2" }), open],
    ["it is not fresh", unsettled, heard(C, { term: "2c", roll: "2c.2", fresh: false }), open],
    [
      "a candidate that gets the vote with the same message knows it, too",
      { ...unsettled, promised: 5 },
      heard(B, { term: "3b", roll: "2c.2" }),
      "3b 2c.2 ab",
    ],
  ];
  for (const [what, given, message, expected] of rows)
    test(`${what}: ${expected}`, () => expect(showStored(after(given, message))).toBe(expected));
});

describe("what a host says is remembered", () => {
  test("the last fresh words and when they came", () => {
    const { said } = after({ said: { b: { age: 3 } } }, heard(B, { term: "0b", lead: "told" }));
    expect(said.get(B)).toEqual({
      words: heard(B, { term: "0b", lead: "told" }).words,
      atMs: NOW_MS,
      answersMs: ago(1),
    });
  });
});
