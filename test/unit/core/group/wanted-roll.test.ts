import { describe, expect, test } from "bun:test";
import type { RollHost } from "../../../../src/core/group/roll.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import { MASTER } from "./states.ts";
import { A, B, C, D } from "./votes.ts";
import { check, type Given, wanted } from "./wanted.ts";

const boots = (given: Given) => wanted(given)?.hosts.map(({ bootId }) => bootId) ?? "as it is";

describe("wantedRoll: nothing to change", () =>
  check([
    ["all are heard", {}, "as it is"],
    ["this host has no roll", { roll: null }, "as it is"],
  ]));

describe("wantedRoll: in comes who is in the pool, is heard, and has stored the roll", () => {
  const has = { term: "5a", roll: "5a.1" };
  const entered = "abcd, a is master, HA on";
  check([
    ["a host", { others: { d: {} }, said: { d: has } }, entered],
    ["a host that was heard 4 s ago", { others: { d: { age: 4 } }, said: { d: has } }, entered],
    ["not one that was heard 4.1 s ago", { others: { d: { age: 4.1 } }, said: { d: has } }, "as it is"],
    ["not one with an older roll", { others: { d: {} }, said: { d: { ...has, roll: "4a.9" } } }, "as it is"],
    ["not one with a newer roll", { others: { d: {} }, said: { d: { ...has, roll: "6d.1" } } }, "as it is"],
    ["not one without a roll", { others: { d: {} }, said: { d: { ...has, roll: null } } }, "as it is"],
    ["not one that has said nothing of its vote", { others: { d: {} } }, "as it is"],
    ["not one that is not in the pool", { said: { d: has } }, "as it is"],
    ["several at once", { others: { d: {}, e: {} }, said: { d: has, e: has } }, "abcde, a is master, HA on"],
    ["by a leader that is a slave, too", { self: B, others: { d: {} }, said: { d: has } }, entered],
  ]);

  test("with its boot, and not in maintenance", () =>
    expect(wanted({ others: { d: {} }, said: { d: has } })?.hosts.at(-1)).toEqual({
      host: D,
      bootId: "boot-d",
      maintenance: false,
      leaseMs: null,
    }));
});

describe("wantedRoll: out goes who has left the pool", () => {
  const gone: Given = { others: { c: undefined }, absent: { c: 60 } };
  check([
    ["a host that is not in it, and silent for 60 s", gone, "ab, a is master, HA on"],
    [
      "not within that time: the list of the pool may be older than a join",
      { ...gone, absent: { c: 59.9 } },
      "as it is",
    ],
    ["not one that is only silent", { others: { c: null } }, "as it is"],
    ["not one that speaks to this host", { others: { c: undefined } }, "as it is"],
    ["not by a leader that is a slave", { ...gone, self: B }, "as it is"],
    ["not by one whose xapi does not serve", { ...gone, own: { xapi: "starting" } }, "as it is"],
    [
      "not by a master that the roll does not name",
      { ...gone, others: { b: { role: "master", master: B }, c: undefined }, change: { master: B } },
      "as it is",
    ],
  ]);
});

describe("wantedRoll: out goes who is silent and in maintenance", () => {
  const off = { others: { c: { age: 14, silent: 10 } }, maintenance: [C] };
  check([
    ["a host that is silent for 10 s", off, "ab, a is master, HA on"],
    ["not within that time", { ...off, others: { c: { age: 13.9, silent: 9.9 } } }, "as it is"],
    ["not one that is heard", { ...off, others: { c: {} } }, "as it is"],
    ["not one that is only silent", { ...off, maintenance: [] }, "as it is"],
    [
      "not one that is not in the pool: nothing was heard of it since",
      { ...off, others: { c: undefined } },
      "as it is",
    ],
    [
      "by a leader that is a slave, too, as the roll has it",
      { ...off, self: B, maintenance: [], resting: [C] },
      "ab, a is master, HA on",
    ],
    [
      "never the XAPI master: it is replaced by a proof alone, and no roll is without its master",
      { self: B, others: { a: { ...MASTER, age: 14, silent: 10 } }, resting: [A] },
      "as it is",
    ],
    [
      "nor a master that the roll does not name any more as such, but keeps",
      { self: B, others: { a: { age: 14, silent: 10 } }, resting: [A], change: { master: B } },
      "bc, b is master, HA on",
    ],
  ]);
});

describe("wantedRoll: who is in maintenance, as the XAPI master knows it", () => {
  const marks = (given: Given) =>
    wanted(given)
      ?.hosts.flatMap(({ host, maintenance }) => (maintenance ? [host] : []))
      .join("") ?? "as it is";
  const given = (over: Given): Given => ({ change: { hosts: hostsOf("abc") }, ...over });
  const rows: readonly [string, Given, string][] = [
    ["a host is from now on", given({ maintenance: [B] }), "b"],
    ["it is no more", { resting: [B] }, ""],
    ["it is on", { maintenance: [B] }, "as it is"],
    ["the master itself", given({ maintenance: [A] }), "a"],
    ["a leader that is a slave leaves it so", { self: B, resting: [C] }, "as it is"],
    ["so does one whose xapi does not serve", { own: { xapi: "starting" }, resting: [B] }, "as it is"],
    [
      "and a master that the roll does not name: its database may be an old one",
      given({
        maintenance: [B],
        others: { c: { role: "master", master: C } },
        change: { hosts: hostsOf("abc"), master: C },
      }),
      "as it is",
    ],
  ];
  for (const [what, one, expected] of rows)
    test(`${what}: ${expected}`, () => expect(marks(one)).toBe(expected));

  function hostsOf(letters: string): readonly RollHost[] {
    return [...letters].map((letter) => ({
      ...{ host: hostUuid(letter), bootId: `boot-${letter}`, maintenance: false, leaseMs: null },
    }));
  }
});

