import { describe, expect, test } from "bun:test";
import type { PromotionState } from "../../../../src/core/memory/promotion.ts";
import { nothing } from "../../../../src/core/memory/step.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import type { LocalView } from "../../../../src/core/model/pool-view.ts";
import { hasResigned, resignUnserved } from "../../../../src/core/takeover/resign.ts";
import { ALIVE, address, goodView, healthIn, host, knownHost, memoryWith, slaveRound } from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { takeOver } from "../memory/remembered.ts";
import { NOBODY_LEADS, type SightOver } from "../sight.ts";

const NOW_MS = 2_000_000;
const FIVE_MIN = 300_000;
const LONG_AGO = NOW_MS - FIVE_MIN;
const SLAVE: OwnState = { ...OWN, role: "slave", master: host(1), enabled: true };

const ITS_OWN_SLAVE = { role: { kind: "slave", masterAddress: address(host(1)) } } as const;

/** Still a slave of the master that it is to replace. */
const OF_H2 = { self: { role: { kind: "slave", masterAddress: address(host(2)) } } } as const;

interface Situation {
  readonly self?: Partial<LocalView>;
  readonly unservedSinceMs?: number | null;
  readonly heir?: OwnState;
  readonly group?: SightOver;
  readonly haFlag?: "on" | "off";
  readonly isInMaintenance?: boolean;
  readonly isAnyFailed?: boolean;
  readonly promotion?: PromotionState | null;
}

/** h1 is master and named, and its xapi does not answer; h2 and h3 are heard. */
function resigns(situation: Situation = {}) {
  const { self = {}, unservedSinceMs = LONG_AGO, heir = SLAVE, group = {}, haFlag = "on" } = situation;
  const { promotion = null } = situation;
  const hosts = [1, 2, 3].map((number) =>
    knownHost(host(number), { enabled: !(number === 1 && situation.isInMaintenance === true) }),
  );
  const lastGood = goodView({ hosts, master: host(1), haFlag });
  const health = { [host(3)]: healthIn(situation.isAnyFailed === true ? "failed" : "alive") };
  const memory = memoryWith({ lastGood, unservedSinceMs, health, promotion });
  const round = slaveRound(memory, {
    nowMs: NOW_MS,
    self: { uuid: host(1), role: { kind: "master" }, xapiAnswers: false, initCompleteAtMs: null, ...self },
    probes: { h2: ALIVE(), h3: ALIVE() },
    hearing: hearing(peer(2, { own: heir }), peer(3, { own: heir })),
    group: { roll: { master: host(1) }, ...group },
  });
  return resignUnserved(nothing(memory), round);
}

describe("resignUnserved: the named master whose xapi does not serve", () => {
  const away: OwnState = { ...SLAVE, enabled: false };
  const rows: readonly [string, Situation, boolean][] = [
    ["for five minutes", {}, true],
    ["for a second less", { unservedSinceMs: LONG_AGO + 1_000 }, false],
    ["since now", { unservedSinceMs: null }, false],
    ["its xapi answers and has not ended its start", { self: { xapiAnswers: true } }, true],
    ["its xapi serves again", { self: { xapiAnswers: true, initCompleteAtMs: 5 } }, false],
    ["HA is off", { haFlag: "off" }, false],
    ["HA is off for the group", { group: { roll: { master: host(1), ha: false } } }, false],
    ["another host is named", { group: { roll: { master: host(2) } } }, false],
    ["nobody leads", { group: { ...NOBODY_LEADS, roll: { master: host(1) } } }, false],
    ["nobody is enabled to take its place", { heir: away }, false],
    ["nobody knows whether it is", { heir: { ...SLAVE, enabled: null } }, false],
    [
      "it is to be master, and its xapi takes no order",
      { promotion: takeOver({ oldMaster: host(2) }), ...OF_H2 },
      true,
    ],
    [
      "it is to be master, and its xapi is held",
      { promotion: takeOver({ oldMaster: host(2) }), self: { ...OF_H2.self, heldSinceMs: 5 } },
      false,
    ],
    ["it is a slave", { self: { role: { kind: "slave", masterAddress: address(host(2)) } } }, false],
    ["a try has failed, and its xapi is held", { self: { heldSinceMs: 5 } }, true],
    ["it gave that up, its xapi runs again, and nobody took its place", { self: ITS_OWN_SLAVE }, true],
    ["it gave that up, and is held", { self: { ...ITS_OWN_SLAVE, heldSinceMs: 5 } }, false],
    ["another host has read that HA is off", { heir: { ...SLAVE, haWished: false } }, false],
    ["it is in maintenance: an update ends", { isInMaintenance: true }, false],
    [
      "it is in maintenance for twenty minutes",
      { isInMaintenance: true, unservedSinceMs: NOW_MS - 4 * FIVE_MIN },
      true,
    ],
    ["it is in maintenance, and another host has failed", { isInMaintenance: true, isAnyFailed: true }, true],
  ];
  for (const [title, situation, expected] of rows)
    test(`resignUnserved: ${title}: ${expected ? "gives up its place" : "keeps it"}`, () => {
      const resign = { kind: "resign-master", address: address(host(1)) } as const;
      expect(resigns(situation).actions).toEqual(expected ? [resign] : []);
    });

  test("resignUnserved: since when is remembered, and forgotten when it serves", () => {
    expect(resigns({ unservedSinceMs: null }).memory.unservedSinceMs).toBe(NOW_MS);
    expect(resigns({ unservedSinceMs: 7 }).memory.unservedSinceMs).toBe(7);
    expect(resigns({ self: { xapiAnswers: true, initCompleteAtMs: 5 } }).memory.unservedSinceMs).toBe(null);
  });
});

test("hasResigned: a slave of its own address, and of no other", () => {
  const memory = memoryWith({ lastGood: goodView({ hosts: [knownHost(host(1)), knownHost(host(2))] }) });
  const is = (role: LocalView["role"]) => hasResigned({ role, uuid: host(1) }, memory);
  expect(is({ kind: "slave", masterAddress: address(host(1)) })).toBe(true);
  expect(is({ kind: "slave", masterAddress: address(host(2)) })).toBe(false);
  expect(is({ kind: "master" })).toBe(false);
  expect(is({ kind: "broken" })).toBe(false);
});
