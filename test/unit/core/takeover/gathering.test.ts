import { describe, expect, test } from "bun:test";
import { isWrittenOff, missingMembers, stepGathering } from "../../../../src/core/takeover/gathering.ts";
import { beginPromotion, RESYNC_SETTLE_MS } from "../../../../src/core/takeover/promotion.ts";
import { ALIVE, DEAD, database, host, hostView } from "../fixtures.ts";
import { healthOf, incidentsOf, masterScene, type Situation } from "../rounds.ts";

const whole = {
  probes: { h2: ALIVE(), h3: ALIVE() },
  memory: { health: healthOf({ h2: "alive", h3: "alive" }) },
};

function missing(situation: Situation): readonly string[] {
  const { memory, round } = masterScene({ ...whole, ...situation });
  return missingMembers(memory, round);
}

describe("missingMembers", () => {
  test("none when all follow, enabled and live", () => expect(missing({})).toEqual([]));
  test("one that is silent, follows another, is disabled or not live", () => {
    expect(missing({ probes: { h2: ALIVE(), h3: DEAD } })).toEqual([host(3)]);
    expect(missing({ probes: { h2: ALIVE(), h3: ALIVE(host(2)) } })).toEqual([host(3)]);
    const disabled = database([hostView(host(1)), hostView(host(2)), hostView(host(3), { enabled: false })]);
    expect(missing({ read: disabled })).toEqual([host(3)]);
    const gone = database([hostView(host(1)), hostView(host(2), { live: false }), hostView(host(3))]);
    expect(missing({ read: gone })).toEqual([host(2)]);
  });
  test("not one that was declared dead", () => {
    const memory = {
      health: healthOf({ h2: "alive", h3: "failed" }),
      incidents: incidentsOf(host(3), "declared"),
    };
    expect(missing({ probes: { h2: ALIVE(), h3: DEAD }, memory })).toEqual([]);
  });
  test("one that is no member counts while it lives and does not follow, or has only returned", () => {
    const { memory } = masterScene(whole);
    const lastGood = memory.lastGood && { ...memory.lastGood, members: [host(1), host(2)] };
    const other = { probes: { h2: ALIVE(), h3: ALIVE(host(2)) }, memory: { ...whole.memory, lastGood } };
    expect(missing(other)).toEqual([host(3)]);
    const disabled = database([hostView(host(1)), hostView(host(2)), hostView(host(3), { enabled: false })]);
    expect(missing({ read: disabled, memory: { ...whole.memory, lastGood } })).toEqual([]);
    const incidents = incidentsOf(host(3), "returned", { returnedAtMs: 1 });
    expect(missing({ read: disabled, memory: { ...whole.memory, lastGood, incidents } })).toEqual([host(3)]);
  });
});

describe("stepGathering", () => {
  const UNDISPUTED = { kind: "undisputed" } as const;
  const step = (situation: Situation, mastership: Parameters<typeof stepGathering>[1] = UNDISPUTED) => {
    const { memory, round } = masterScene({ ...whole, ...situation });
    return stepGathering(memory, mastership, round);
  };
  const away = { ...whole.memory, sawPoolSinceBoot: false };
  test("begins for a master that was away, or whose members follow another", () => {
    expect(step({})).toBeNull();
    expect(step({ memory: away })).toEqual({ wholeSinceMs: 1_000_000 });
    expect(step({}, { kind: "calls-back", members: [host(2)] })).toEqual({ wholeSinceMs: null });
  });
  test("ends when the pool has been whole long enough to have compared its VMs", () => {
    const since = (wholeSinceMs: number) =>
      step({ memory: { ...whole.memory, gathering: { wholeSinceMs } } });
    expect(since(1_000_001 - RESYNC_SETTLE_MS)).toEqual({ wholeSinceMs: 1_000_001 - RESYNC_SETTLE_MS });
    expect(since(1_000_000 - RESYNC_SETTLE_MS)).toBeNull();
  });
  test("a take-over has its own", () => {
    const promotion = beginPromotion({
      oldMaster: null,
      nowMs: 0,
      awaited: [],
      inMaintenance: [],
      startTimes: {},
    });
    expect(step({ memory: { ...away, promotion } })).toBeNull();
  });
});

test("isWrittenOff: declared dead, or failed where the administrator does without fencing", () => {
  const off = (situation: Situation) => {
    const { memory, round } = masterScene(situation);
    return isWrittenOff(host(3), memory, round);
  };
  const failed = { health: healthOf({ h3: "failed" }) };
  expect(off({ memory: failed })).toBe(false);
  expect(off({ memory: failed, settings: { FENCE_ENABLED: false } })).toBe(true);
  expect(off({ memory: { ...failed, incidents: incidentsOf(host(3), "fenced") } })).toBe(false);
  expect(off({ memory: { ...failed, incidents: incidentsOf(host(3), "declared") } })).toBe(true);
});
