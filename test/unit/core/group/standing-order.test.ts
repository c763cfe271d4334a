import { describe, expect, test } from "bun:test";
import { type HearingState, newHearing } from "../../../../src/core/group/hearing.ts";
import { newPeer, type PeerState } from "../../../../src/core/group/peer-state.ts";
import { standsBefore } from "../../../../src/core/group/standing-order.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { type HostUuid, hostUuid } from "../../../../src/core/model/ids.ts";
import { OWN } from "./group.ts";
import { A, ago, B, C, NOW_MS, voter } from "./votes.ts";

/** Others as this host hears them a second ago, and what they say of themselves; null: silent for five seconds. */
type Others = Readonly<Record<string, Partial<OwnState> | null>>;

function hearingOf(self: HostUuid, others: Others): HearingState {
  const peers = Object.entries(others).map(([letter, own]): [HostUuid, PeerState] => [
    hostUuid(letter),
    { ...newPeer([], 0), heardMs: ago(own === null ? 5 : 1), own: { ...OWN, ...own } },
  ]);
  return { ...newHearing(self, "boot"), peers: new Map(peers) };
}

interface Given {
  readonly self?: HostUuid;
  readonly own?: Partial<OwnState>;
  readonly successor?: HostUuid;
  readonly others?: Others;
  readonly roll?: string | null;
}

/** By default of b, on a roll of a, b and c whose XAPI master is a; it hears both, and all say the same of themselves. */
function before({ self = B, own = {}, successor, others, roll = "1c.1 abc" }: Given): number {
  const heard = others ?? { a: {}, b: {}, c: {} };
  const sight = { nowMs: NOW_MS, own: { ...OWN, ...own }, successor: successor ?? null };
  return standsBefore(voter({ self, roll }), hearingOf(self, heard), sight);
}

describe("standsBefore", () => {
  const down = { xapi: "silent" } as const;
  const resting = { enabled: false } as const;
  const byHand = { role: "master" } as const;
  const gaveUp = { role: "slave", xapi: "held", master: null } as const;
  const rows: readonly [string, Given, number][] = [
    [
      "the master has given up being it, and this host is the successor",
      { others: { a: gaveUp, c: {} }, successor: B },
      0,
    ],
    ["the XAPI master goes first", { self: A, others: { b: {}, c: {} } }, 0],
    ["before the chosen successor, too", { self: B, successor: B, others: { a: {}, c: {} } }, 1],
    [
      "though its xapi is down and its host disabled",
      { others: { a: { ...down, enabled: false } }, successor: B },
      1,
    ],
    ["one that is not heard does not", { others: { a: null, c: {} } }, 0],
    ["nor does another master", { others: { a: null, c: byHand } }, 0],
    [
      "a serving master goes after the one that the roll names",
      { own: byHand, others: { a: down, c: {} } },
      1,
    ],
    ["and after a successor", { own: byHand, successor: C, others: { a: null, c: {} } }, 1],
    ["then the chosen successor", { successor: C, others: { a: null, c: {} } }, 1],
    ["not while its xapi is down", { successor: C, others: { a: null, c: down } }, 0],
    [
      "nor when it is this host, whose own is down",
      { own: down, successor: B, others: { a: null, c: {} } },
      1,
    ],
    ["a successor that is not heard does not", { successor: C, others: { a: null, c: null } }, 0],
    ["then hosts that are enabled", { own: { enabled: false }, others: { c: {} } }, 1],
    ["before those of which that is not known", { own: { enabled: null }, others: { c: {} } }, 1],
    ["though the xapi of the enabled one is down", { own: { enabled: false }, others: { c: down } }, 1],
    ["and this one, whose own is, goes before those that are not", { own: down, others: { c: resting } }, 0],
    ["a successor goes first though it is not", { successor: C, others: { c: resting } }, 1],
    ["then hosts with a working xapi", { own: down, others: { c: {} } }, 1],
    ["of those that are not enabled, too", { own: { ...resting, ...down }, others: { c: resting } }, 1],
    ["a xapi that is starting is none yet", { own: { xapi: "starting" }, others: { c: {} } }, 1],
    [
      "whatever copy of the database the others have",
      { own: { changes: 3 }, others: { c: { ...down, changes: 9 } } },
      0,
    ],
    ["then the newer copy of the database", { own: { changes: 3 }, others: { c: { changes: 4 } } }, 1],
    ["an unknown copy is the oldest", { own: { changes: null }, others: { c: { changes: 1 } } }, 1],
    ["then the place on the roll", { self: C, others: { b: {} } }, 1],
    ["and not after it", { others: { c: {} } }, 0],
    ["each one that is heard counts", { self: C, others: { a: {}, b: {} } }, 2],
    [
      "with every xapi down there is an order all the same",
      { self: C, own: down, others: { a: down, b: down } },
      2,
    ],
    ["a host off the roll does not go first", { own: down, others: { d: {}, e: {} } }, 0],
    ["without a roll there is nobody to wait for", { roll: null }, 0],
  ];
  for (const [what, given, expected] of rows)
    test(`${what}: ${expected}`, () => expect(before(given)).toBe(expected));

  test("hosts that hear each other wait for each other once: each has another turn", () => {
    const owns: Readonly<Record<string, Partial<OwnState>>> = {
      a: down,
      b: { changes: 2 },
      c: { changes: 7 },
      d: { enabled: false, changes: 9 },
      e: { changes: 2 },
    };
    const turns = [..."abcde"].map((letter) => {
      const others = Object.fromEntries(Object.entries(owns).filter(([other]) => other !== letter));
      return before({ self: hostUuid(letter), own: owns[letter] ?? {}, others, roll: "1c.1 abcde" });
    });
    expect(turns).toEqual([0, 2, 1, 4, 3]);
  });
});