describe("wantedRoll: no more hosts than a pool can have", () => {
  test("a newcomer waits until one has left", () => {
    const letters = Array.from({ length: 63 }, (_, at) => String.fromCharCode(0x100 + at));
    const others = Object.fromEntries(letters.map((letter) => [letter, {}]));
    const has = { term: "5a", roll: "5a.1" };
    const full: Given = { others: { b: undefined, c: undefined, ...others, z: {} }, said: { z: has } };
    const of = (count: number) => wanted({ ...full, roll: `5a.1 a${letters.slice(0, count).join("")}` });
    expect(of(62)?.hosts).toHaveLength(64);
    expect(of(63)).toBeNull();
  });
});

describe("wantedRoll: out goes who is known to be off", () => {
  const dead = { self: B, others: { a: null }, off: [A] };
  check([
    ["a host", { others: { c: null }, off: [C] }, "ab, a is master, HA on"],
    [
      "by a leader that is a slave, too",
      { self: B, others: { c: null }, off: [C] },
      "ab, a is master, HA on",
    ],
    [
      "of a master that is off the leader takes the place",
      { self: B, others: { a: null }, off: [A] },
      "bc, b is master, HA on",
    ],
    [
      "and HA stays as it was",
      { self: B, others: { a: null }, off: [A], change: { ha: false } },
      "bc, b is master, HA off",
    ],
    [
      "though its own xapi does not work: it starts again as master",
      { ...dead, own: { xapi: "lost" } },
      "bc, b is master, HA on",
    ],
    ["of a master that is only silent it does not", { self: B, others: { a: null } }, "as it is"],
    ["a host that is not on the roll is nobody's business", { off: [D] }, "as it is"],
  ]);

  const unfit: readonly [string, boolean | null][] = [
    ["in maintenance", false],
    ["whose iterations do not know the pool", null],
  ];
  for (const [what, enabled] of unfit)
    test(`a leader ${what} does not take the place of a master that is off: it hands over`, () =>
      expect(wanted({ ...dead, own: { enabled } })?.master).not.toBe(B));
});

describe("wantedRoll: a host that has booted is entered anew", () => {
  const rows: readonly [string, Given, string | (string | null)[]][] = [
    ["another one", { others: { b: { boot: "new" } } }, ["boot-a", "new", "boot-c"]],
    ["not one that is silent by now", { others: { b: { boot: "new", age: 4.1 } } }, "as it is"],
    ["this one", { bootId: "new" }, ["new", "boot-b", "boot-c"]],
    [
      "not one that is in the pool no more and speaks",
      { others: { c: undefined }, bootId: "new" },
      ["new", "boot-b", "boot-c"],
    ],
  ];
  for (const [what, given, expected] of rows) test(what, () => expect(boots(given)).toEqual(expected));

  test("it stays in maintenance, as the XAPI master knows it", () => {
    const hosts = [
      { host: A, bootId: "boot-a", maintenance: false, leaseMs: null },
      { host: B, bootId: "boot-b", maintenance: true, leaseMs: null },
    ];
    const given: Given = {
      roll: "5a.1 ab",
      others: { b: { boot: "new" } },
      change: { hosts },
      maintenance: [B],
    };
    expect(wanted(given)?.hosts).toEqual([
      { host: A, bootId: "boot-a", maintenance: false, leaseMs: null },
      { host: B, bootId: "new", maintenance: true, leaseMs: null },
    ]);
  });
});

describe("wantedRoll: HA as the XAPI master reads it in its database", () => {
  const off = "abc, a is master, HA off";
  const on = "abc, a is master, HA on";
  const wasOff = { change: { ha: false } };
  check([
    ["off", { own: { haWished: false } }, off],
    ["on again", wasOff, on],
    ["not known: as it was", { own: { haWished: null } }, "as it is"],
    ["not known: as it was, off", { ...wasOff, own: { haWished: null } }, "as it is"],
    ["heard by a leader that is a slave", { self: B, others: { a: { ...MASTER, haWished: false } } }, off],
    [
      "of a master that is silent nothing is known",
      { self: B, others: { a: { ...MASTER, haWished: false, age: 4.1 } } },
      "as it is",
    ],
    [
      "a slave's copy does not count, though it is the named master's",
      { self: B, others: { a: { haWished: false } } },
      "as it is",
    ],
    ["nor another host's", { others: { b: { haWished: false } } }, "as it is"],
    ["nor the leader's own", { self: B, own: { haWished: false } }, "as it is"],
  ]);
});

describe("wantedRoll: the master has given up being it", () => {
  const gaveUp = { role: "slave", xapi: "held", master: null } as const;
  const by = (own: Given["own"]): Given => ({ self: B, ...(own && { own }), others: { a: gaveUp } });
  const as = (over: object): Given => ({ self: B, others: { a: { ...gaveUp, ...over } } });
  check([
    ["the leader takes its place, and it counts on", by(undefined), "abc, b is master, HA on"],
    ["not one that is in maintenance", by({ enabled: false }), "as it is"],
    ["its xapi runs, or hangs", as({ xapi: "silent" }), "as it is"],
    ["it follows another host", as({ master: C }), "as it is"],
    ["it is not heard", as({ age: 4.1 }), "as it is"],
    ["it leads itself", { own: gaveUp }, "as it is"],
  ]);
});
