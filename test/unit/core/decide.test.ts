import { describe, expect, test } from "bun:test";
import { decide } from "../../../src/core/decide.ts";
import type { Memory } from "../../../src/core/memory/memory.ts";
import type { Role } from "../../../src/core/model/pool-view.ts";
import { beginPromotion } from "../../../src/core/takeover/promotion.ts";
import {
  ALIVE,
  address,
  DEAD,
  database,
  goodView,
  haltedVm,
  healthIn,
  host,
  incidentIn,
  masterRound,
  memoryWith,
  said,
  short,
  slaveRound,
  three,
} from "./fixtures.ts";

const calm = { h2: ALIVE(), h3: ALIVE() };

describe("decide", () => {
  const idle: readonly [Role, string][] = [
    [{ kind: "broken" }, "xapi has set the role to broken"],
    [{ kind: "unknown", why: "pool.conf cannot be read" }, "pool.conf cannot be read"],
  ];
  for (const [role, why] of idle) {
    test(`decide: a host whose role is ${role.kind} does nothing, and says why`, () => {
      const read = database(three(), { halted: [haltedVm("web")] });
      const memory = memoryWith();
      const decision = decide(masterRound(memory, { self: { role }, probes: calm, database: read }));
      expect([decision.actions, decision.memory]).toEqual([[], memory]);
      expect(said(decision.reasons)).toEqual([expect.stringContaining(`role-unknown ${why}`)]);
    });
  }

  test("decide: a master starts what is down, a slave of a master that lives does not", () => {
    const read = database(three(), { halted: [haltedVm("web")] });
    const masters = decide(masterRound(memoryWith(), { probes: calm, database: read }));
    expect(short(masters.actions)).toContain("start-vm web");
    const self = { role: { kind: "slave", masterAddress: address(host(2)) } } as const;
    const slaves = decide(masterRound(memoryWith(), { self, probes: calm, database: read }));
    expect(short(slaves.actions)).not.toContain("start-vm web");
  });

  test("decide: what was timed in an earlier boot is not compared with the times of this one", () => {
    const memory = memoryWith({
      bootId: "boot-0",
      health: { h3: healthIn("failed", { sinceMs: 5_000_000 }) },
    });
    const { memory: after } = decide(masterRound(memory, { probes: { h2: ALIVE(), h3: DEAD } }));
    expect(after.bootId).toBe("boot-1");
    expect(after.health["h3"]).toMatchObject({ state: "suspect", sinceMs: 1_000_000 });
  });
});

describe("decide, a toolstack that is silent", () => {
  const silent = { xapiAnswers: false };
  const LONG_SILENT = { silentSinceMs: 0, restarted: false };
  const restarts = (over: Partial<Memory>) =>
    short(decide(slaveRound(memoryWith({ toolstack: LONG_SILENT, ...over }), { self: silent })).actions);
  const promotion = beginPromotion({
    oldMaster: host(1),
    nowMs: 0,
    awaited: [],
    inMaintenance: [],
    startTimes: {},
  });

  test("decide: it is restarted while HA is on", () => expect(restarts({})).toEqual(["restart-toolstack"]));
  test("decide: it is left alone while HA is off", () =>
    expect(restarts({ lastGood: goodView({ haFlag: "off" }) })).toEqual([]));
  test("decide: it restarts by itself in a take-over", () => expect(restarts({ promotion })).toEqual([]));
});

describe("decide, a dead master after a take-over of a pool without one had failed", () => {
  /** No host was master, h2 was about to be; then h1, whom all follow, dies. */
  const begun = beginPromotion({
    oldMaster: null,
    nowMs: 0,
    awaited: [host(1), host(3)],
    inMaintenance: [],
    startTimes: {},
  });
  const memory = memoryWith({
    promotion: begun,
    following: address(host(1)),
    health: { h1: healthIn("failed"), h3: healthIn("alive") },
    incidents: incidentIn("fenced", { uuid: host(1), proved: true }),
  });

  // The remembered take-over says that there was no master to fence: the decision breaks an invariant, in every pass.
  test("decide: the dead master is replaced, and the take-over names it", () => {
    const decision = decide(slaveRound(memory, { probes: { h1: DEAD, h3: ALIVE() } }));
    expect(short(decision.actions)).toEqual(["promote-self"]);
    expect(decision.memory.promotion?.oldMaster).toBe(host(1));
  });
});
