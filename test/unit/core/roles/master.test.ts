import { describe, expect, test } from "bun:test";
import type { Action, Result } from "../../../../src/core/model/action.ts";
import { OFFICE_KEY } from "../../../../src/core/model/pool-keys.ts";
import {
  ALIVE,
  address,
  DEAD,
  FLAG,
  fenceOf,
  haltedVm,
  host,
  hostView,
  MASTER,
  master,
  POOL,
  runsThere,
  SETTINGS,
  short,
  vm,
  XAPI_DOWN,
} from "../fixtures.ts";
import { calm, failH3, h3dead, kinds, ok, restedMaster, settled } from "../master-fixtures.ts";
import { NOBODY_LEADS, officeOf } from "../sight.ts";

const fenceH3 = fenceOf(host(3));

describe("decideMaster", () => {
  test("a pool at rest: nothing to do", () => {
    const { actions, reasons } = restedMaster().look(7, { database: ok(settled()), probes: calm });
    expect(actions).toEqual([]);
    expect(kinds(reasons)).toEqual(["successor-chosen"]);
  });

  test("no database: nothing is done, whatever the probes say", () => {
    const brain = restedMaster();
    for (const atS of [10, 20, 30, 40]) {
      const { actions } = brain.look(atS, { probes: { h2: DEAD, h3: DEAD } });
      expect(actions).toEqual([]);
    }
  });

  test("a database that names another master: nothing is done", () => {
    const view = settled();
    const other = { ...view, pool: { ...view.pool, master: host(2) }, halted: [haltedVm("a")] };
    expect(restedMaster().look(10, { database: ok(other), probes: calm }).actions).toEqual([]);
  });

  test("HA off: nothing is started or fenced", () => {
    const view = settled({ halted: [haltedVm("a")] });
    const off = {
      ...view,
      pool: { ...view.pool, otherConfig: { ...view.pool.otherConfig, [FLAG]: "false" } },
    };
    const brain = restedMaster();
    const decisions = [10, 20, 30, 40].map((atS) => brain.look(atS, { database: ok(off), probes: h3dead }));
    expect(new Set(decisions.flatMap(({ actions }) => kinds(actions)))).toEqual(
      new Set(["sync-database", "set-pool-key"]),
    );
  });

  test("HA neither on nor off: said, nothing done", () => {
    const view = settled({ halted: [haltedVm("a")] });
    const unset = { ...view, pool: { ...view.pool, otherConfig: {} } };
    const { actions, reasons } = restedMaster().look(10, { database: ok(unset), probes: h3dead });
    expect([actions, kinds(reasons)]).toEqual([[], ["ha-unset"]]);
  });

  test("XenServer HA switched on: HA-Lizard switches itself off", () => {
    const view = settled({ halted: [haltedVm("a")] });
    const decision = restedMaster().look(10, {
      database: ok({ ...view, pool: { ...view.pool, haEnabled: true } }),
      probes: calm,
    });
    expect(decision.actions).toEqual([{ kind: "set-pool-key", key: FLAG, value: "false" }]);
  });

  test("a halted VM is started at once", () => {
    const { actions } = restedMaster().look(10, {
      database: ok(settled({ halted: [haltedVm("a")] })),
      probes: calm,
    });
    expect(short(actions)).toEqual(["start-vm a"]);
  });

  test("a running VM that was never stamped gets its home pool", () => {
    const hosts = settled().hosts.map((view) =>
      view.uuid === host(2)
        ? {
            ...view,
            residents: [
              { uuid: vm("new"), homePool: null },
              { uuid: vm("old"), homePool: POOL },
            ],
          }
        : view,
    );
    const { actions } = restedMaster().look(10, { database: ok({ ...settled(), hosts }), probes: calm });
    expect(short(actions)).toEqual(["stamp-home-pool new", "store-database"]);
  });

  test("a slave fails: suspect, retries, fence; its VMs are nobody's until XAPI has declared it dead", () => {
    const brain = restedMaster();
    const seen = settled();
    expect(kinds(brain.look(10, { database: ok(seen), probes: h3dead }).actions)).toEqual([]);
    expect(kinds(brain.look(20, { database: ok(seen), probes: h3dead }).actions)).toEqual([]);
    const fence = brain.look(30, { database: ok(seen), probes: h3dead }).actions;
    expect(fence).toContainEqual(fenceH3);
    expect(brain.finish(fenceH3, { kind: "done" }, 31)).toEqual(["host-fenced"]);
    const declare: Action = { kind: "declare-host-dead", host: host(3), proved: true };
    expect(brain.look(32, { database: ok(seen), probes: h3dead }).actions).toContainEqual(declare);
    brain.finish(declare, { kind: "done" }, 33);
    const hosts = seen.hosts.map((view) => (view.uuid === host(3) ? { ...view, enabled: false } : view));
    const after = brain.look(34, {
      database: ok({ ...seen, hosts, halted: [haltedVm("a")] }),
      probes: h3dead,
    });
    expect(short(after.actions)).toContain("start-vm a");
    const start = after.actions.find((action) => action.kind === "start-vm");
    expect(start?.kind === "start-vm" ? start.candidates : []).toEqual([host(1), host(2)]);
    expect(brain.memory.lastGood?.members).toEqual([host(1), host(2)]);
  });

  test("a fence in flight is not begun again, a failed one after a wait", () => {
    const brain = restedMaster();
    failH3(brain);
    brain.inFlight = new Set(["fence-host:h3"]);
    expect(short(brain.look(31, { database: ok(settled()), probes: h3dead }).actions)).not.toContain(
      "fence-host h3",
    );
    brain.inFlight = new Set();
    expect(brain.finish(fenceH3, { kind: "not-fenced", fault: "agent-timeout", detail: "" }, 40)).toEqual([
      "fence-failed",
    ]);
    expect(short(brain.look(41, { database: ok(settled()), probes: h3dead }).actions)).not.toContain(
      "fence-host h3",
    );
    expect(short(brain.look(46, { database: ok(settled()), probes: h3dead }).actions)).toContain(
      "fence-host h3",
    );
  });

  test("a pass that was killed while it fenced: the next one fences again", () => {
    const brain = restedMaster();
    failH3(brain);
    expect(brain.memory.incidents["h3"]?.phase).toBe("fencing");
    expect(brain.look(31, { database: ok(settled()), probes: h3dead }).actions).toContainEqual(fenceH3);
  });

  test("HOST_IS_LIVE: XAPI reached it, hands off", () => {
    const brain = restedMaster();
    failH3(brain);
    brain.finish(fenceH3, { kind: "done" }, 31);
    const declare: Action = { kind: "declare-host-dead", host: host(3), proved: true };
    const live: Result = { kind: "refused", fault: { kind: "api", code: "HOST_IS_LIVE", params: [] } };
    expect(brain.finish(declare, live, 32)).toEqual(["host-answers-xapi"]);
    const later = brain.look(500, { database: ok(settled()), probes: h3dead }).actions;
    expect(kinds(later)).not.toContain("declare-host-dead");
    expect(kinds(later)).not.toContain("fence-host");
  });

  test("a host that is removed from the pool has no incident any more", () => {
    const brain = restedMaster();
    failH3(brain);
    const view = settled();
    const without = { ...view, hosts: view.hosts.filter(({ uuid }) => uuid !== host(3)) };
    brain.look(40, { database: ok(without), probes: calm });
    expect(brain.memory.incidents).toEqual({});
  });

  test("a host that comes back closes its incident; failing again opens a new one", () => {
    const brain = restedMaster();
    failH3(brain);
    brain.finish(fenceH3, { kind: "done" }, 31);
    expect(kinds(brain.look(40, { database: ok(settled()), probes: calm }).reasons)).toContain("host-back");
    expect(brain.memory.incidents).toEqual({});
    brain.look(50, { database: ok(settled()), probes: h3dead });
    brain.look(60, { database: ok(settled()), probes: h3dead });
    expect(brain.look(70, { database: ok(settled()), probes: h3dead }).actions).toContainEqual(fenceH3);
  });

  test("a host in maintenance that goes silent is nobody's business", () => {
    const brain = restedMaster();
    const hosts = settled().hosts.map((view) => (view.uuid === host(3) ? { ...view, enabled: false } : view));
    const view = { ...settled(), hosts };
    for (const atS of [300, 330, 361]) brain.look(atS, { database: ok(view), probes: calm });
    expect(brain.memory.lastGood?.members).toEqual([host(1), host(2)]);
    for (const atS of [370, 380, 390, 400, 410]) {
      const decision = brain.look(atS, { database: ok(view), probes: h3dead });
      expect(short(decision.actions).filter((action) => action.includes("h3"))).toEqual([]);
      expect(kinds(decision.reasons)).not.toContain("host-failed");
    }
  });

  test("a host whose xapi just restarted is disabled for a while and stays a member", () => {
    const brain = restedMaster();
    const hosts = settled().hosts.map((view) =>
      view.uuid === host(3) ? { ...view, enabled: false, xapiStartTime: "2." } : view,
    );
    brain.look(10, { database: ok({ ...settled(), hosts }), probes: calm });
    expect(brain.memory.lastGood?.members).toEqual([host(1), host(2), host(3)]);
    brain.look(180, { database: ok({ ...settled(), hosts }), probes: calm });
    expect(brain.memory.lastGood?.members).toEqual([host(1), host(2), host(3)]);
    brain.look(400, { database: ok({ ...settled(), hosts }), probes: calm });
    expect(brain.memory.lastGood?.members).toEqual([host(1), host(2)]);
  });

  test("a host that is disabled and silent at once stays a member, is not fenced, and is spoken of", () => {
    const brain = restedMaster();
    const residents = [{ uuid: vm("web"), homePool: POOL }];
    const hosts = settled().hosts.map((view) =>
      view.uuid === host(3) ? { ...view, enabled: false, residents } : view,
    );
    const view = { ...settled(), hosts };
    for (const atS of [300, 310, 320, 400]) brain.look(atS, { database: ok(view), probes: h3dead });
    const decision = brain.look(600, { database: ok(view), probes: h3dead });
    expect(brain.memory.lastGood?.members).toEqual([host(1), host(2), host(3)]);
    expect(kinds(decision.actions)).not.toContain("fence-host");
    expect(decision.reasons).toContainEqual({ kind: "fence-refused", host: "h3", why: "in-maintenance" });
  });

  test("two hosts: a master that was away neither starts nor fences by the gateway's vote", () => {
    const hosts = settled().hosts.slice(0, 2);
    const view = { ...settled({ halted: [haltedVm("a")] }), hosts };
    const brain = master();
    brain.settings = { ...SETTINGS, FENCE_MIN_HOSTS: 2 };
    for (const atS of [0, 6])
      brain.look(atS, { database: ok({ ...view, halted: [] }), probes: { h2: ALIVE() } });
    const seen = { database: ok(view), probes: { h2: DEAD }, heuristics: "all-answered" } as const;
    const here = [10, 20, 30].flatMap((atS) => kinds(brain.look(atS, seen).actions));
    expect(here).toContain("fence-host");
    brain.self = { ...brain.self, bootId: "boot-2" };
    const away = [10, 20, 30, 400].flatMap((atS) => kinds(brain.look(atS, seen).actions));
    expect(away.filter((kind) => !["set-pool-key", "mark-host", "store-database"].includes(kind))).toEqual(
      [],
    );
    for (const atS of [410, 416])
      brain.look(atS, { database: ok({ ...view, halted: [] }), probes: { h2: ALIVE() } });
    const again = [420, 430, 440].flatMap((atS) => kinds(brain.look(atS, seen).actions));
    expect(again).toContain("fence-host");
  });

  test("a master that was away starts VMs as soon as its database has its office, and writes that first", () => {
    const view = settled({ halted: [haltedVm("a")] });
    const does = (office: string) => {
      const brain = restedMaster();
      brain.self = { ...brain.self, bootId: "boot-2" };
      const otherConfig = { ...view.pool.otherConfig, [OFFICE_KEY]: office };
      const database = ok({ ...view, pool: { ...view.pool, otherConfig } });
      return brain.look(70, { database, probes: calm }).actions;
    };
    const current = does(officeOf(host(1)));
    expect(short(current)).toContain("start-vm a");
    expect(short(current)).not.toContain(`set-pool-key ${OFFICE_KEY}`);
    // Its database is older than its office: a copy of the time before it was named, or of another master's time.
    const older = does(officeOf(host(3)));
    expect(short(older)).not.toContain("start-vm a");
    expect(older).toContainEqual({ kind: "set-pool-key", key: OFFICE_KEY, value: officeOf(host(1)) });
  });

  test("an old master that returns, cut off, to a database in which all others are disabled is no pool of one", () => {
    for (const memory of ["kept", "lost"]) {
      const brain = memory === "kept" ? restedMaster() : master();
      brain.self = { ...brain.self, bootId: "boot-2" };
      brain.group = NOBODY_LEADS;
      const hosts = settled().hosts.map((view) =>
        view.uuid === host(1) ? view : { ...view, enabled: false },
      );
      const view = { ...settled({ halted: [haltedVm("a")] }), hosts };
      for (const atS of [10, 100, 300, 600]) {
        const decision = brain.look(atS, { database: ok(view), probes: { h2: DEAD, h3: DEAD } });
        expect(kinds(decision.actions)).not.toContain("start-vm");
        if (atS > 10) expect(kinds(decision.reasons)).toContain("not-leading");
      }
    }
  });

  describe("another host is master, too, and the third one follows it", () => {
    const view = settled({ halted: [haltedVm("a")] });
    const seen = { database: ok(view), probes: { h2: MASTER, h3: ALIVE(host(2)) } };

    test("the group has named that one: this one starts nothing, and follows it", () => {
      const decision = restedMaster().look(10, { ...seen, group: { roll: { master: host(2) } } });
      expect(decision.actions).toEqual([{ kind: "follow-master", address: address(host(2)) }]);
      expect(kinds(decision.reasons)).toEqual(["rival-master"]);
    });

    test("the group names nobody: it starts nothing, and says so when that has lasted", () => {
      const brain = restedMaster();
      const decisions = [10, 70].map((atS) => brain.look(atS, { ...seen, group: NOBODY_LEADS }));
      expect(decisions.flatMap(({ actions }) => kinds(actions))).not.toContain("start-vm");
      expect(decisions.map(({ reasons }) => kinds(reasons).includes("not-leading"))).toEqual([false, true]);
    });

    test("the group has named this one: what others say of themselves is nothing to it", () => {
      const runs = new Map([2, 3].map((number) => [host(number), runsThere(host(1))]));
      expect(short(restedMaster().look(10, { ...seen, runs }).actions)).toEqual(["start-vm a"]);
    });
  });

  test("XAPI of a slave down: an alert, no fence, no VM placed on it", () => {
    const brain = restedMaster();
    const view = settled({ halted: [haltedVm("a")] });
    const runs = new Map([host(2), host(3)].map((uuid) => [uuid, runsThere(host(1))]));
    const decision = brain.look(10, { database: ok(view), probes: { h2: ALIVE(), h3: XAPI_DOWN }, runs });
    expect(kinds(decision.reasons)).toContain("host-xapi-down");
    const start = decision.actions.find((action) => action.kind === "start-vm");
    expect(start?.kind === "start-vm" ? start.candidates : []).toEqual([host(1), host(2)]);
    expect(kinds(decision.actions)).not.toContain("fence-host");
  });

  test("too few members for FENCE_MIN_HOSTS: refused and said", () => {
    const brain = restedMaster();
    brain.settings = { ...SETTINGS, FENCE_MIN_HOSTS: 4 };
    const decision = failH3(brain);
    expect(kinds(decision.actions)).not.toContain("fence-host");
    expect(decision.reasons).toContainEqual({ kind: "fence-refused", host: "h3", why: "too-few-members" });
  });

  test("FENCE_HA_ONFAIL=1: the VMs are given free although the fence failed", () => {
    const brain = restedMaster();
    brain.settings = { ...SETTINGS, FENCE_HA_ONFAIL: true };
    failH3(brain);
    expect(brain.finish(fenceH3, { kind: "not-fenced", fault: "agent-failed", detail: "" }, 31)).toEqual([
      "fence-failed",
      "host-fenced",
    ]);
    const declare: Action = { kind: "declare-host-dead", host: host(3), proved: false };
    expect(brain.look(32, { database: ok(settled()), probes: h3dead }).actions).toContainEqual(declare);
  });

  test("a host fenced by POOL stays a member: nothing proved that it is off", () => {
    const brain = restedMaster();
    brain.settings = { ...SETTINGS, FENCE_METHOD: "POOL" };
    failH3(brain);
    brain.finish(fenceH3, { kind: "done" }, 31);
    brain.finish({ kind: "declare-host-dead", host: host(3), proved: false }, { kind: "done" }, 32);
    const hosts = settled().hosts.map((view) => (view.uuid === host(3) ? { ...view, enabled: false } : view));
    brain.look(33, { database: ok({ ...settled(), hosts }), probes: h3dead });
    expect(brain.memory.lastGood?.members).toEqual([host(1), host(2), host(3)]);
  });

  test("no slave qualifies: none_available", () => {
    const only = [
      hostView(host(1), { otherConfig: { [FLAG]: "master" } }),
      hostView(host(2), { enabled: false }),
    ];
    const brain = restedMaster();
    const seen = { database: ok({ ...settled(), hosts: only }), probes: {} };
    const decision = brain.look(10, seen);
    expect(decision.actions).toContainEqual({
      kind: "set-pool-key",
      key: "autopromote_uuid",
      value: "none_available",
    });
    // A host whose xapi starts is disabled for a moment: that is not worth an alert.
    expect(kinds(decision.reasons)).not.toContain("no-successor");
    expect(kinds(brain.look(80, seen).reasons)).toContain("no-successor");
  });
});
