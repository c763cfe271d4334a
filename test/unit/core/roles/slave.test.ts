import { describe, expect, test } from "bun:test";
import { CHANGES_KEY } from "../../../../src/core/model/pool-keys.ts";
import type { DatabaseView } from "../../../../src/core/model/pool-view.ts";
import { nextPassMs } from "../../../../src/core/pace/schedule.ts";
import { decideSlave } from "../../../../src/core/roles/slave.ts";
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
  SETTINGS,
  slave,
  three,
  XAPI_DOWN,
} from "../fixtures.ts";
import { takeOver } from "../memory/remembered.ts";
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
    const proved = brain.look(33, { probes: gone });
    expect(proved.actions).toEqual([]);
    expect(proved.memory.promotion).toMatchObject({ oldMaster: host(1), phase: "proved" });
    // The group learns that from this host, and names it.
    const { actions, memory } = brain.look(34, { probes: gone, group: { roll: { master: host(2) } } });
    expect(actions).toEqual([{ kind: "promote-self", rests: [host(1)], route: address(host(1)) }]);
    expect(memory.promotion).toMatchObject({ oldMaster: host(1), phase: "promoting" });
  });

  test("the disk of the successor cannot be written: neither fenced nor promoted, and said", () => {
    const brain = readySlave();
    loseMaster(brain);
    const { actions, reasons } = decideSlave({ ...brain.input(31, { probes: gone }), isDiskWritable: false });
    expect(actions).toEqual([]);
    expect(reasons).toContainEqual({
      kind: "not-promoted",
      master: "h1",
      why: "disk-not-writable",
      silent: [],
      tie: null,
    });
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
      silent: [],
      tie: null,
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
    expect(loseMaster(brain).actions).toEqual([]);
    expect(brain.look(31, { probes: gone, group: { roll: { master: host(2) } } }).actions).toEqual([
      { kind: "promote-self", rests: [], route: null },
    ]);
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
    [
      "another host is master already, and nobody leads",
      (brain) => (brain.group = NOBODY_LEADS),
      { h1: DEAD, h3: MASTER },
      "taken-over",
    ],
    [
      "another member follows someone new, and nobody leads",
      (brain) => (brain.group = NOBODY_LEADS),
      { h1: DEAD, h3: ALIVE(host(4)) },
      "taken-over",
    ],
  ];
  for (const [title, prepare, probes, reason] of refusals) {
    test(`${title}: nothing is done`, () => {
      const brain = readySlave();
      prepare(brain);
      const decision = loseMaster(brain, probes as typeof gone);
      expect([decision.actions, kinds(decision.reasons)]).toEqual([[], ["host-failed", reason]]);
    });
  }

  for (const h3 of [MASTER, ALIVE(host(4))])
    test(`the leader knows whom the group has named: that one is fenced, though another host says ${h3.follows.kind}`, () =>
      expect(loseMaster(readySlave(), { h1: DEAD, h3 }).actions).toEqual([fenceMaster]));

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
      silent: [],
      tie: null,
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

describe("decideSlave, a host that had replaced its master, and was called back by it", () => {
  /** h2 had fenced h1 and become master, its take-over still open; now h1 is its master again, and silent. */
  function calledBack(): Brain {
    const brain = slave(2);
    const promotion = takeOver({ oldMaster: host(1), phase: "righting" });
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
