import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { endHold, followNamed, reportHold, straysSince } from "../../../../src/core/takeover/own-xapi.ts";
import {
  address,
  database,
  goodView,
  host,
  masterRound,
  memoryWith,
  type Situation,
  short,
  slaveRound,
  three,
} from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

const NOW_MS = 1_000_000;
const SERVES: OwnState = { ...OWN, role: "master", master: host(3), xapi: "serving" };
const namesH3 = (over: SightOver = {}): SightOver => ({
  ...isLedBy(host(3)),
  ...over,
  roll: over.roll === null ? null : { master: host(3), ...over.roll },
});
const saysH3 = (own: OwnState | null = SERVES) =>
  hearing(peer(3, own === null ? { heard: "silent", own } : { own }));

/** h2 follows h1; the group has named h3, which says that it is master. */
function slave(situation: Situation = {}, over: Partial<Memory> = {}) {
  const memory = memoryWith(over);
  return followNamed(memory, slaveRound(memory, { hearing: saysH3(), group: namesH3(), ...situation }));
}

describe("followNamed: a slave", () => {
  test("follows the named one as soon as that says that it is master, and drops a take-over of its own", () => {
    const promotion = { oldMaster: host(1), sinceMs: 0, phase: "proved" } as const;
    const step = slave({}, { promotion });
    expect(step?.actions).toEqual([{ kind: "follow-master", address: address(host(3)) }]);
    expect(step?.reasons).toEqual([{ kind: "follows-named", host: "h3", address: address(host(3)) }]);
    expect(step?.memory.promotion).toBeNull();
  });

  test("though the xapi of that one only starts", () =>
    expect(short(slave({ hearing: saysH3({ ...SERVES, xapi: "starting" }) })?.actions ?? [])).toEqual([
      "follow-master",
    ]));

  const rows: readonly [string, ReturnType<typeof slave>][] = [
    [
      "the named one says that it is a slave: a follow of a host that is none hangs unnoticed",
      slave({ hearing: saysH3(OWN) }),
    ],
    ["the named one is not heard", slave({ hearing: saysH3(null) })],
    ["nobody leads, so nobody is named", slave({ group: namesH3(NOBODY_LEADS) })],
    ["the roll is not settled", slave({ group: namesH3({ roll: { settled: false } }) })],
    ["HA is off for the group", slave({ group: namesH3({ roll: { ha: false } }) })],
    ["the group is not known", slave({ group: namesH3({ roll: null }) })],
    ["this very host is named", slave({ group: { roll: { master: host(2) } } })],
    [
      "it follows the named one",
      slave({ self: { role: { kind: "slave", masterAddress: address(host(3)) } } }),
    ],
    ["its role is broken", slave({ self: { role: { kind: "broken" } } })],
  ];
  for (const [title, step] of rows) test(`${title}: nothing`, () => expect(step).toBeNull());
});

describe("followNamed: a host that does not know its pool", () => {
  const way = (address: string) => ({ address, ageMs: 100, sinceMs: 0 });
  const lost = (ways: readonly string[], masterAddress = address(host(1))) => {
    const own = peer(3, { own: SERVES, ways: ways.map(way) });
    const step = slave(
      { hearing: hearing(own), self: { role: { kind: "slave", masterAddress } } },
      { lastGood: null },
    );
    return step === null ? null : step.actions;
  };
  test("follows the named one where that is heard from, first where it is written to first", () =>
    expect(lost(["10.0.0.3", "192.0.2.3"])).toEqual([{ kind: "follow-master", address: "10.0.0.3" }]));
  test("it follows that address already, whichever of them it is: nothing", () =>
    expect(lost(["10.0.0.3", "192.0.2.3"], "192.0.2.3")).toBeNull());
  test("no way is known: nothing", () => expect(lost([])).toBeNull());
});

