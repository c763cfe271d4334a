import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { callBackLost, callBackMembers } from "../../../../src/core/takeover/call-back.ts";
import type { JudgedRound, Mastership } from "../../../../src/core/takeover/mastership.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import {
  ALIVE,
  DEAD,
  database,
  goodView,
  healthIn,
  host,
  hostView,
  knownHost,
  masterRound,
  memoryWith,
  type Situation,
  short,
} from "../fixtures.ts";

const LOST: PeerProbe = { icmp: "answered", xapi: "answered", follows: { kind: "lost" } };
const UNDISPUTED: Mastership = { kind: "undisputed" };
const UNPROVEN: Mastership = { kind: "unproven", followers: 0, members: 3 };
const CALLS: Mastership = { kind: "calls-back", members: [host(3)] };
const RIVAL: Mastership = { kind: "rival", host: host(2), address: "10.0.0.2" };
const NOW_MS = 1_000_000;

function judged(mastership: Mastership, memory: Memory, situation: Situation = {}): JudgedRound {
  return { ...masterRound(memory, { probes: { h2: ALIVE(), h3: LOST }, ...situation }), mastership };
}
const takeOver = (backAtMs: Record<string, number>) => ({
  ...beginPromotion({ oldMaster: host(2), nowMs: 0, awaited: [host(3)], inMaintenance: [], startTimes: {} }),
  backAtMs,
});

function lostCall(mastership: Mastership, over: Partial<Memory> = {}, situation: Situation = {}) {
  const memory = memoryWith(over);
  const { actions, reasons, memory: after } = callBackLost(memory, judged(mastership, memory, situation));
  return { calls: short(actions).join(), says: reasons, after };
}

describe("callBackLost", () => {
  test("callBackLost: a host in emergency mode is called, and said", () => {
    const { calls, says } = lostCall(UNDISPUTED);
    expect([calls, says]).toEqual(["recover-slaves", [{ kind: "hosts-lost", hosts: ["h3"] }]]);
  });

  test("callBackLost: once a minute; meanwhile it is only said", () => {
    const { after } = lostCall(UNDISPUTED);
    const { retries } = after;
    const soon = lostCall(UNDISPUTED, { retries }, { nowMs: NOW_MS + 59_999 });
    expect([soon.calls, soon.says.length]).toEqual(["", 1]);
    expect(lostCall(UNDISPUTED, { retries }, { nowMs: NOW_MS + 60_000 }).calls).toBe("recover-slaves");
  });

  test("callBackLost: a call in flight is not begun again", () =>
    expect(lostCall(UNDISPUTED, {}, { inFlight: ["recover-slaves"] }).calls).toBe(""));

  const silent = { probes: { h2: ALIVE(), h3: DEAD } };
  const unknown = goodView({ hosts: [knownHost(host(1)), knownHost(host(2))], members: [host(1), host(2)] });
  const five = [1, 2, 3, 4, 5].map((number) => host(number));
  const ofFive = goodView({ hosts: five.map((uuid) => knownHost(uuid)), members: five });
  const rows: readonly [string, ReturnType<typeof lostCall>, boolean][] = [
    ["nobody is lost", lostCall(UNDISPUTED, {}, silent), false],
    ["it is no host of this pool", lostCall(UNDISPUTED, { lastGood: unknown }), false],
    ["another master is followed", lostCall(RIVAL), false],
    ["members are called back anyway", lostCall(CALLS), false],
    ["with it this host would be master of more than half", lostCall(UNPROVEN), true],
    [
      "even with it this host would not be",
      lostCall(UNPROVEN, { lastGood: ofFive }, { probes: { h3: LOST } }),
      false,
    ],
    ["a take-over calls its members", lostCall(UNDISPUTED, { promotion: takeOver({}) }), false],
    [
      "a take-over has its members back, and it is none of them",
      lostCall(UNDISPUTED, { promotion: takeOver({ h3: 1 }) }),
      true,
    ],
  ];
  // A host whose monitor is silent, with a XAPI that answers and has not reported to this master.
  const stray = (aliveS: number, live: boolean, mastership: Mastership = UNDISPUTED) => {
    const views = [hostView(host(1)), hostView(host(2)), hostView(host(3), { live })];
    const health = { h3: healthIn("alive", { sinceMs: NOW_MS - aliveS * 1_000 }) };
    const probes = { h2: ALIVE(), h3: { ...LOST, follows: { kind: "unknown" } as const } };
    return lostCall(mastership, { health }, { nowMs: NOW_MS, probes, database: database(views) });
  };
  const strays: typeof rows = [
    ["it has not said what it is for a minute, and XAPI does not have it", stray(60, false), true],
    ["it may be booting", stray(59, false), false],
    ["XAPI has it", stray(60, true), false],
    ["it is not sure that this host is the master", stray(60, false, UNPROVEN), false],
  ];
  for (const [title, { calls, says }, isCalled] of [...rows, ...strays]) {
    test(`callBackLost: ${title}: ${isCalled ? "it is called" : "no call, and not a word"}`, () =>
      expect([calls, says.length]).toEqual(isCalled ? ["recover-slaves", 1] : ["", 0]));
  }

  test("callBackLost: the heuristic IPs have no vote in that", () => {
    const four = [1, 2, 3, 4].map((number) => host(number));
    const lastGood = goodView({ hosts: four.map((uuid) => knownHost(uuid)), members: four });
    const seen = { probes: { h3: LOST }, heuristics: "all-answered" } as const;
    expect(lostCall(UNPROVEN, { lastGood }, seen).calls).toBe("");
  });
});

describe("callBackMembers", () => {
  const call = (mastership: Mastership, over: Partial<Memory> = {}, situation: Situation = {}) => {
    const memory = memoryWith(over);
    return short(callBackMembers(memory, judged(mastership, memory, situation)).actions).join();
  };
  const waits = { retries: { "recover-slaves": { failures: 0, notBeforeMs: NOW_MS + 1 } } };
  const rows: readonly [string, string, string][] = [
    ["members follow another one, and this is the rightful master", call(CALLS), "recover-slaves"],
    ["all follow this one", call(UNDISPUTED), ""],
    ["somebody else is the master", call(RIVAL), ""],
    ["a take-over is open, which calls them itself", call(CALLS, { promotion: takeOver({}) }), ""],
    ["the last call still takes effect", call(CALLS, waits), ""],
  ];
  for (const [title, calls, expected] of rows) {
    test(`callBackMembers: ${title}: ${expected || "no call"}`, () => expect(calls).toBe(expected));
  }
});
