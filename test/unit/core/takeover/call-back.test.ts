import { describe, expect, test } from "bun:test";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { callBackLost, callBackMembers } from "../../../../src/core/takeover/call-back.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { ALIVE, DEAD, host, short } from "../fixtures.ts";
import { masterScene, type Situation } from "../rounds.ts";

const LOST: PeerProbe = { icmp: "answered", xapi: "answered", follows: { kind: "lost" } };
const promotion = beginPromotion({
  oldMaster: host(3),
  nowMs: 0,
  awaited: [host(2)],
  inMaintenance: [],
  startTimes: {},
});

function lost(situation: Situation) {
  const { memory, round } = masterScene({ probes: { h2: ALIVE(), h3: LOST }, ...situation });
  const step = callBackLost(memory, round);
  return { actions: short(step.actions), said: step.reasons.map(({ kind }) => kind), memory: step.memory };
}

describe("callBackLost", () => {
  test("a host in emergency mode is called, and not again for a minute", () => {
    const first = lost({});
    expect(first).toMatchObject({ actions: ["recover-slaves"], said: ["hosts-lost"] });
    expect(lost({ memory: first.memory, atS: 1_059 })).toMatchObject({ actions: [], said: ["hosts-lost"] });
    expect(lost({ memory: first.memory, atS: 1_060 }).actions).toEqual(["recover-slaves"]);
  });
  test("nobody is lost: nothing is done", () =>
    expect(lost({ probes: { h2: ALIVE(), h3: DEAD } })).toMatchObject({ actions: [], said: [] }));
  test("a host that no view of this pool knows is not called", () =>
    expect(lost({ probes: { h2: ALIVE(), h9: LOST } }).actions).toEqual([]));
  test("a take-over calls its own members", () =>
    expect(lost({ memory: { promotion } }).actions).toEqual([]));
  test("a master whom too few follow calls when it would be the master of more than half with them", () => {
    const unproven = { kind: "unproven", followers: 0, members: 3 } as const;
    expect(lost({ mastership: unproven, probes: { h2: DEAD, h3: LOST } }).actions).toEqual([
      "recover-slaves",
    ]);
    expect(lost({ mastership: { kind: "rival", host: host(2), address: "" } }).actions).toEqual([]);
  });
});

describe("callBackMembers", () => {
  const back = (situation: Situation) => {
    const { memory, round } = masterScene(situation);
    return short(callBackMembers(memory, round).actions);
  };
  const mastership = { kind: "calls-back", members: [host(2)] } as const;
  test("the rightful master calls members that follow another one, unless a take-over does", () => {
    expect(back({ mastership })).toEqual(["recover-slaves"]);
    expect(back({ mastership, memory: { promotion } })).toEqual([]);
    expect(back({})).toEqual([]);
  });
});
