import { describe, expect, test } from "bun:test";
import type { Action } from "../../../../src/core/model/action.ts";
import { CHANGES_KEY } from "../../../../src/core/model/pool-keys.ts";
import type { DatabaseView } from "../../../../src/core/model/pool-view.ts";
import { nextPassMs } from "../../../../src/core/pace/schedule.ts";
import { decideSlave } from "../../../../src/core/roles/slave.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { START_MARK_KEY } from "../../../../src/core/takeover/start-mark.ts";
import {
  ALIVE,
  address,
  type Brain,
  DEAD,
  database,
  FLAG,
  fenceOf,
  goodView,
  healthIn,
  host,
  incidentIn,
  MASTER,
  memoryWith,
  ranIn,
  SETTINGS,
  slave,
  three,
  vm,
  XAPI_DOWN,
} from "../fixtures.ts";
import { isLedBy, NOBODY_LEADS } from "../sight.ts";

const ok = (value: DatabaseView) => ({ ok: true, value }) as const;
const kinds = (reasons: readonly { kind: string }[]) => reasons.map((reason) => reason.kind);
const fenceMaster = fenceOf(host(1));

/** A slave that has seen the pool healthy. */
function readySlave(number = 2, over: Partial<DatabaseView> = {}): Brain {
  const brain = slave(number);
  brain.look(0, { database: ok(database(three(), over)), probes: { h1: MASTER } });
  return brain;
}
const gone = { h1: DEAD, h3: ALIVE() };
/** The master dies: suspected at 10 s, failed at 30 s. */
function loseMaster(brain: Brain, probes = gone) {
  brain.look(10, { probes });
  brain.look(20, { probes });
  return brain.look(30, { probes });
}

