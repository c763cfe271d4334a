import { describe, expect, test } from "bun:test";
import { type HandOver, NO_HAND_OVER, stepHandOver } from "../../../../src/core/group/hand-over.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { OWN } from "./group.ts";
import { groupState, type Other, type Others } from "./states.ts";
import { A, ago, B, C, NOW_MS, showTerm, type Voter } from "./votes.ts";

interface Given extends Voter {
  readonly b?: Other | null;
  readonly others?: Others;
  readonly own?: Partial<OwnState>;
  readonly isFencing?: boolean;
  /** Since how many seconds it acts no more. */
  readonly since?: number;
  /** How long ago it has handed over last. */
  readonly last?: number;
}

const SERVES: Other = { role: "master", master: B, hears: "ac" };
const GAVE_UP = { role: "slave", xapi: "held", master: null } as const;
const says = (roll: string) => ({ term: "5a", roll });

/** By default a leads, and is a slave; b is XAPI master, serves, has the roll, and hears a and c. */
function step({ b = SERVES, others = { c: {} }, own = {}, isFencing = false, since, last, ...over }: Given) {
  const given: Voter = { term: "5a", roll: "5a.1 abc", master: B, answers: { b: 1, c: 1 }, ...over };
  const said = { b: says("5a.1"), c: says("5a.1"), ...over.said };
  const before: HandOver = {
    sinceMs: since === undefined ? null : ago(since),
    lastMs: last === undefined ? NO_HAND_OVER.lastMs : ago(last),
  };
  const moment = { nowMs: NOW_MS, own: { ...OWN, ...own }, successor: null, agreed: [], isFencing };
  return stepHandOver(groupState({ ...given, said }, { b, ...others }), before, moment, GROUP_TIMINGS);
}

function show(given: Given): string {
  const { voting, handOver } = step(given);
  if (handOver.sinceMs !== null) return `acts no more for ${(NOW_MS - handOver.sinceMs) / 1_000} s`;
  return voting.stored.term.host === A ? "leads on" : `has left: ${showTerm(voting.stored.term)}`;
}

describe("stepHandOver: the leader should be the XAPI master", () => {
  const rows: readonly [string, Given, string][] = [
    ["the master can lead", {}, "acts no more for 0 s"],
    ["for less than a second", { since: 0.9 }, "acts no more for 0.9 s"],
    ["for a second", { since: 1 }, "has left: 6-"],
    ["another master serves, an old one", { master: C }, "leads on"],
    [
      "another master serves, made by hand, and the one that the roll names is silent",
      { master: C, others: { c: { age: 4.1 } } },
      "leads on",
    ],
    [
      "this host is the master and has given that up, and another one is enabled",
      { master: A, b: null, others: { c: { hears: "a" } }, own: GAVE_UP },
      "acts no more for 0 s",
    ],
    [
      "this host is the master and has given that up, and nobody is enabled",
      { master: A, b: null, others: { c: { hears: "a", enabled: false } }, own: GAVE_UP },
      "leads on",
    ],
    ["this host is the master, and serves", { master: A }, "leads on"],
    ["the master is dead, and this host is enabled", { b: null, others: { c: { hears: "a" } } }, "leads on"],
    [
      "the master is dead, this host is in maintenance, and another one is not",
      { b: null, others: { c: { hears: "a" } }, own: { enabled: false } },
      "acts no more for 0 s",
    ],
    [
      "the master is dead, and this host does not know its pool",
      { b: null, others: { c: { hears: "a" } }, own: { enabled: null } },
      "acts no more for 0 s",
    ],
    [
      "the master is dead, and both are in maintenance",
      { b: null, others: { c: { hears: "a", enabled: false } }, own: { enabled: false } },
      "leads on",
    ],
    [
      "this host is master, as the roll names it",
      { master: A, own: { role: "master", master: A } },
      "leads on",
    ],
    [
      "it is an old master itself, and the named one answers",
      { own: { role: "master", master: A } },
      "acts no more for 0 s",
    ],
    [
      "it is an old master, and the named one is silent",
      { own: { role: "master", master: A }, master: C },
      "leads on",
    ],
    [
      "the named master answers, and does not hear enough; another one does",
      { master: C, others: { c: { ...SERVES, hears: "" } } },
      "leads on",
    ],
    ["its start is not over", { b: { ...SERVES, xapi: "starting" } }, "acts no more for 0 s"],
    ["it is in emergency mode", { b: { ...SERVES, xapi: "lost" } }, "leads on"],
    ["it does not serve any more", { b: { ...SERVES, xapi: "silent" }, since: 1 }, "leads on"],
    ["it is silent", { b: { ...SERVES, age: 4.1 } }, "leads on"],
    [
      "it says that it is a slave, and another one is master",
      { b: { ...SERVES, role: "slave" }, others: { c: { role: "master", master: C } } },
      "leads on",
    ],
    [
      "it says that it is a slave, and this host is master",
      { b: { ...SERVES, role: "slave" }, own: { role: "master", master: A } },
      "leads on",
    ],
    [
      "it says that it is a slave, and no host is master: it becomes it again",
      { b: { ...SERVES, role: "slave" } },
      "acts no more for 0 s",
    ],
    ["it was never heard", { b: null }, "leads on"],
    ["it has an older roll", { said: { b: says("4a.7") } }, "leads on"],
    ["it does not say how it votes", { said: { b: { lead: "unsaid", roll: null } } }, "leads on"],
    ["it is not on the roll", { roll: "5a.1 acd", master: A }, "leads on"],
    ["it hears no majority", { b: { ...SERVES, hears: "" } }, "leads on"],
    ["it hears one, with itself", { b: { ...SERVES, hears: "c" } }, "acts no more for 0 s"],
    [
      "it hears all that are not known to be off",
      {
        roll: "5a.1 abcde",
        b: SERVES,
        answers: { b: 1, c: 1 },
        over: { off: new Set([..."de"].map((host) => host as typeof A)) },
      },
      "acts no more for 0 s",
    ],
    ["a fence is under way", { isFencing: true }, "leads on"],
    ["a fence has begun just before", { isFencing: true, since: 0.9 }, "leads on"],
    ["the roll is not settled", { roll: "5a.2 abc", before: "5a.1 abc" }, "leads on"],
    ["this host has no mandate", { answers: { b: 4.1, c: 4.1 } }, "leads on"],
    ["nor had it any more while it handed over", { answers: { b: 4.1, c: 4.1 }, since: 1 }, "leads on"],
    ["it follows another one", { term: "5c" }, "leads on"],
    ["it has handed over in vain 59.9 s ago", { last: 59.9 }, "leads on"],
    ["a minute ago", { last: 60 }, "acts no more for 0 s"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected === "leads on" && given.term === "5c" ? "nothing" : expected}`, () =>
      expect(show(given)).toBe(given.term === "5c" ? "has left: 5c" : expected));

  test("when it has done so it remembers that, is free to vote for the master, and lets it go first", () => {
    const { voting, handOver } = step({ since: 1 });
    expect(handOver).toEqual({ sinceMs: null, lastMs: NOW_MS });
    expect(voting).toMatchObject({ promisedMs: null, stoodMs: NOW_MS, answers: new Map() });
  });

  test("what kept it from handing over is no hand-over", () =>
    expect(step({ b: null, since: 1, last: 90 }).handOver).toEqual({ sinceMs: null, lastMs: ago(90) }));
});
