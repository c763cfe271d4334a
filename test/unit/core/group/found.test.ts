import { describe, expect, test } from "bun:test";
import { awaitedToFound, type Founding, found, stepFounding } from "../../../../src/core/group/found.ts";
import { mandateUntil } from "../../../../src/core/group/mandate.ts";
import { GROUP_TIMINGS } from "../../../../src/core/group/timings.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { groupState, MASTER, type Others } from "./states.ts";
import { A, ago, B, C, D, NOW_MS, showStored, type Voter, voter } from "./votes.ts";

/** Of a host that has no roll. */
const FRESH: Voter = { term: "0-", roll: null };
const SAYS = { term: "0-", roll: null } as const;

const at = (greeters: readonly HostUuid[] = [], without: readonly HostUuid[] = []) => ({
  ...{ nowMs: NOW_MS, greeters: new Set(greeters), without },
});

describe("awaitedToFound: whom the group waits for", () => {
  interface Given {
    readonly own?: Partial<OwnState>;
    readonly others?: Others;
    readonly said?: Voter["said"];
    readonly roll?: string;
    readonly off?: readonly HostUuid[];
    readonly greeters?: readonly HostUuid[];
    readonly without?: readonly HostUuid[];
  }
  /** Host a is the XAPI master; b and c follow it, and hear no leader. */
  function awaited({ own = {}, others = {}, said = {}, roll, off, greeters, without }: Given): string {
    const state = groupState(
      {
        ...FRESH,
        ...(roll === undefined ? {} : { roll }),
        said: { b: SAYS, c: SAYS, ...said },
        over: { off: new Set(off) },
      },
      { b: {}, c: {}, ...others },
    );
    const hosts = awaitedToFound(state, { ...MASTER, ...own }, at(greeters, without), GROUP_TIMINGS);
    return hosts === null ? "it founds none" : hosts.join(" ") || "nobody";
  }

  const rows: readonly [string, Given, string][] = [
    ["all follow this host and hear no leader", {}, "nobody"],
    ["one was never heard", { others: { b: null } }, "b"],
    ["one is silent for 4.1 s", { others: { c: { age: 4.1 } } }, "c"],
    ["one is known to be off", { others: { b: null }, off: [B] }, "nobody"],
    ["an administrator has left it out by name", { others: { b: null }, without: [B] }, "nobody"],
    ["another one was left out", { others: { b: null }, without: [C] }, "b"],
    [
      "though it is heard, and follows another master",
      { others: { b: { master: C } }, without: [B] },
      "nobody",
    ],
    ["not when it says that it has a roll", { said: { b: { ...SAYS, roll: "1b.1" } }, without: [B] }, "b"],
    ["nor when it hears a leader", { said: { b: { ...SAYS, lead: "hears" } }, without: [B] }, "b"],
    ["another one is", { others: { b: null }, off: [C] }, "b"],
    ["two are missing", { others: { b: null, c: { age: 5 } } }, "b c"],
    ["one follows another master", { others: { b: { master: C } } }, "b"],
    ["one follows a master that it does not know", { others: { b: { master: null } } }, "b"],
    ["one is a master itself", { others: { b: { role: "master", master: B } } }, "b"],
    ["one says that it is a master, and names this host", { others: { b: { role: "master" } } }, "b"],
    ["one does not know its role", { others: { b: { role: "unknown" } } }, "b"],
    ["one leads", { said: { b: { ...SAYS, lead: "leads" } } }, "b"],
    ["one is elected", { said: { b: { ...SAYS, lead: "elected" } } }, "b"],
    ["one asks for votes", { said: { b: { ...SAYS, lead: "stands" } } }, "b"],
    ["one hears a leader", { said: { b: { ...SAYS, lead: "hears" } } }, "b"],
    ["one is told of a leader", { said: { b: { ...SAYS, lead: "told" } } }, "b"],
    ["one says nothing of its vote", { said: { b: { ...SAYS, lead: "unsaid" } } }, "b"],
    ["one has a roll, whatever it hears: there is a group", { said: { b: { lead: "none" } } }, "b"],
    ["a stranger speaks to this host: its list is not the newest one", { greeters: [D] }, "d"],
    ["that, too, is waited for besides others", { others: { b: null }, greeters: [D] }, "b d"],
    ["who spoke to it as a stranger and is in its list by now", { greeters: [C] }, "nobody"],
    ["the same, and it is silent", { others: { c: null }, greeters: [C] }, "c"],
    ["one said so 3 s ago", { said: { b: { ...SAYS, age: 3 } } }, "nobody"],
    ["one said so 3.1 s ago", { said: { b: { ...SAYS, age: 3.1 } } }, "b"],
    ["this host's xapi does not serve yet", { own: { xapi: "starting" } }, "it founds none"],
    ["this host is a slave", { own: { role: "slave", master: B } }, "it founds none"],
    ["HA is off", { own: { haWished: false } }, "it founds none"],
    ["whether HA is wanted is not known", { own: { haWished: null } }, "it founds none"],
    ["this host has a roll", { roll: "1c.1 abc" }, "it founds none"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(awaited(given)).toBe(expected));

  test("one has said nothing of its vote: it", () => {
    const state = groupState({ ...FRESH, said: { b: SAYS } }, { b: {}, c: {} });
    expect(awaitedToFound(state, MASTER, at(), GROUP_TIMINGS)).toEqual([C]);
  });

  test("in a pool of one: nobody", () =>
    expect(awaitedToFound(groupState(FRESH, {}), MASTER, at(), GROUP_TIMINGS)).toEqual([]));
});

describe("stepFounding: for how long nothing must be missing", () => {
  /** A tick after each of so many seconds, for whom it waits then, and whether the group is founded there. */
  type Tick = readonly [number, readonly HostUuid[] | null, boolean];
  const ready = (second: number, due = false): Tick => [second, [], due];
  const rows: readonly [string, readonly Tick[]][] = [
    ["not at once", [ready(0)]],
    ["not as long as what was said may be older than it seems", [ready(0), ready(7.9)]],
    ["after 8 s", [ready(0), ready(8, true)]],
    [
      "anew when somebody is missing in between",
      [ready(0), [7, [B], false], ready(8), ready(15), ready(16, true)],
    ],
    [
      "anew when it was not this host's to found in between",
      [ready(0), [7, null, false], ready(8), ready(15)],
    ],
    [
      "never while somebody is missing",
      [
        [0, [B], false],
        [60, [B], false],
      ],
    ],
  ];
  for (const [what, ticks] of rows)
    test(what, () => {
      let founding: Founding = { readyMs: null };
      for (const [second, awaited, expected] of ticks) {
        const step = stepFounding(founding, awaited, second * 1_000);
        founding = step.founding;
        expect([second, step.due]).toEqual([second, expected]);
      }
    });
});

describe("found: the first roll", () => {
  const after = (given: Voter) =>
    found(voter({ ...FRESH, ...given }), { nowMs: NOW_MS, bootId: "boot-a", disarmWords: [] }, GROUP_TIMINGS);

  const rows: readonly [string, Voter, string][] = [
    ["the first term of all", {}, "1a 1a.1 a"],
    ["newer than the own one", { term: "4-" }, "5a 5a.1 a"],
    ["newer than each term that was heard of", { said: { b: { term: "6c" }, c: {} } }, "7a 7a.1 a"],
    ["where the own term is the newest", { term: "9-", said: { b: { term: "6c" } } }, "10a 10a.1 a"],
    ["5 s after a promise", { promised: 5 }, "1a 1a.1 a"],
    ["none within a promise", { promised: 4.9 }, "0- none"],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(showStored(after(given))).toBe(expected));

  test("in it is this host alone, as XAPI master, with HA on", () =>
    expect(after({}).stored.roll).toMatchObject({
      hosts: [{ host: A, bootId: "boot-a", maintenance: false, leaseMs: null }],
      master: A,
      ha: true,
    }));

  test("it leads at once, and by its own vote: nothing that was answered before counts", () => {
    const voting = after({ answers: { b: 1 }, over: { stoodMs: ago(2), electedMs: ago(60) } });
    expect(mandateUntil(voting, NOW_MS, GROUP_TIMINGS)).toBe(NOW_MS + 4_000);
    expect(voting).toMatchObject({ promisedMs: null, electedMs: NOW_MS, stoodMs: null });
    expect(voting.answers.size).toBe(0);
  });
});
