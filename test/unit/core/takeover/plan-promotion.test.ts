import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { poolUuid } from "../../../../src/core/model/ids.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { adoptPromotion, planPromotion, promoteSelf } from "../../../../src/core/takeover/plan-promotion.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import {
  ALIVE,
  DEAD,
  database,
  goodView,
  healthIn,
  host,
  incidentIn,
  knownHost,
  masterRound,
  memoryWith,
  type Situation,
  slaveRound,
  three,
} from "../fixtures.ts";

const NOW_MS = 1_000_000;
const earlier = (oldMaster: ReturnType<typeof host> | null) =>
  beginPromotion({ oldMaster, nowMs: 7, awaited: [host(3)], inMaintenance: [], startTimes: {} });

describe("planPromotion", () => {
  const four = goodView({
    hosts: [1, 2, 3, 4].map((number) => knownHost(host(number), { xapiStartTime: `${number}.` })),
    members: [host(1), host(2), host(3)],
  });
  /** h2 takes over from h1; h3 is a member, h4 is in maintenance. */
  const plan = (h3: PeerProbe, h4: PeerProbe) => {
    const health = {
      h3: healthIn(h3 === DEAD ? "failed" : "alive"),
      h4: healthIn(h4 === DEAD ? "failed" : "alive"),
    };
    const memory = memoryWith({ lastGood: four, health });
    return planPromotion(memory, four, host(1), slaveRound(memory, { probes: { h1: DEAD, h3, h4 } }).view);
  };
  test("planPromotion: every member is awaited, also one that is silent; neither this host nor the old master", () =>
    expect(plan(DEAD, DEAD)).toMatchObject({ awaited: [host(3)], inMaintenance: [] }));
  test("planPromotion: of the hosts in maintenance those that live are awaited, and known for what they are", () =>
    expect(plan(ALIVE(), ALIVE())).toMatchObject({ awaited: [host(3), host(4)], inMaintenance: [host(4)] }));
  test("planPromotion: the last known start of every xapi is remembered, for it changes when its host is back", () => {
    const { startTimes, oldMaster, sinceMs, phase } = plan(ALIVE(), DEAD);
    expect(startTimes).toEqual({ h1: "1.", h2: "2.", h3: "3.", h4: "4." });
    expect([oldMaster, sinceMs, phase]).toEqual([host(1), NOW_MS, "called"]);
  });
});

describe("adoptPromotion", () => {
  const adopt = (over: Partial<Memory>) => {
    const memory = memoryWith(over);
    const { view } = masterRound(memory, { probes: { h3: ALIVE() } });
    return adoptPromotion(memory, database(three()), view).promotion;
  };
  const before = goodView({ master: host(3) });
  test("adoptPromotion: a master that knew another one has taken over from it, however that came about", () =>
    expect(adopt({ lastGood: before })).toMatchObject({ oldMaster: host(3), awaited: [host(2)] }));
  test("adoptPromotion: not one that was master before, that knows nothing, or only another pool", () => {
    expect(adopt({})).toBeNull();
    expect(adopt({ lastGood: null })).toBeNull();
    expect(adopt({ lastGood: { ...before, pool: poolUuid("another") } })).toBeNull();
  });
  test("adoptPromotion: a take-over that is remembered goes on", () =>
    expect(adopt({ lastGood: before, promotion: earlier(host(3)) })).toEqual(earlier(host(3))));
});

describe("promoteSelf", () => {
  const promote = (over: Partial<Memory> = {}, situation: Situation = {}) => {
    const memory = memoryWith({ sawPoolSinceBoot: false, ...over });
    return promoteSelf(memory, host(1), goodView(), slaveRound(memory, situation));
  };
  test("promoteSelf: the take-over is remembered before it begins, and said", () => {
    const step = promote();
    expect(step.actions).toEqual([{ kind: "promote-self", rests: [] }]);
    expect(step.memory).toMatchObject({ promotion: { oldMaster: host(1) }, sawPoolSinceBoot: true });
    expect(step.reasons).toEqual([{ kind: "promoting", oldMaster: "h1" }]);
  });
  test("promoteSelf: it rests on the proof that the old master is off, where there is one", () => {
    const rests = (incidents: Memory["incidents"]) => promote({ incidents }).actions;
    const ofMaster = { uuid: host(1) };
    expect(rests(incidentIn("fenced", { ...ofMaster, proved: true }))).toEqual([
      { kind: "promote-self", rests: [host(1)] },
    ]);
    const none = [{ kind: "promote-self", rests: [] }] as const;
    expect(rests(incidentIn("fenced", ofMaster))).toEqual(none);
    expect(rests(incidentIn("fenced", { proved: true }))).toEqual(none);
  });
  test("promoteSelf: one that was tried before goes on with what it remembers", () =>
    expect(promote({ promotion: earlier(host(1)) }).memory.promotion).toEqual(earlier(host(1))));
  test("promoteSelf: not while it is in flight, waits after a failure, or would be forgotten by a boot", () => {
    const retries = { "promote-self": { failures: 1, notBeforeMs: NOW_MS + 1 } };
    const full = promote({}, { isDiskWritable: false });
    for (const step of [promote({}, { inFlight: ["promote-self"] }), promote({ retries }), full])
      expect([step.actions, step.memory.promotion]).toEqual([[], null]);
  });
  // What is remembered names another old master, or none: the safety rules then ask for a fence that never happened.
  for (const other of [null, host(3)]) {
    test(`promoteSelf: a take-over from ${other ?? "nobody"} that came to nothing is not that from this master`, () =>
      expect(promote({ promotion: earlier(other) }).memory.promotion?.oldMaster).toBe(host(1)));
  }
});
