import { describe, expect, test } from "bun:test";
import type { IncidentPhase } from "../../../../src/core/memory/incident.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { type PromotionState, RECOVER_LIMIT_MS } from "../../../../src/core/memory/promotion.ts";
import type { Action } from "../../../../src/core/model/action.ts";
import { EPOCH_KEY } from "../../../../src/core/model/pool-keys.ts";
import type { HostView, PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { finishPromotion, keepEpoch } from "../../../../src/core/takeover/finish-promotion.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import {
  ALIVE,
  DEAD,
  database,
  healthIn,
  host,
  hostView,
  incidentIn,
  masterRound,
  memoryWith,
  type Situation,
  said,
  short,
} from "../fixtures.ts";

const SINCE_MS = 1_000_000;

/** h1 has replaced h3 and waits for h2, which told its last start with "1.". */
function takeOver(over: Partial<PromotionState> = {}): PromotionState {
  const begun = beginPromotion({
    oldMaster: host(3),
    nowMs: SINCE_MS,
    awaited: [host(2)],
    inMaintenance: [],
    startTimes: { h2: "1." },
  });
  return { ...begun, ...over };
}
const BACK = { xapiStartTime: "9." };

function finish(
  h2: Partial<HostView>,
  over: Partial<Memory> = {},
  { config = {}, probe = ALIVE(), ...situation }: Situation & { config?: object; probe?: PeerProbe } = {},
) {
  const { pool } = database([]);
  const read = database([hostView(host(1)), hostView(host(2), h2), hostView(host(3))], {
    pool: { ...pool, otherConfig: { ...config } },
  });
  const memory = memoryWith({
    promotion: takeOver(),
    health: { h2: healthIn("alive"), h3: healthIn("failed") },
    incidents: incidentIn("declared"),
    sawPoolSinceBoot: false,
    ...over,
  });
  const seen = { nowMs: SINCE_MS + 20_000, probes: { h2: probe, h3: DEAD }, database: read };
  const step = finishPromotion(memory, masterRound(memory, { ...seen, ...situation }));
  const { reasons, memory: after } = step;
  return { does: short(step.actions).join(), says: said(reasons).join(), reasons, memory: after };
}
/** h2 is back for long enough. */
const whole = { promotion: takeOver({ backAtMs: { h2: SINCE_MS } }) };

describe("finishPromotion", () => {
  test("finishPromotion: no take-over, nothing to do", () =>
    expect(finish(BACK, { promotion: null })).toMatchObject({ does: "", says: "" }));

  test("finishPromotion: a member that is not back is called, and waited for by name", () => {
    const { does, says, memory } = finish({});
    expect([does, says]).toEqual(["recover-slaves", "promotion-under-way,waits-for-members"]);
    expect(memory.promotion?.phase).toBe("recovering");
    expect(finish({}, {}, { inFlight: ["recover-slaves"] }).does).toBe("");
  });

  test("finishPromotion: one that is back is not called any more, and still waited for until it has compared its VMs", () => {
    const { does, says, memory } = finish(BACK);
    expect([does, says]).toEqual(["", "promotion-under-way,waits-for-members"]);
    expect(memory.promotion?.backAtMs).toEqual({ h2: SINCE_MS + 20_000 });
  });

  test("finishPromotion: the pool is whole and the old master declared dead: it is over, and said", () => {
    const { does, reasons, memory } = finish(BACK, whole);
    expect([does, reasons]).toEqual(["", [{ kind: "promoted", oldMaster: "h3" }]]);
    expect(memory).toMatchObject({
      promotion: null,
      sawPoolSinceBoot: true,
      promoted: { oldMaster: host(3), epoch: 1 },
    });
  });

  test("finishPromotion: not before the own xapi has ended its start", () => {
    const { says, memory } = finish(BACK, whole, { self: { initCompleteAtMs: null } });
    expect(says).toBe("promotion-under-way");
    expect(memory.promotion).not.toBeNull();
  });

  test("finishPromotion: a pool that had no master has no old one to wait for, and none to call back later", () => {
    const promotion = { ...whole.promotion, oldMaster: null };
    const { reasons, memory } = finish(BACK, { promotion, incidents: {} });
    expect(reasons).toEqual([{ kind: "promoted", oldMaster: null }]);
    expect([memory.promotion, memory.promoted]).toEqual([null, null]);
  });

  test("finishPromotion: take-overs are counted on from what the database says, from 1 when that is no number", () => {
    const epoch = (value: string) =>
      finish(BACK, whole, { config: { [EPOCH_KEY]: value } }).memory.promoted?.epoch;
    expect([epoch("4"), epoch("many")]).toEqual([5, 1]);
  });
});

