import { describe } from "bun:test";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { MASTER } from "./states.ts";
import { A, B, C, D } from "./votes.ts";
import { check } from "./wanted.ts";

const follows = (master: HostUuid | null) => ({ role: "slave", master }) as const;

describe("wantedRoll: with HA on the named master hands over to who has its database", () => {
  /** Its database has the office of the roll. */
  const serves = { role: "master", master: C, office: "1.a.1" } as const;
  const isC = "abc, c is master, HA on";
  check([
    [
      "the master says that it follows c, and c serves",
      { self: B, others: { a: follows(C), c: serves } },
      isC,
    ],
    ["the leader is that master", { own: follows(C), others: { c: serves } }, isC],
    [
      "the leader is its successor",
      { self: B, own: { role: "master", master: B, office: "1.a.1" }, others: { a: follows(B) } },
      "abc, b is master, HA on",
    ],
    [
      "c answers as master, and its start is not over",
      { self: B, others: { a: follows(C), c: { ...serves, xapi: "starting" } } },
      isC,
    ],
    [
      "d serves as well",
      {
        ...{ self: B, roll: "5a.1 abcd" },
        others: { a: follows(C), c: serves, d: { ...serves, master: D } },
      },
      "abcd, c is master, HA on",
    ],
    [
      "the office is that of the roll, whichever roll that is",
      { self: B, roll: "5a.1 abc 4b.7", others: { a: follows(C), c: { ...serves, office: "4.b.7" } } },
      isC,
    ],
    ...(
      [
        ["c has an older database", { ...serves, office: "1.a.2" }],
        ["c has a database of nobody", { ...serves, office: null }],
        ["c is in emergency mode", { ...serves, xapi: "lost" }],
        ["c is silent", { ...serves, age: 4.1 }],
        ["c says that it is a slave", { ...serves, role: "slave" }],
      ] as const
    ).map(([what, c]) => [what, { self: B, others: { a: follows(C), c } }, "as it is"] as const),
    [
      "the role of the master is not known, though it names c",
      { self: B, others: { a: { role: "broken", master: C }, c: serves } },
      "as it is",
    ],
    ["the master is silent", { self: B, others: { a: { ...follows(C), age: 4.1 }, c: serves } }, "as it is"],
    ["the master says that it is master still", { self: B, others: { c: serves } }, "as it is"],
    [
      "the master follows a host that is none, and c is the only one that is",
      { self: B, others: { a: follows(null), c: serves } },
      "as it is",
    ],
    [
      "the host that it follows is not on the roll",
      { self: B, others: { a: follows(D), d: { ...serves, master: D } } },
      "as it is",
    ],
    [
      "another host says that it follows c",
      { self: B, own: follows(C), others: { c: serves, d: follows(C) } },
      "as it is",
    ],
  ]);
});

describe("wantedRoll: with HA on the named master is off, and a host was made master by hand", () => {
  /** Of a leader that may not take its place itself. */
  const cannot = { self: B, own: { enabled: null }, off: [A] };
  const serves = { role: "master", master: C, office: "1.a.1" } as const;
  check([
    [
      "it has the database of the one before",
      { ...cannot, others: { a: null, c: serves } },
      "abc, c is master, HA on",
    ],
    [
      "it leads: it takes the place like any other leader that can",
      { ...cannot, own: { ...serves, master: B, enabled: null }, others: { a: null } },
      "bc, b is master, HA on",
    ],
    ...(
      [
        ["it has an older database", { ...serves, office: "1.a.2" }],
        ["it has a database of nobody", { ...serves, office: null }],
        ["its xapi is in emergency mode", { ...serves, xapi: "lost" }],
        ["it says that it is a slave", { ...serves, role: "slave" }],
        ["it is silent", { ...serves, age: 4.1 }],
      ] as const
    ).map(([what, c]) => [what, { ...cannot, others: { a: null, c } }, "as it is"] as const),
    [
      "two are, and both have that database",
      {
        ...cannot,
        own: { ...serves, master: B, role: "slave", enabled: null },
        roll: "5a.1 abcd",
        others: { a: null, c: serves, d: { ...serves, master: D } },
      },
      "as it is",
    ],
    ["the named one is only silent", { ...cannot, off: [], others: { a: null, c: serves } }, "as it is"],
    ["the named one is heard", { ...cannot, others: { c: serves } }, "as it is"],
    [
      "the named one is heard, and follows a host that is none",
      { ...cannot, others: { a: follows(null), c: serves } },
      "as it is",
    ],
  ]);
});

describe("wantedRoll: with HA off the only host that is master is named", () => {
  const serves = { role: "master", master: C, haWished: false } as const;
  const off = { change: { ha: false } };
  const isC = "abc, c is master, HA off";
  check([
    ["the master says that it follows c", { ...off, self: B, others: { a: follows(C), c: serves } }, isC],
    ["it follows a host that is none", { ...off, self: B, others: { a: follows(B), c: serves } }, isC],
    ["it is silent", { ...off, self: B, others: { a: { age: 4.1 }, c: serves } }, isC],
    ["it was never heard", { ...off, self: B, others: { a: null, c: serves } }, isC],
    [
      "the leader is that one",
      { ...off, self: B, own: { ...serves, master: B }, others: { a: null } },
      "abc, b is master, HA off",
    ],
    [
      "HA is wished for there: that comes with the next roll",
      { ...off, self: B, others: { a: null, c: { ...serves, haWished: true } } },
      isC,
    ],
    [
      "not one of two",
      { ...off, self: B, own: { ...serves, master: B }, others: { a: null, c: serves } },
      "as it is",
    ],
    [
      "unless the master has handed over to it",
      {
        ...off,
        self: B,
        own: { ...serves, master: B },
        others: { a: follows(C), c: { ...serves, office: "1.a.1" } },
      },
      isC,
    ],
    [
      "not while the master says that it is one",
      { ...off, self: B, others: { a: { ...MASTER, haWished: false }, c: serves } },
      "as it is",
    ],
    [
      "not while its role is not known",
      { ...off, self: B, others: { a: { role: "broken" }, c: serves } },
      "as it is",
    ],
    [
      "not one that is in emergency mode",
      { ...off, self: B, others: { a: null, c: { ...serves, xapi: "lost" } } },
      "as it is",
    ],
    [
      "not one that is not on the roll",
      { ...off, self: B, others: { a: null, d: { ...serves, master: D } } },
      "as it is",
    ],
    ["not with HA on", { self: B, others: { a: null, c: serves } }, "as it is"],
  ]);
});