describe("decideSlave", () => {
  test("the master is alive: the view is remembered, nothing is done", () => {
    const brain = readySlave();
    expect(brain.memory.lastGood).toMatchObject({
      master: host(1),
      haFlag: "on",
      ranking: [host(2), host(3)],
    });
    expect(brain.look(5, { database: ok(database(three())), probes: { h1: MASTER } }).actions).toEqual([]);
  });

  describe("the copy of the database", () => {
    const counted = (over: Record<string, string> = {}) => {
      const read = database(three());
      const otherConfig = { ...read.pool.otherConfig, [CHANGES_KEY]: "8", ...over };
      return { ...read, pool: { ...read.pool, otherConfig } };
    };
    const look = (read: DatabaseView) =>
      slave(2).look(0, { database: ok(read), probes: { h1: MASTER } }).actions;

    test("is fetched when the master has counted what is not in it", () =>
      expect(kinds(look(counted()))).toEqual(["fetch-database"]));

    test("while HA is off, or XAPI's own is on, nothing is fetched", () => {
      expect(look(counted({ [FLAG]: "false" }))).toEqual([]);
      const { pool } = counted();
      expect(look({ ...counted(), pool: { ...pool, haEnabled: true } })).toEqual([]);
    });

    test("from a master that is not alive nothing is fetched, whatever its database said", () => {
      const brain = slave(2);
      expect(brain.look(0, { database: ok(counted()), probes: { h1: DEAD } }).actions).toEqual([]);
      expect(brain.look(1, { probes: { h1: MASTER } }).actions).toEqual([]);
    });
  });

  test("the master fails: the successor fences it, then takes over, never the other way round", () => {
    const brain = readySlave();
    expect(loseMaster(brain).actions).toEqual([fenceMaster]);
    expect(kinds(brain.look(31, { probes: gone }).actions)).not.toContain("promote-self");
    expect(brain.finish(fenceMaster, { kind: "done" }, 32)).toEqual(["host-fenced"]);
    const { actions, memory } = brain.look(33, { probes: gone });
    expect(actions).toEqual([{ kind: "promote-self", rests: [host(1)] }]);
    expect(memory.promotion).toMatchObject({ oldMaster: host(1), awaited: [host(3)], phase: "called" });
  });

  test("the disk of the successor cannot be written: neither fenced nor promoted, and said", () => {
    const brain = readySlave();
    loseMaster(brain);
    const { actions, reasons } = decideSlave({ ...brain.input(31, { probes: gone }), isDiskWritable: false });
    expect(actions).toEqual([]);
    expect(reasons).toContainEqual({ kind: "not-promoted", master: "h1", why: "disk-not-writable" });
  });

  test("the fence fails: not promoted, tried again later", () => {
    const brain = readySlave();
    loseMaster(brain);
    brain.finish(fenceMaster, { kind: "not-fenced", fault: "agent-failed", detail: "" }, 31);
    const decision = brain.look(32, { probes: gone });
    expect(decision.actions).toEqual([]);
    expect(decision.reasons).toContainEqual({
      kind: "not-promoted",
      master: "h1",
      why: "old-master-not-fenced",
    });
    expect(brain.look(37, { probes: gone }).actions).toEqual([fenceMaster]);
  });

  test("FENCE_HA_ONFAIL does not promote over an unfenced master", () => {
    const brain = readySlave();
    brain.settings = { ...SETTINGS, FENCE_HA_ONFAIL: true };
    loseMaster(brain);
    brain.finish(fenceMaster, { kind: "not-fenced", fault: "agent-failed", detail: "" }, 31);
    expect(kinds(brain.look(32, { probes: gone }).actions)).not.toContain("promote-self");
  });

  test("FENCE_ENABLED=0 is the administrator's choice to take over without", () => {
    const brain = readySlave();
    brain.settings = { ...SETTINGS, FENCE_ENABLED: false };
    expect(loseMaster(brain).actions).toEqual([{ kind: "promote-self", rests: [] }]);
  });

  test("a toolstack restart on the master: no fence, no promotion", () => {
    const brain = readySlave();
    for (let atS = 5; atS <= 65; atS += 5) {
      expect(brain.look(atS, { probes: { h1: XAPI_DOWN, h3: ALIVE() } }).actions).toEqual([]);
    }
  });

  const refusals: readonly [string, (brain: Brain) => void, Record<string, typeof DEAD>, string][] = [
    [
      "cut off from everyone: isolated",
      (brain) => (brain.group = NOBODY_LEADS),
      { h1: DEAD, h3: DEAD },
      "isolated",
    ],
    ["another host leads", (brain) => (brain.group = isLedBy(host(3))), gone, "not-promoted"],
    ["nobody leads", (brain) => (brain.group = NOBODY_LEADS), gone, "not-promoted"],
    ["its mandate is over", (brain) => (brain.group = { mandateUntilMs: 29_999 }), gone, "not-promoted"],
    [
      "PROMOTE_SLAVE=0",
      (brain) => (brain.settings = { ...SETTINGS, PROMOTE_SLAVE: false }),
      gone,
      "not-promoted",
    ],
    ["another host is master already", () => {}, { h1: DEAD, h3: MASTER }, "taken-over"],
    ["another member follows someone new", () => {}, { h1: DEAD, h3: ALIVE(host(4)) }, "taken-over"],
  ];
  for (const [title, prepare, probes, reason] of refusals) {
    test(`${title}: nothing is done`, () => {
      const brain = readySlave();
      prepare(brain);
      const decision = loseMaster(brain, probes as typeof gone);
      expect([decision.actions, kinds(decision.reasons)]).toEqual([[], ["host-failed", reason]]);
    });
  }

  describe("HA was off when the master was last seen: nothing is done", () => {
    const pool = { ...database([]).pool, otherConfig: { [FLAG]: "false" } };
    const lose = (ha: boolean) => {
      const brain = readySlave(2, { pool });
      brain.group = { roll: { ha } };
      const { actions, reasons } = loseMaster(brain);
      return [actions, kinds(reasons)];
    };
    test("silently, where the group knows that", () => expect(lose(false)).toEqual([[], ["ha-off"]]));
    test("the group does not: that is told", () => expect(lose(true)).toEqual([[], ["not-promoted"]]));
  });

  test("never seen the pool: nothing is done", () => {
    const brain = slave(2);
    expect(loseMaster(brain).actions).toEqual([]);
  });

  test("in maintenance: not promoted, though it leads", () => {
    const hosts = three().map((view) => (view.uuid === host(2) ? { ...view, enabled: false } : view));
    const brain = slave(2);
    brain.look(0, { database: ok(database(hosts)), probes: { h1: MASTER } });
    expect(loseMaster(brain).reasons).toContainEqual({
      kind: "not-promoted",
      master: "h1",
      why: "in-maintenance",
    });
  });

  test("two hosts: the heuristic IPs break the tie, and the slave's half is the later one", () => {
    const brain = slave(2);
    brain.settings = { ...SETTINGS, FENCE_MIN_HOSTS: 2, MONITOR_DELAY: 15 };
    brain.look(0, { database: ok(database(three().slice(0, 2))), probes: { h1: MASTER } });
    brain.group = NOBODY_LEADS;
    const seen = { probes: { h1: DEAD }, heuristics: "all-answered" } as const;
    // Failed at 30; a master that lives has noticed at 45, and has had its XAPI_DELAY of 10 at 55.
    for (const atS of [10, 20, 30, 54]) expect(brain.look(atS, seen).actions).toEqual([]);
    expect(nextPassMs(brain.memory, 54_000, brain.settings)).toBe(1_000);
    expect(brain.look(55, seen).actions).toEqual([{ ...fenceMaster, byLeader: false }]);
  });

  test("two hosts, away since boot: the gateway's vote does not count, and quorum not being required neither", () => {
    for (const [required, group] of [
      [true, NOBODY_LEADS],
      [false, NOBODY_LEADS],
      [true, {}],
      [false, {}],
    ] as const) {
      const brain = slave(2);
      brain.settings = { ...SETTINGS, FENCE_MIN_HOSTS: 2, FENCE_QUORUM_REQUIRED: required };
      brain.group = group;
      brain.look(0, { database: ok(database(three().slice(0, 2))), probes: { h1: MASTER } });
      brain.self = { ...brain.self, bootId: "boot-2" };
      const seen = { probes: { h1: DEAD }, heuristics: "all-answered" } as const;
      for (const atS of [10, 20, 30, 40, 500]) expect(brain.look(atS, seen).actions).toEqual([]);
    }
  });

  test("three hosts, away since boot: the leader acts, two minutes after the master has failed", () => {
    const brain = readySlave();
    brain.self = { ...brain.self, bootId: "boot-2" };
    for (const atS of [10, 20, 30, 40, 149]) expect(brain.look(atS, { probes: gone }).actions).toEqual([]);
    expect(brain.look(150, { probes: gone }).actions).toEqual([fenceMaster]);
  });

  test("the master answers again before the take-over: it is dropped", () => {
    const brain = readySlave();
    loseMaster(brain);
    brain.finish(fenceMaster, { kind: "not-fenced", fault: "agent-failed", detail: "" }, 31);
    const decision = brain.look(33, { database: ok(database(three())), probes: { h1: MASTER } });
    expect([decision.actions, decision.memory.incidents]).toEqual([[], {}]);
  });

  test("a master that answers but follows somebody else is no master: said", () => {
    const decision = readySlave().look(5, { probes: { h1: ALIVE(host(3)) } });
    expect(decision.actions).toEqual([]);
    expect(decision.reasons).toContainEqual({
      kind: "master-is-slave",
      host: "h1",
      address: address(host(3)),
    });
  });
});

