import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { endMasterless, stepMasterless } from "../../../../src/core/takeover/masterless.ts";
import {
  ALIVE,
  DEAD,
  database,
  goodView,
  host,
  knownHost,
  MASTER,
  memoryWith,
  type Situation,
  short,
  slaveRound,
  three,
} from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

const LOST: PeerProbe = { icmp: "answered", xapi: "answered", follows: { kind: "lost" } };
const SILENT_XAPI: PeerProbe = { ...ALIVE(), xapi: "silent" };
const NOW_MS = 1_000_000;

describe("stepMasterless", () => {
  const since = (h1: PeerProbe, h3: PeerProbe | null, over: Partial<Memory> = {}) => {
    const memory = memoryWith(over);
    const probes = h3 === null ? { h1 } : { h1, h3 };
    return stepMasterless(memory, memory.lastGood, slaveRound(memory, { probes }).view);
  };
  const noMaster = ALIVE(host(2));
  const rows: readonly [string, number | null, number | null][] = [
    ["all say that they are slaves: since now", since(noMaster, ALIVE()), NOW_MS],
    ["they have said so before: since then", since(noMaster, ALIVE(), { masterlessSinceMs: 7 }), 7],
    ["one looks for a master, and is none: since now", since(noMaster, LOST), NOW_MS],
    ["one is master", since(MASTER, ALIVE(), { masterlessSinceMs: 7 }), null],
    ["one does not answer, and may be it", since(noMaster, DEAD), null],
    ["one answered with a ping only", since(noMaster, SILENT_XAPI), null],
    ["one was not asked", since(noMaster, null), null],
    ["this host knows no pool", since(noMaster, ALIVE(), { lastGood: null }), null],
    [
      "there is nobody else",
      since(noMaster, ALIVE(), { lastGood: goodView({ hosts: [knownHost(host(2))] }) }),
      null,
    ],
  ];
  for (const [title, sinceMs, expected] of rows) {
    test(`stepMasterless: ${title}`, () => expect(sinceMs).toBe(expected));
  }

  test("stepMasterless: a database that can be read has a master, and a master itself is one", () => {
    const memory = memoryWith();
    const { view } = slaveRound(memory, { probes: { h1: noMaster, h3: ALIVE() } });
    const readable = { ...view, database: { ok: true, value: database(three()) } as const };
    expect(stepMasterless(memory, memory.lastGood, readable)).toBeNull();
    const asMaster = { ...view, self: { ...view.self, role: { kind: "master" } as const } };
    expect(stepMasterless(memory, memory.lastGood, asMaster)).toBeNull();
  });
});

describe("stepMasterless: who does not answer may be the master, unless the group knows better", () => {
  const SELF = host(2);
  /** h1 follows h2, which is a slave itself. */
  const noMaster = ALIVE(SELF);
  const since = (h1: PeerProbe | null, h3: PeerProbe | null, group: SightOver) => {
    const memory = memoryWith();
    const probes = { ...(h1 && { h1 }), ...(h3 && { h3 }) };
    return stepMasterless(memory, memory.lastGood, slaveRound(memory, { probes, group }).view);
  };
  const without3 = { roll: { hosts: [host(1), SELF] } };
  const named = { roll: { master: SELF } };
  const over = { mandateUntilMs: NOW_MS - 1 };
  const rows: readonly [string, number | null, number | null][] = [
    ["it is silent, and left out by this host's group", since(noMaster, DEAD, without3), NOW_MS],
    ["left out, it answers a ping only", since(noMaster, SILENT_XAPI, without3), NOW_MS],
    ["left out, it was not asked", since(noMaster, null, without3), NOW_MS],
    ["left out, it answers, and is master", since(noMaster, MASTER, without3), null],
    ["left out, it answers, and is a slave", since(noMaster, ALIVE(), without3), NOW_MS],
    ["another one is silent that is not left out", since(DEAD, DEAD, without3), null],
    ["that roll is not settled", since(noMaster, DEAD, { roll: { ...without3.roll, settled: false } }), null],
    ["this host's mandate is over", since(noMaster, DEAD, { ...without3, ...over }), null],
    ["another host leads without it", since(noMaster, DEAD, { ...isLedBy(host(1)), ...without3 }), null],
    ["nobody leads any more", since(noMaster, DEAD, { ...NOBODY_LEADS, ...without3 }), null],
    ["it is silent, and the group has named this host", since(noMaster, DEAD, named), NOW_MS],
    ["this host is named, and whom it follows is silent", since(DEAD, noMaster, named), null],
    ["this host is named, and none was asked", since(null, null, named), null],
    ["this host is named, and one answers, and is master", since(DEAD, MASTER, named), null],
    ["this host is named, and its mandate is over", since(noMaster, DEAD, { ...named, ...over }), null],
    [
      "this host is named, and another one leads",
      since(noMaster, DEAD, { ...isLedBy(host(1)), ...named }),
      null,
    ],
    ["the group has named another one", since(noMaster, DEAD, { roll: { master: host(1) } }), null],
    ["the group has named the silent one", since(noMaster, DEAD, { roll: { master: host(3) } }), null],
    ["the group knows no roll", since(noMaster, DEAD, { roll: null }), null],
  ];
  for (const [title, found, expected] of rows)
    test(`${title}: ${expected === null ? "nothing is known" : "no host is master"}`, () =>
      expect(found).toBe(expected));
});

describe("endMasterless", () => {
  const disabled = [knownHost(host(1)), knownHost(host(2), { enabled: false })];
  const maintained = goodView({ hosts: disabled, members: [host(1), host(3)] });
  const saysOff = hearing(peer(3, { own: { ...OWN, haWished: false } }));
  const end = (over: Partial<Memory> = {}, situation: Situation = {}) => {
    const memory = memoryWith({ masterlessSinceMs: 0, ...over });
    return endMasterless(memory, slaveRound(memory, situation));
  };
  test("endMasterless: this host becomes master, nobody is fenced, and nobody left out", () => {
    const step = end();
    expect(step.actions).toEqual([{ kind: "promote-self", rests: [] }]);
    expect(step.memory.promotion).toMatchObject({ oldMaster: null, awaited: [host(1), host(3)] });
    expect(step.reasons).toEqual([{ kind: "promoting", oldMaster: null }]);
  });

  test("endMasterless: a member that has just become a slave is disabled for a moment: it becomes master", () =>
    expect(short(end({ lastGood: goodView({ hosts: disabled }) }).actions)).toEqual(["promote-self"]));

  const rows: readonly [string, ReturnType<typeof end>][] = [
    ["the pool has a master", end({ masterlessSinceMs: null })],
    ["HA is off", end({ lastGood: goodView({ haFlag: "off" }) })],
    ["nobody knows whether HA is on", end({}, { hearing: saysOff })],
    ["PROMOTE_SLAVE=0", end({}, { settings: { PROMOTE_SLAVE: false } })],
    ["this host is in maintenance", end({ lastGood: maintained })],
    [
      "a host that was told to be master may not have said so yet",
      end({ masterlessSinceMs: NOW_MS - 59_000 }),
    ],
    ["another host leads", end({}, { group: { mandateUntilMs: null } })],
    ["this host knows no pool", end({ lastGood: null })],
    ["it is being promoted", end({}, { inFlight: ["promote-self"] })],
  ];
  for (const [title, { actions, reasons }] of rows) {
    test(`endMasterless: ${title}: nothing is done`, () =>
      expect([short(actions), reasons]).toEqual([[], []]));
  }
});