describe("finishPromotion, the old master", () => {
  const silent = healthIn("suspect");
  const incident = (phase: IncidentPhase) => ({ incidents: incidentIn(phase) });
  const at = (over: Partial<Memory>, situation: Situation = {}) =>
    finish(BACK, { ...whole, ...over }, situation).memory.promotion === null;
  const off = { settings: { FENCE_ENABLED: false } };
  const rows: readonly [string, boolean, boolean][] = [
    ["declared dead", at(incident("declared")), true],
    ["found alive by XAPI", at(incident("answered")), true],
    ["fenced, and not declared dead", at(incident("fenced")), false],
    ["not fenced", at(incident("open")), false],
    ["not fenced, by the administrator's choice", at(incident("open"), off), true],
    ["silent, and not failed yet", at({ incidents: {}, health: { h3: silent } }), false],
    ["silent, and never fenced by choice", at({ incidents: {}, health: { h3: silent } }, off), true],
    ["alive again", at({ incidents: {}, health: { h3: healthIn("alive") } }), true],
    ["back from its death", at({ ...incident("returned"), health: { h3: healthIn("alive") } }), true],
    ["silent again after its return", at({ ...incident("returned"), health: { h3: silent } }), false],
  ];
  for (const [title, isOver, expected] of rows) {
    test(`finishPromotion: the old master is ${title}: the take-over is ${expected ? "over" : "open"}`, () =>
      expect(isOver).toBe(expected));
  }
});

describe("finishPromotion, members that do not come back", () => {
  const dead = { ...incidentIn("declared"), ...incidentIn("declared", { uuid: host(2) }) };
  test("finishPromotion: one that was declared dead is awaited no more", () => {
    const { says, memory } = finish({}, { incidents: dead }, { probe: DEAD });
    expect([says, memory.promotion]).toEqual(["promoted", null]);
  });
  test("finishPromotion: one that has failed is awaited until it is declared dead, unless fencing is off", () => {
    const health = { h2: healthIn("failed"), h3: healthIn("failed") };
    expect(finish({}, { health }, { probe: DEAD }).memory.promotion?.awaited).toEqual([host(2)]);
    const off = { probe: DEAD, settings: { FENCE_ENABLED: false } };
    expect(finish({}, { health }, off).memory.promotion).toBeNull();
  });
});

describe("finishPromotion, a member that follows this host and has not started again", () => {
  const LATE: Situation = { nowMs: SINCE_MS + RECOVER_LIMIT_MS };
  const restarts = (h2: Partial<HostView>, situation: Situation & { probe?: PeerProbe } = {}) =>
    finish(h2, {}, { ...LATE, ...situation }).does.includes("restart-xapi h2");
  const rows: readonly [string, boolean, boolean][] = [
    ["for three minutes", restarts({}), true],
    ["for less", restarts({}, { nowMs: SINCE_MS + RECOVER_LIMIT_MS - 1 }), false],
    ["and follows another one", restarts({}, { probe: ALIVE(host(3)) }), false],
    ["and is not live for XAPI", restarts({ live: false }), false],
    ["and was restarted a moment ago", restarts({}, { inFlight: ["restart-xapi:h2"] }), false],
    ["but it has", restarts({ ...BACK, enabled: false }), false],
  ];
  for (const [title, isRestarted, expected] of rows) {
    test(`finishPromotion: ${title}: its xapi is ${expected ? "" : "not "}restarted`, () =>
      expect(isRestarted).toBe(expected));
  }
});

describe("keepEpoch", () => {
  const promoted = { oldMaster: host(3), epoch: 4 };
  function keep(
    epoch: string,
    probe: PeerProbe,
    { isGone = false, ...situation }: Situation & { isGone?: boolean } = {},
  ) {
    const { pool } = database([]);
    const hosts = [hostView(host(1)), hostView(host(2)), ...(isGone ? [] : [hostView(host(3))])];
    const read = database(hosts, { pool: { ...pool, otherConfig: { [EPOCH_KEY]: epoch } } });
    const memory = memoryWith({ promoted });
    const step = keepEpoch(
      memory,
      masterRound(memory, { probes: { h3: probe }, database: read, ...situation }),
    );
    return [step.actions, step.memory.promoted];
  }
  test("keepEpoch: it is written into the database until it stands there", () => {
    const write: Action = { kind: "set-pool-key", key: EPOCH_KEY, value: "4" };
    expect(keep("3", ALIVE())).toEqual([[write], promoted]);
    expect(keep("3", ALIVE(), { inFlight: [`set-pool-key:${EPOCH_KEY}`] })).toEqual([[], promoted]);
  });
  test("keepEpoch: the take-over is remembered until its old master follows this host, or is no host any more", () => {
    expect(keep("4", DEAD)).toEqual([[], promoted]);
    expect(keep("4", ALIVE(host(2)))).toEqual([[], promoted]);
    expect(keep("4", ALIVE())).toEqual([[], null]);
    expect(keep("4", DEAD, { isGone: true })).toEqual([[], null]);
  });
  test("keepEpoch: no take-over, nothing to keep", () => {
    const memory = memoryWith();
    expect(keepEpoch(memory, masterRound(memory))).toEqual({ memory, actions: [], reasons: [] });
  });
});
