import { describe, expect, test } from "bun:test";
import type { PromotionState } from "../../../../src/core/memory/promotion.ts";
import { finishPromotion, keepEpoch } from "../../../../src/core/takeover/finish-promotion.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { ALIVE, DEAD, database, host, hostView, short } from "../fixtures.ts";
import { healthOf, incidentsOf, masterScene, type Situation } from "../rounds.ts";

const begin = {
  oldMaster: host(3),
  nowMs: 990_000,
  awaited: [host(2)],
  inMaintenance: [],
  startTimes: { h2: "1." },
};
const promotion: PromotionState = beginPromotion(begin);
const settled = incidentsOf(host(3), "declared");
const startedAnew = hostView(host(2), {
  xapiStartTime: "9.",
  otherConfig: { "ha-lizard-start-complete": "9." },
});
const back = database([hostView(host(1)), startedAnew, hostView(host(3), { enabled: false, live: false })]);

function finish(situation: Situation) {
  const { memory, round } = masterScene({ probes: { h2: ALIVE(), h3: DEAD }, ...situation });
  const step = finishPromotion(memory, round);
  return { actions: short(step.actions), said: step.reasons.map(({ kind }) => kind), memory: step.memory };
}

describe("finishPromotion", () => {
  test("nothing is to be finished where nothing was begun", () =>
    expect(finish({})).toMatchObject({ actions: [], said: [] }));

  test("members that have not come back are called, and waited for", () =>
    expect(finish({ memory: { promotion, incidents: settled } })).toMatchObject({
      actions: ["recover-slaves"],
      said: ["promotion-under-way", "waits-for-members"],
    }));

  test("it is over when all are back and have compared their VMs, and the old master is declared dead", () => {
    const end = finish({ read: back, memory: { promotion, incidents: settled } });
    expect(end).toMatchObject({ actions: [], said: ["promoted"] });
    expect([end.memory.promotion, end.memory.promoted]).toEqual([null, { oldMaster: host(3), epoch: 1 }]);
  });

  test("the epoch counts on from what the pool database has", () => {
    const read = {
      ...back,
      pool: { ...back.pool, otherConfig: { ...back.pool.otherConfig, "ha-lizard-epoch": "6" } },
    };
    expect(finish({ read, memory: { promotion, incidents: settled } }).memory.promoted?.epoch).toBe(7);
  });

  test("not before the old master is fenced and declared dead, or lives again, or is nobody's by choice", () => {
    const health = healthOf({ h2: "alive", h3: "failed" });
    expect(
      finish({ read: back, memory: { promotion, health, incidents: incidentsOf(host(3), "fenced") } }).said,
    ).toEqual(["promotion-under-way"]);
    expect(
      finish({ read: back, memory: { promotion, health, incidents: incidentsOf(host(3), "answered") } }).said,
    ).toEqual(["promoted"]);
    expect(finish({ read: back, memory: { promotion, health } }).said).toEqual(["promotion-under-way"]);
    expect(finish({ read: back, memory: { promotion, health: healthOf({ h3: "alive" }) } }).said).toEqual([
      "promoted",
    ]);
    expect(
      finish({ read: back, memory: { promotion, health }, settings: { FENCE_ENABLED: false } }).said,
    ).toEqual(["promoted"]);
  });

  test("a member that followed this address all the time, and so is not restarted by a call, is restarted after three minutes", () => {
    const waiting = (nowMs: number) =>
      finish({ memory: { promotion: { ...promotion, sinceMs: nowMs }, incidents: settled } }).actions;
    expect(waiting(820_001)).toEqual(["recover-slaves"]);
    expect(waiting(820_000)).toEqual(["recover-slaves", "restart-xapi h2"]);
  });
});

describe("keepEpoch", () => {
  const promoted = { oldMaster: host(3), epoch: 4 };
  const keep = (situation: Situation) => {
    const { memory, round } = masterScene({ memory: { promoted }, ...situation });
    const step = keepEpoch(memory, round);
    return { actions: short(step.actions), promoted: step.memory.promoted };
  };
  const stored = { ...back, pool: { ...back.pool, otherConfig: { "ha-lizard-epoch": "4" } } };
  test("it is written until the database has it, then kept until the old master is a slave or gone", () => {
    expect(keep({})).toEqual({ actions: ["set-pool-key ha-lizard-epoch"], promoted });
    expect(keep({ read: stored })).toEqual({ actions: [], promoted });
    expect(keep({ read: stored, probes: { h3: ALIVE() } }).promoted).toBeNull();
    const gone = { ...stored, hosts: stored.hosts.slice(0, 2) };
    expect(keep({ read: gone }).promoted).toBeNull();
  });
});
