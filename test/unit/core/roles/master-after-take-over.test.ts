import { describe, expect, test } from "bun:test";
import type { Action } from "../../../../src/core/model/action.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { OFFICE_KEY } from "../../../../src/core/model/pool-keys.ts";
import type { DatabaseView } from "../../../../src/core/model/pool-view.ts";
import {
  ALIVE,
  address,
  type Brain,
  DEAD,
  database,
  fenceOf,
  haltedVm,
  host,
  MASTER,
  runsThere,
  SETTINGS,
  short,
  slave,
  three,
} from "../fixtures.ts";
import { kinds, ok } from "../master-fixtures.ts";
import { hearing, OWN, peer } from "../members/hearing.ts";
import { isLedBy, officeOf, type SightOver } from "../sight.ts";

const gone = { h1: DEAD, h3: ALIVE() };

describe("decideMaster, after its take-over", () => {
  const named: SightOver = { roll: { master: host(2) } };
  const promote: Action = { kind: "promote-self", rests: [host(1)], route: address(host(1)) };
  const declare: Action = { kind: "declare-host-dead", host: host(1), proved: true };

  function promoted(): Brain {
    const brain = slave(2);
    brain.look(0, { database: ok(database(three())), probes: { h1: MASTER } });
    for (const atS of [10, 20, 30]) brain.look(atS, { probes: gone });
    brain.finish(fenceOf(host(1)), { kind: "done" }, 31);
    brain.look(32, { probes: gone });
    brain.group = named;
    expect(brain.look(33, { probes: gone }).actions).toEqual([promote]);
    brain.finish(promote, { kind: "done" }, 34);
    brain.self = { ...brain.self, role: { kind: "master" }, initCompleteAtMs: null };
    return brain;
  }
  /** The new master's own, old database: everyone disabled, h3 not back yet, nor, unless `own`, itself. */
  const stale = (
    over: Partial<DatabaseView> = {},
    { back = false, own = false, office = "" } = {},
  ): DatabaseView => {
    const view = database(
      three().map((each) => {
        if (each.uuid === host(2)) return { ...each, enabled: own || back };
        return { ...each, enabled: each.uuid === host(3) && back, xapiStartTime: back ? "9." : "1." };
      }),
      over,
    );
    const otherConfig = { ...view.pool.otherConfig, [OFFICE_KEY]: office };
    return { ...view, pool: { ...view.pool, master: host(2), otherConfig } };
  };
  const calling = { h1: DEAD, h3: ALIVE(host(1)) };
  const followed = { h1: DEAD, h3: ALIVE(host(2)) };
  const OFFICE = { office: officeOf(host(2)) };
  /** h3 as its monitor tells of it; by default its xapi does not serve yet. */
  const tells = (over: Partial<OwnState> = {}) =>
    hearing(
      peer(1, { heard: "silent" }),
      peer(3, { own: { ...OWN, master: host(1), xapi: "silent", startComplete: false, ...over } }),
    );
  const SERVES: Partial<OwnState> = { master: host(2), xapi: "serving", startComplete: true };

  test("while XAPI restarts nothing is done", () => {
    const decision = promoted().look(35, { probes: calling });
    expect([decision.actions, kinds(decision.reasons)]).toEqual([[], ["promotion-under-way"]]);
  });

  /** The old master is declared dead, the office is written, and both are on disk. */
  function righted(): Brain {
    const brain = promoted();
    const first = brain.look(41, { database: ok(stale()), probes: calling, hearing: tells() });
    expect(first.actions).toEqual([
      { kind: "set-pool-key", key: OFFICE_KEY, value: officeOf(host(2)) },
      declare,
      expect.objectContaining({ kind: "store-database" }),
    ]);
    expect(kinds(first.reasons)).toContain("promotion-under-way");
    for (const action of first.actions) brain.finish(action, { kind: "done" }, 42);
    // The office has come into the database after it was put on disk.
    const second = brain.look(43, { database: ok(stale({}, OFFICE)), probes: calling, hearing: tells() });
    expect(kinds(second.actions)).toEqual(["store-database"]);
    for (const action of second.actions) brain.finish(action, { kind: "done" }, 44);
    return brain;
  }
  const web = { halted: [haltedVm("web")] };
  const held = { role: "slave", master: host(2), xapi: "held" } as const;
  const lives = { runs: new Map([[host(3), { ...runsThere(host(2)), own: held }]]) };

  test("the database is set right first: until the old master is declared, the office is there and both are on disk no VM is started", () => {
    const brain = promoted();
    const seen = { probes: calling, hearing: tells(), ...lives };
    const look = (atS: number, over = {}) =>
      brain.look(atS, { ...seen, database: ok(stale(web, { own: true, ...over })) });
    const first = look(41);
    expect(kinds(first.actions)).toEqual(["set-pool-key", "declare-host-dead", "store-database"]);
    const [office, , store] = first.actions as [Action, Action, Action];
    brain.finish(office, { kind: "done" }, 42);
    brain.finish(store, { kind: "done" }, 42);
    // The declaration has not ended.
    brain.inFlight = new Set(["declare-host-dead:h1"]);
    expect(short(look(42, OFFICE).actions)).toEqual([]);
    brain.inFlight = new Set();
    brain.finish(declare, { kind: "done" }, 43);
    // It was put on disk before the office was in it.
    const second = look(43, OFFICE);
    expect([kinds(second.actions), brain.memory.promotion?.phase]).toEqual([["store-database"], "righting"]);
    brain.finish(second.actions[0] as Action, { kind: "done" }, 44);
    expect(short(look(44, OFFICE).actions)).toEqual(["start-vm web"]);
    expect(brain.memory.promotion?.phase).toBe("righted");
  });

  test("the blocked route ends when the old master is declared dead and the own start is complete, whatever members are missing", () => {
    const brain = promoted();
    brain.self = { ...brain.self, blockedRoutes: [address(host(1))] };
    const seen = { probes: calling, hearing: tells(), database: ok(stale({}, { own: true, ...OFFICE })) };
    const ends = (atS: number) => kinds(brain.look(atS, seen).actions).includes("unblock-routes");
    expect([ends(35), ends(36)]).toEqual([false, false]);
    brain.finish(declare, { kind: "done" }, 37);
    expect(ends(37)).toBe(false);
    brain.self = { ...brain.self, initCompleteAtMs: 38 };
    expect([ends(38), brain.memory.promotion?.phase]).toEqual([true, "righting"]);
  });

  test("no member is waited for: VMs are started while its xapi does not follow yet, as soon as that is held and its monitor has said what runs there", () => {
    const brain = righted();
    const seen = { database: ok(stale(web, { own: true, ...OFFICE })), probes: calling, hearing: tells() };
    expect(short(brain.look(45, { ...seen, runs: new Map() }).actions)).not.toContain("start-vm web");
    const decision = brain.look(46, { ...seen, ...lives });
    expect(short(decision.actions)).toContain("start-vm web");
    expect(decision.reasons).toContainEqual({ kind: "waits-for-members", hosts: ["h3"] });
  });

  test("it is over when every member that lives follows, and the own start is complete; nobody has lost his place", () => {
    const brain = righted();
    const back = { database: ok(stale({}, { back: true, ...OFFICE })), probes: followed };
    const look = (atS: number, over: Partial<OwnState>) =>
      kinds(brain.look(atS, { ...back, hearing: tells(over) }).reasons).includes("promoted");
    expect(look(50, SERVES)).toBe(false);
    brain.self = { ...brain.self, initCompleteAtMs: 50_500 };
    expect(look(51, {})).toBe(false);
    expect(look(52, { ...SERVES, startComplete: false })).toBe(false);
    expect(look(53, { ...SERVES, xapi: "held" })).toBe(false);
    expect(look(54, { ...SERVES, master: host(3) })).toBe(false);
    expect(brain.memory.lastGood?.members).toEqual([host(2), host(3)]);
    expect(look(55, SERVES)).toBe(true);
    expect(brain.memory).toMatchObject({ promotion: null, promoted: { oldMaster: host(1) } });
  });

  test("another host is named meanwhile: it follows that one, and its take-over is over", () => {
    const brain = righted();
    const decision = brain.look(50, {
      database: ok(stale({}, OFFICE)),
      probes: calling,
      group: { ...isLedBy(host(3)), roll: { master: host(3) } },
    });
    expect(decision.actions).toEqual([{ kind: "follow-master", address: address(host(3)) }]);
    expect(decision.memory.promotion).toBeNull();
  });

  test("SLAVE_HA=0: the new master starts nothing until the old one is back as a slave", () => {
    const starts = (SLAVE_HA: boolean) => {
      const brain = righted();
      brain.settings = { ...SETTINGS, SLAVE_HA };
      brain.memory = { ...brain.memory, promotion: null, promoted: { oldMaster: host(1) } };
      const database = ok(stale(web, { back: true, ...OFFICE }));
      return short(brain.look(70, { database, probes: followed }).actions).includes("start-vm web");
    };
    expect([starts(false), starts(true)]).toEqual([false, true]);
  });
});