describe("followNamed: a master", () => {
  const master = (situation: Situation = {}, over: Partial<Memory> = {}) => {
    const memory = memoryWith(over);
    return followNamed(memory, masterRound(memory, { group: namesH3(), ...situation }));
  };
  const FOLLOWS = ["follow-master"];
  const rows: readonly [string, ReturnType<typeof master>, readonly string[]][] = [
    ["the named one serves", master({ hearing: saysH3() }), FOLLOWS],
    [
      "the named one is not heard: an old database must never win",
      master({ hearing: saysH3(null) }),
      FOLLOWS,
    ],
    [
      "nobody knows an address of the named one",
      master({ group: namesH3({ roll: { master: host(9) } }) }),
      [],
    ],
    ["it is being made a follower", master({ inFlight: ["follow-master"] }), []],
  ];
  for (const [title, step, expected] of rows)
    test(`stands down: ${title}`, () => {
      expect(short(step?.actions ?? [])).toEqual([...expected]);
      expect(step?.reasons.map(({ kind }) => kind)).toEqual(["rival-master"]);
    });
  test("the group has named it: nothing", () => expect(master({ group: {} })).toBeNull());

  // It was a slave when it was seen last: an old master that comes back was none, nor does a boot leave anything of that.
  describe("that an administrator has made master by hand", () => {
    const byHand = (unnamedSinceMs: number | null) =>
      master({ hearing: saysH3() }, { following: address(host(3)), unnamedSinceMs });
    const rows: readonly [string, ReturnType<typeof master>, readonly string[], number][] = [
      ["it has just been made it: it waits to be named", byHand(null), [], NOW_MS],
      ["less than a minute ago: it waits", byHand(NOW_MS - 59_999), [], NOW_MS - 59_999],
      ["a minute ago: it stands down", byHand(NOW_MS - 60_000), FOLLOWS, NOW_MS - 60_000],
      ["it was none's slave: it stands down at once", master({ hearing: saysH3() }), FOLLOWS, NOW_MS],
    ];
    for (const [title, step, expected, sinceMs] of rows)
      test(title, () => {
        expect([short(step?.actions ?? []), step?.memory.unnamedSinceMs]).toEqual([[...expected], sinceMs]);
        expect(step?.reasons.map(({ kind }) => kind)).toEqual(["rival-master"]);
      });
  });
});

