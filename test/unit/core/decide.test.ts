import { describe, expect, test } from "bun:test";
import { decide, decideOwnXapi } from "../../../src/core/decide.ts";
import type { Memory } from "../../../src/core/memory/memory.ts";
import type { Role } from "../../../src/core/model/pool-view.ts";
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
  type Situation,
  said,
  short,
  slaveRound,
  three,
} from "./fixtures.ts";
import { hearing, OWN, peer } from "./members/hearing.ts";
import { takeOver } from "./memory/remembered.ts";
import { isLedBy, NOBODY_LEADS } from "./sight.ts";

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
      expect([decision.actions, decision.memory]).toEqual([
        [],
        { ...memory, onRoll: [host(1), host(2), host(3)] },
      ]);
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
  const promotion = takeOver({ phase: "promoting" });

  test("decide: that of a slave is held, until the database of its master agrees with what runs here", () =>
    expect(restarts({})).toEqual(["hold-xapi"]));
  test("decide: also where nobody is named: nobody can say that it agrees", () => {
    const step = decide(
      slaveRound(memoryWith({ toolstack: LONG_SILENT }), { self: silent, group: NOBODY_LEADS }),
    );
    expect(short(step.actions)).toEqual(["hold-xapi"]);
  });
  test("decide: on the named host itself it is restarted", () => {
    const asMaster = masterRound(memoryWith({ toolstack: LONG_SILENT }), { self: silent });
    expect(short(decide(asMaster).actions)).toContain("restart-toolstack");
  });
  test("decide: it is left alone while HA is off", () =>
    expect(restarts({ lastGood: goodView({ haFlag: "off" }) })).toEqual([]));
  test("decide: it restarts by itself in the first minute of a take-over", () => {
    const young = { ...promotion, sinceMs: 1_000_000 - 59_999 };
    expect(restarts({ promotion: young })).toEqual([]);
    expect(restarts({ promotion: { ...promotion, sinceMs: 1_000_000 - 60_000 } })).toEqual(["hold-xapi"]);
  });
});

describe("decide, a dead master after a take-over of a pool without one had failed", () => {
  /** No host was master, h2 was about to be; then h1, whom all follow, dies. */
  const begun = takeOver({ oldMaster: null, phase: "named" });
  const memory = memoryWith({
    promotion: begun,
    following: address(host(1)),
    health: { h1: healthIn("failed"), h3: healthIn("alive") },
    incidents: incidentIn("fenced", { uuid: host(1), proved: true }),
  });

  // The remembered take-over says that there was no master to fence: the decision breaks an invariant, in every pass.
  test("decide: the dead master is replaced, and the take-over names it", () => {
    const probes = { h1: DEAD, h3: ALIVE() };
    const decision = decide(slaveRound(memory, { probes }));
    expect(decision.actions).toEqual([]);
    expect(decision.memory.promotion).toMatchObject({ oldMaster: host(1), phase: "proved" });
    const named = { probes, group: { roll: { master: host(2) } } };
    expect(decide(slaveRound(decision.memory, named)).actions).toEqual([
      { kind: "promote-self", rests: [host(1)], route: address(host(1)) },
    ]);
  });
});

describe("decide, a route that is blocked and not wanted", () => {
  const self = { blockedRoutes: [address(host(3))] };
  const ends = (over: Partial<Memory>, role: Role, situation: Situation = {}) =>
    short(decide(masterRound(memoryWith(over), { ...situation, self: { ...self, role } })).actions);
  const off = { lastGood: goodView({ haFlag: "off" }) };
  const rows: readonly [string, readonly string[]][] = [
    ["a master", ends({}, { kind: "master" })],
    ["a master while HA is off", ends(off, { kind: "master" })],
    ["a slave", ends({}, { kind: "slave", masterAddress: address(host(2)) })],
    ["a host whose role is broken", ends({}, { kind: "broken" })],
    ["a host whose role is not known", ends({ lastGood: null }, { kind: "unknown", why: "no file" })],
  ];
  for (const [who, does] of rows) test(`${who}: it ends`, () => expect(does).toContain("unblock-routes"));
});

describe("decideOwnXapi: a host that does not know its parameters, or its pool", () => {
  const h3 = peer(3, { own: { ...OWN, role: "master", master: host(3) } });
  const seen = { hearing: hearing(h3), group: { ...isLedBy(host(3)), roll: { master: host(3) } } };
  const does = (over: Partial<Memory>, situation: Situation = {}) => {
    const { actions, memory } = decideOwnXapi(slaveRound(memoryWith(over), { ...seen, ...situation }));
    return { does: short(actions), bootId: memory.bootId };
  };
  test("its xapi follows the master whom the group has named, also where it has read that HA is off", () => {
    expect(does({}).does).toEqual(["follow-master"]);
    expect(does({ lastGood: goodView({ haFlag: "off" }) }).does).toEqual(["follow-master"]);
  });
  test("a hold ends when HA is off for the group", () => {
    const off = { ...seen.group, roll: { master: host(3), ha: false } };
    expect(does({}, { self: { heldSinceMs: 5 }, group: off }).does).toEqual(["release-xapi"]);
  });
  test("a blocked route ends", () =>
    expect(does({}, { self: { blockedRoutes: ["10.0.0.9"] } }).does).toContain("unblock-routes"));
  test("nothing else is done: it becomes no master, and fences nobody", () => {
    const health = { h1: healthIn("failed") };
    const probes = { h1: DEAD, h3: ALIVE() };
    const group = { roll: { master: host(2) } };
    expect(does({ health, promotion: takeOver({ phase: "proved" }) }, { probes, group }).does).toEqual([]);
    expect(does({ health }, { probes, group: {} }).does).toEqual([]);
  });
  test("the named master that has not served for five minutes gives up its place", () => {
    const h2 = peer(2, { own: { ...OWN, role: "slave", master: null, enabled: true } });
    const named = { roll: { master: host(1), hosts: [host(1), host(2)] } };
    const self = { uuid: host(1), xapiAnswers: false, initCompleteAtMs: null };
    const over = { nowMs: 400_000, self, hearing: hearing(h2), group: named };
    const forgotten = { lastGood: null, unservedSinceMs: 50_000 };
    expect(does(forgotten, over).does).toEqual(["resign-master"]);
    expect(does({ ...forgotten, unservedSinceMs: 200_000 }, over).does).toEqual([]);
  });
  test("its memory is of this boot", () => expect(does({ bootId: "boot-0" }).bootId).toBe("boot-1"));
});