describe("after the promotion", () => {
  function promoted(): Brain {
    const brain = readySlave();
    loseMaster(brain);
    brain.finish(fenceMaster, { kind: "done" }, 31);
    brain.look(32, { probes: gone });
    brain.finish({ kind: "promote-self", rests: [host(1)] }, { kind: "done" }, 33);
    brain.self = { ...brain.self, role: { kind: "master" }, initCompleteAtMs: null };
    return brain;
  }
  /** The new master's own, old database: everyone disabled, h3 not back yet. */
  const stale = (over: Partial<DatabaseView> = {}, back = false): DatabaseView => {
    const view = database(
      three().map((each) => {
        if (each.uuid === host(2)) return { ...each, enabled: back };
        return { ...each, enabled: each.uuid === host(3) && back, xapiStartTime: back ? "9." : "1." };
      }),
      over,
    );
    return { ...view, pool: { ...view.pool, master: host(2) } };
  };
  const calling = { h1: DEAD, h3: ALIVE(host(1)) };
  const followed = { h1: DEAD, h3: ALIVE(host(2)) };

  test("while XAPI restarts nothing is done", () => {
    const decision = promoted().look(35, { probes: calling });
    expect([decision.actions, kinds(decision.reasons)]).toEqual([[], ["promotion-under-way"]]);
  });

  test("members are called back first; no VM is started and the old master not declared until they are whole", () => {
    const brain = promoted();
    const first = brain.look(46, { database: ok(stale()), probes: calling });
    expect(kinds(first.actions)).toEqual(["recover-slaves", "store-database"]);
    brain.self = { ...brain.self, initCompleteAtMs: 0 };
    const back = brain.look(60, { database: ok(stale({}, true)), probes: followed });
    expect(kinds(back.actions)).toEqual(["store-database"]);
    expect(brain.memory.lastGood?.members).toEqual([host(1), host(2), host(3)]);
    const settledAt = brain.look(66, { database: ok(stale({}, true)), probes: followed });
    expect(settledAt.actions).toEqual([
      { kind: "declare-host-dead", host: host(1), proved: true },
      expect.objectContaining({ kind: "store-database" }),
    ]);
    brain.finish({ kind: "declare-host-dead", host: host(1), proved: true }, { kind: "done" }, 67);
    const done = brain.look(68, { database: ok(stale({}, true)), probes: followed });
    expect(kinds(done.reasons)).toContain("promoted");
    expect(done.memory).toMatchObject({ promotion: null, promoted: { oldMaster: host(1), epoch: 1 } });
  });

  test("a member that tells its starts is waited for until it tells this one, a minute at most", () => {
    const backWith = (mark: string) => {
      const view = stale({}, true);
      const marked = { otherConfig: { [START_MARK_KEY]: mark } };
      return ok({
        ...view,
        hosts: view.hosts.map((each) => (each.uuid === host(3) ? { ...each, ...marked } : each)),
      });
    };
    const declare = { kind: "declare-host-dead", host: host(1), proved: true } as const;
    const store = expect.objectContaining({ kind: "store-database" });
    const waiting = (): Brain => {
      const brain = promoted();
      brain.self = { ...brain.self, initCompleteAtMs: 0 };
      for (const atS of [60, 70, 119]) {
        const { actions, reasons } = brain.look(atS, { database: backWith("1."), probes: followed });
        expect(kinds(actions)).toEqual(["store-database"]);
        expect(kinds(reasons)).toContain("waits-for-members");
      }
      return brain;
    };
    expect(waiting().look(119.5, { database: backWith("9."), probes: followed }).actions).toEqual([
      declare,
      store,
    ]);
    expect(waiting().look(120, { database: backWith("1."), probes: followed }).actions).toEqual([
      declare,
      store,
    ]);
  });

  test("a member that followed this host all the time has not started again: after three minutes its agent is restarted", () => {
    const brain = promoted();
    brain.self = { ...brain.self, initCompleteAtMs: 0 };
    const view = stale();
    const sleeping = { ...view, hosts: view.hosts.map((each) => ({ ...each, enabled: true })) };
    const restart: Action = { kind: "restart-xapi", host: host(3), mayEnd: null };
    for (const atS of [46, 100, 200]) {
      const { actions } = brain.look(atS, { database: ok(sleeping), probes: followed });
      expect(kinds(actions)).not.toContain("restart-xapi");
    }
    const decision = brain.look(230, { database: ok(sleeping), probes: followed });
    expect(decision.actions).toContainEqual(restart);
    brain.finish(restart, { kind: "done" }, 231);
    const next = brain.look(233, { database: ok(sleeping), probes: followed });
    expect(kinds(next.actions)).not.toContain("restart-xapi");
    expect(kinds(next.reasons)).toContain("waits-for-members");
  });

  test("SLAVE_HA=0: the new master starts nothing until the old one is back as a slave", () => {
    const brain = promoted();
    brain.settings = { ...SETTINGS, SLAVE_HA: false };
    brain.memory = { ...brain.memory, promotion: null, promoted: { oldMaster: host(1), epoch: 1 } };
    const halted = [
      {
        uuid: vm("a"),
        name: "a",
        order: 0,
        startDelayS: 0,
        memoryBytes: 1,
        busy: false,
        startBlocked: false,
        otherConfig: ranIn("a"),
        appliance: null,
      },
    ];
    const decision = brain.look(70, { database: ok(stale({ halted }, true)), probes: followed });
    expect(kinds(decision.actions)).not.toContain("start-vm");
  });
});

describe("decideSlave, a host that had replaced its master, and was called back by it", () => {
  /** h2 had fenced h1 and become master, its take-over still open; now h1 is its master again, and silent. */
  function calledBack(): Brain {
    const brain = slave(2);
    const promotion = beginPromotion({
      oldMaster: host(1),
      nowMs: 0,
      awaited: [host(3)],
      inMaintenance: [],
      startTimes: {},
    });
    brain.memory = memoryWith({
      lastGood: goodView({ master: host(2) }),
      promotion,
      health: { h1: healthIn("failed"), h3: healthIn("alive") },
      incidents: incidentIn("fenced", { uuid: host(1), proved: true }),
    });
    return brain;
  }

  // A call proves that the host lives, so neither its failure nor its fence of before says anything about it now.
  test("the retries of the one that called it begin now", () => {
    expect(calledBack().look(10, { probes: gone }).actions).toEqual([]);
  });
  test("it is fenced again before it is replaced again", () => {
    const brain = calledBack();
    brain.look(10, { probes: gone });
    brain.look(20, { probes: gone });
    expect(brain.look(30, { probes: gone }).actions).toEqual([fenceMaster]);
  });
});
