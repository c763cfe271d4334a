import { describe, expect, test } from "bun:test";
import { adoptPromotion, planPromotion, promoteSelf } from "../../../../src/core/takeover/plan-promotion.ts";
import { ALIVE, DEAD, host } from "../fixtures.ts";
import { knownHost, lastGoodView } from "../memory/remembered.ts";
import { healthOf, masterScene, slaveScene } from "../rounds.ts";

describe("planPromotion", () => {
  test("every member is awaited, also a silent one; of those in maintenance only who lives", () => {
    const hosts = [1, 2, 3, 4, 5].map((number) => knownHost(host(number), { xapiStartTime: `${number}.` }));
    const lastGood = lastGoodView({ hosts, members: [host(1), host(2), host(3)] });
    const probes = { h1: DEAD, h3: DEAD, h4: ALIVE(), h5: DEAD };
    const health = healthOf({ h1: "failed", h3: "failed", h4: "alive", h5: "failed" });
    const { memory, round } = slaveScene({ probes, memory: { lastGood, health } });
    const plan = planPromotion(memory, lastGood, host(1), round.view);
    expect(plan).toMatchObject({ oldMaster: host(1), phase: "called", awaited: [host(3), host(4)] });
    expect([plan.inMaintenance, plan.startTimes["h3"]]).toEqual([[host(4)], "3."]);
  });
});

describe("adoptPromotion", () => {
  const adopted = (over: Parameters<typeof lastGoodView>[0]) => {
    const { memory, round } = masterScene({ memory: { lastGood: lastGoodView(over) } });
    return adoptPromotion(memory, round.database, round.view).promotion?.oldMaster ?? null;
  };
  test("a host that finds itself master where it knew another one treats that as a take-over", () =>
    expect(adopted({ master: host(2) })).toBe(host(2)));
  test("not where it was the master before, or in another pool", () => {
    expect(adopted({ master: host(1) })).toBeNull();
    expect(adopted({ master: host(2), pool: "pool-2" as never })).toBeNull();
  });
  test("a take-over that is open stays what it is", () => {
    const { memory, round } = slaveScene({});
    const open = planPromotion(memory, lastGoodView(), host(3), round.view);
    const scene = masterScene({ memory: { lastGood: lastGoodView({ master: host(2) }), promotion: open } });
    expect(adoptPromotion(scene.memory, scene.round.database, scene.round.view).promotion).toBe(open);
  });
});

describe("promoteSelf", () => {
  test("the take-over is in the memory with the action, and a second attempt goes on with it", () => {
    const { memory, round } = slaveScene({});
    const step = promoteSelf(memory, host(1), lastGoodView(), round);
    expect(step.actions).toEqual([{ kind: "promote-self" }]);
    expect(step.reasons).toEqual([{ kind: "promoting", oldMaster: "h1" }]);
    expect(step.memory.promotion).toMatchObject({ oldMaster: host(1), sinceMs: 1_000_000 });
    const again = promoteSelf(
      { ...step.memory, promotion: step.memory.promotion },
      host(1),
      lastGoodView(),
      round,
    );
    expect(again.memory.promotion).toBe(step.memory.promotion);
  });
  test("not while it is under way", () => {
    const { memory, round } = slaveScene({ inFlight: ["promote-self"] });
    expect(promoteSelf(memory, host(1), lastGoodView(), round)).toEqual({ memory, actions: [], reasons: [] });
  });
});