describe("endHold", () => {
  const round = (situation: Situation = {}) => {
    const memory = memoryWith();
    const self = {
      heldSinceMs: NOW_MS - 5_000,
      role: { kind: "slave", masterAddress: address(host(3)) },
      ...situation.self,
    } as const;
    return slaveRound(memory, { hearing: saysH3(), group: namesH3(), ...situation, self });
  };
  const does = (situation: Situation = {}) => {
    const step = endHold(memoryWith(), round(situation));
    return step === null ? "goes on" : short(step.actions).join(" ") || "waits";
  };
  const agreed = (agreedAtMs: number | null) => ({ group: namesH3({ agreedAtMs }) });
  const rows: readonly [string, Situation, string][] = [
    ["it is not held", { self: { heldSinceMs: null } }, "goes on"],
    ["the master has said nothing", {}, "goes on"],
    ["the master agrees with what runs here", agreed(NOW_MS - 4_000), "release-xapi"],
    ["it agrees with what ran here in the moment of the hold", agreed(NOW_MS - 5_000), "release-xapi"],
    ["it agreed before this hold began", agreed(NOW_MS - 5_001), "goes on"],
    ["HA is off", { group: namesH3({ roll: { ha: false } }) }, "release-xapi"],
    ["this host is to be master", { group: { roll: { master: host(2) } } }, "release-xapi"],
    ["nobody leads", { group: namesH3(NOBODY_LEADS) }, "goes on"],
    ["it has lasted for days", { self: { heldSinceMs: 0, xapiAnswers: false } }, "goes on"],
    ["somebody has started it by hand", { self: { heldSinceMs: NOW_MS - 20_000 } }, "release-xapi"],
    ["it has not ended yet", { self: { heldSinceMs: NOW_MS - 19_999 } }, "goes on"],
    [
      "it was started to be told whom to follow",
      { self: { heldSinceMs: 0 }, inFlight: ["follow-master"] },
      "goes on",
    ],
    ["it is being released", { ...agreed(NOW_MS), inFlight: ["release-xapi"] }, "waits"],
  ];
  for (const [title, situation, expected] of rows)
    test(`${title}: ${expected}`, () => expect(does(situation)).toBe(expected));

  const tells = (situation: Situation = {}) => reportHold(memoryWith(), round(situation).view);
  test("reportHold: one that has lasted for a minute is told, with the master whose database is waited for", () => {
    expect(tells({ self: { heldSinceMs: NOW_MS - 60_000 } })).toEqual([
      { kind: "xapi-held", master: "h3", isMasterHeard: true, minutes: 0 },
    ]);
    expect(tells({ self: { heldSinceMs: NOW_MS - 59_999 } })).toEqual([]);
    expect(tells({ self: { heldSinceMs: null } })).toEqual([]);
  });
  test("reportHold: this host has given up being master, and another one has not taken its place", () => {
    const memory = memoryWith({ lastGood: goodView() });
    const told = (situation: Situation) => reportHold(memory, round(situation).view);
    const self = { role: { kind: "slave", masterAddress: address(host(2)) }, heldSinceMs: NOW_MS } as const;
    expect(told({ self, group: { roll: { master: host(2) } } })).toEqual([{ kind: "resigned" }]);
    expect(told({ self, group: namesH3() })).toEqual([]);
    // With HA off its xapi is held no more, and nobody else sees to it.
    const off = { roll: { master: host(2), ha: false } };
    expect(told({ self: { ...self, heldSinceMs: null }, group: off })).toEqual([{ kind: "resigned" }]);
  });
  test("reportHold: it is told again every five minutes", () => {
    const minutes = (ageMs: number) =>
      tells({ self: { heldSinceMs: NOW_MS - ageMs } }).map(
        (reason) => reason.kind === "xapi-held" && reason.minutes,
      );
    expect([299_999, 300_000, 599_999, 600_000].map((ageMs) => minutes(ageMs)[0])).toEqual([0, 5, 5, 10]);
  });
  test("reportHold: where nobody is named", () =>
    expect(tells({ self: { heldSinceMs: 0 }, group: namesH3(NOBODY_LEADS) })).toEqual([
      { kind: "xapi-held", master: null, isMasterHeard: false, minutes: 15 },
    ]));

  test("a held xapi follows the one that is named meanwhile", () => {
    const memory = memoryWith();
    const self = { role: { kind: "slave", masterAddress: address(host(1)) } } as const;
    expect(short(followNamed(memory, round({ self }))?.actions ?? [])).toEqual(["follow-master"]);
  });
});

describe("a xapi that strays", () => {
  const role = { kind: "slave", masterAddress: address(host(3)) } as const;
  const since = (situation: Situation = {}, over: Partial<Memory> = {}) => {
    const memory = memoryWith(over);
    const { view } = slaveRound(memory, {
      hearing: saysH3(),
      group: namesH3(),
      ...situation,
      self: { role, ...situation.self },
    });
    const read = situation.database;
    return straysSince(memory, read === undefined ? view : { ...view, database: { ok: true, value: read } });
  };
  const rows: readonly [string, number | null, number | null][] = [
    ["its master serves, and it does not: since now", since(), NOW_MS],
    ["since then", since({}, { straysSinceMs: 7 }), 7],
    ["it serves", since({ database: database(three()) }, { straysSinceMs: 7 }), null],
    ["it is held", since({ self: { heldSinceMs: 5 } }, { straysSinceMs: 7 }), null],
    ["its master only starts", since({ hearing: saysH3({ ...SERVES, xapi: "starting" }) }), null],
    [
      "it follows another one",
      since({ self: { role: { kind: "slave", masterAddress: address(host(1)) } } }),
      null,
    ],
    ["nobody is named", since({ group: namesH3(NOBODY_LEADS) }), null],
  ];
  for (const [title, found, expected] of rows) test(title, () => expect(found).toBe(expected));

  const strays = (straysSinceMs: number | null) => {
    const memory = memoryWith({ straysSinceMs });
    const step = followNamed(
      memory,
      slaveRound(memory, { hearing: saysH3(), group: namesH3(), self: { role } }),
    );
    return short(step?.actions ?? []);
  };
  test("after a minute it is held, to start again when the database agrees", () => {
    expect(strays(NOW_MS - 60_000)).toEqual(["hold-xapi"]);
    expect([strays(NOW_MS - 59_999), strays(null)]).toEqual([[], []]);
  });
});
