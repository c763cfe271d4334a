import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { nothing } from "../../../../src/core/memory/step.ts";
import { endRoutes, wantedRoute } from "../../../../src/core/takeover/route.ts";
import {
  ALIVE,
  address,
  DEAD,
  database,
  goodView,
  healthIn,
  host,
  hostView,
  incidentIn,
  knownHost,
  MASTER,
  masterRound,
  memoryWith,
  type Situation,
  slaveRound,
  three,
  UNKNOWN,
  XAPI_DOWN,
} from "../fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { takeOver } from "../memory/remembered.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

const NOW_MS = 1_000_000;
const OLD = host(1);
const ROUTE = address(OLD);
const promotion = takeOver({ oldMaster: OLD, sinceMs: NOW_MS - 5_000, phase: "promoting" });
const off = (over = {}, phase: "fenced" | "declared" = "fenced") =>
  incidentIn(phase, { uuid: OLD, proved: true, ...over });
const SEEN = goodView({ hosts: [1, 2, 3].map((number) => knownHost(host(number))) });
const TAKING: Partial<Memory> = {
  promotion,
  incidents: off(),
  health: { h1: healthIn("failed") },
  lastGood: SEEN,
};
const names = (over: SightOver = {}): SightOver => ({ ...over, roll: { master: host(2), ...over.roll } });
const STARTING = { initCompleteAtMs: null };

/** h2 takes over from h1, which is proved off. */
function round(over: Partial<Memory> = {}, situation: Situation = {}) {
  const memory = memoryWith({ ...TAKING, ...over });
  const seen = { probes: { h1: DEAD }, group: names(), ...situation };
  return { memory, round: slaveRound(memory, { ...seen, self: { ...STARTING, ...situation.self } }) };
}

const wants = (over: Partial<Memory> = {}, situation: Situation = {}) => {
  const { memory, round: seen } = round(over, situation);
  return wantedRoute(memory, seen);
};

describe("wantedRoute", () => {
  const inPhase = (phase: typeof promotion.phase) => ({ promotion: { ...promotion, phase } });
  const own = { self: { initCompleteAtMs: 5 } };
  const wanted: readonly [string, string | null][] = [
    ["XAPI is told to become master", wants()],
    ["it answers as master, and its database is set right", wants(inPhase("righting"))],
    ["VMs are started", wants(inPhase("righted"))],
    ["declared dead, and the own start is not complete", wants({ incidents: off({}, "declared") })],
    ["the own start is complete, and it is not declared dead", wants({}, own)],
    ["the roll is being changed", wants({}, { group: names({ roll: { settled: false } }) })],
    ["it was not probed in this round", wants({}, { probes: {} })],
    ["nothing could be learnt by ICMP", wants({}, { probes: { h1: UNKNOWN } })],
    ["a second before its time is over", wants({ promotion: { ...promotion, sinceMs: NOW_MS - 59_000 } })],
  ];
  for (const [when, route] of wanted) test(`${when}: wanted`, () => expect(route).toBe(ROUTE));

  const heard = (over: Parameters<typeof peer>[1]) => ({ hearing: hearing(peer(1, over), peer(3)) });
  const at = (place: string, number: number) =>
    goodView({
      hosts: [1, 2, 3].map((each) => knownHost(host(each), each === number ? { address: place } : {})),
    });
  const alsoAt = (number: number) =>
    goodView({
      hosts: [1, 2, 3].map((each) =>
        knownHost(host(each), each === number ? { otherAddresses: [ROUTE] } : {}),
      ),
    });
  const not: readonly [string, string | null][] = [
    ["no take-over", wants({ promotion: null })],
    ["it replaces nobody", wants({ promotion: { ...promotion, oldMaster: null } })],
    ["the group has not named it yet", wants(inPhase("proved"))],
    ["XAPI is not told yet", wants(inPhase("named"))],
    ["it lasts for a minute", wants({ promotion: { ...promotion, sinceMs: NOW_MS - 60_000 } })],
    ["declared dead, and the own start is complete", wants({ incidents: off({}, "declared") }, own)],
    ["nothing is known of its end", wants({ incidents: {} })],
    ["its end is not proved", wants({ incidents: off({ proved: false }) })],
    ["an administrator has said that it is off", wants({ incidents: off({ isWord: true }) })],
    [
      "its device says that it is on",
      wants({ incidents: incidentIn("switched-on", { uuid: OLD, proved: true }) }),
    ],
    ["XAPI has reached it", wants({ incidents: incidentIn("answered", { uuid: OLD, proved: true }) })],
    ["it is alive", wants({ health: { h1: healthIn("alive") } })],
    ["its monitor is heard", wants({}, heard({ own: { ...OWN, role: "master" } }))],
    ["another host reports that it hears it", wants({}, heard({ heard: "reported" }))],
    ["it answers ping", wants({}, { probes: { h1: XAPI_DOWN } })],
    ["its XAPI answers", wants({}, { probes: { h1: MASTER } })],
    ["it says whom it follows", wants({}, { probes: { h1: { ...UNKNOWN, follows: ALIVE().follows } } })],
    ["the mandate is over", wants({}, { group: names({ mandateUntilMs: NOW_MS - 1 }) })],
    ["another host leads", wants({}, { group: names(isLedBy(host(3))) })],
    ["nobody leads", wants({}, { group: names(NOBODY_LEADS) })],
    ["the group has named another one", wants({}, { group: names({ roll: { master: host(3) } }) })],
    ["HA is off for the group", wants({}, { group: names({ roll: { ha: false } }) })],
    ["HA is off, as this host has read it", wants({ lastGood: { ...SEEN, haFlag: "off" } })],
    ["its monitor says nothing", wants({}, { hearing: "unknown" })],
    ["the pool was never seen", wants({ lastGood: null })],
    ["its address is not known", wants({ lastGood: at("", 1) })],
    ["another host has that address", wants({ lastGood: at(ROUTE, 3) })],
    ["this host has that address", wants({ lastGood: at(ROUTE, 2) })],
    ["another host has it on another network", wants({ lastGood: alsoAt(3) })],
  ];
  for (const [when, route] of not) test(`${when}: not`, () => expect(route).toBeNull());

  test("the database knows the address of another host better than the memory does", () => {
    const memory = memoryWith({ ...TAKING, promotion: { ...promotion, oldMaster: host(3) } });
    const proved = { ...memory, incidents: incidentIn("fenced", { uuid: host(3), proved: true }) };
    const seen = (hosts: Parameters<typeof database>[0]) =>
      masterRound(proved, { database: database(hosts), group: {}, self: STARTING });
    expect(wantedRoute(proved, seen(three()))).toBe(address(host(3)));
    const moved = [host(1), host(3)].map((uuid) => hostView(uuid));
    const other = hostView(host(2), { otherAddresses: [address(host(3))] });
    expect(wantedRoute(proved, seen([...moved, other]))).toBeNull();
  });
});

describe("endRoutes", () => {
  const ends = (blockedRoutes: readonly string[], over: Partial<Memory> = {}, situation: Situation = {}) => {
    const { memory, round: seen } = round(over, { ...situation, self: { blockedRoutes } });
    return endRoutes(nothing(memory), seen).actions.map(({ kind }) => kind);
  };
  const rows: readonly [string, readonly string[], readonly string[]][] = [
    ["nothing is blocked", ends([]), []],
    ["nothing is blocked, and nothing is wanted", ends([], { promotion: null }), []],
    ["what is wanted is blocked: it stays", ends([ROUTE]), []],
    ["it is not wanted any more", ends([ROUTE], { promotion: null }), ["unblock-routes"]],
    ["it is one of an earlier take-over", ends(["10.0.0.9"]), ["unblock-routes"]],
    ["it is one of two", ends([ROUTE, "10.0.0.9"]), ["unblock-routes"]],
    ["it ends already", ends([ROUTE], { promotion: null }, { inFlight: ["unblock-routes"] }), []],
    ["without a mandate", ends([ROUTE], {}, { group: isLedBy(host(3)) }), ["unblock-routes"]],
  ];
  for (const [when, does, expected] of rows)
    test(`${when}: ${expected.join() || "nothing"}`, () => expect(does).toEqual([...expected]));

  test("what the round has decided stays, and the memory that it leaves counts", () => {
    const { memory, round: seen } = round({}, { self: { blockedRoutes: [ROUTE] } });
    const release = { kind: "release-xapi" } as const;
    const step = { ...nothing({ ...memory, promotion: null }), actions: [release] };
    expect(endRoutes(step, seen).actions).toEqual([release, { kind: "unblock-routes" }]);
  });
});
