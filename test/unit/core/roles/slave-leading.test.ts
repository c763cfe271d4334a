import { describe, expect, test } from "bun:test";
import type { Heard } from "../../../../src/core/members/heard.ts";
import type { Isolation } from "../../../../src/core/memory/isolation.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { decideSlave } from "../../../../src/core/roles/slave.ts";
import {
  ALIVE,
  address,
  type Brain,
  DEAD,
  database,
  fenceOf,
  haltedVm,
  healthIn,
  host,
  hostView,
  incidentIn,
  MASTER,
  memoryWith,
  runsThere,
  SETTINGS,
  type Situation,
  said,
  short,
  slave,
  slaveRound,
  three,
  XAPI_DOWN,
} from "../fixtures.ts";
import { ok } from "../master-fixtures.ts";
import { hearing, peer } from "../members/hearing.ts";
import { takeOver } from "../memory/remembered.ts";
import { isLedBy, NOBODY_LEADS, type SightOver } from "../sight.ts";

type Probes = Readonly<Record<string, typeof DEAD>>;
const gone: Probes = { h1: DEAD, h3: ALIVE() };
const fenceMaster = fenceOf(host(1));

/** A slave that has seen the pool healthy. */
function readySlave(number = 2): Brain {
  const brain = slave(number);
  brain.look(0, { database: ok(database(three())), probes: { h1: MASTER } });
  return brain;
}
/** The master dies: suspected at 10 s, failed at 30 s. */
function loseMaster(brain: Brain, probes = gone) {
  brain.look(10, { probes });
  brain.look(20, { probes });
  return brain.look(30, { probes });
}

test("the leader does not wait for the first of the ranking", () => {
  const brain = readySlave(3);
  expect(loseMaster(brain, { h1: DEAD, h2: ALIVE() }).actions).toEqual([fenceMaster]);
});

test("a pool that nobody leads any more while the master is being fenced: not promoted", () => {
  const brain = readySlave();
  loseMaster(brain);
  brain.finish(fenceMaster, { kind: "done" }, 31);
  const group = { roll: { master: host(2) } };
  expect(brain.look(32, { probes: gone, group: NOBODY_LEADS }).actions).toEqual([]);
  expect(brain.look(33, { probes: gone, group: { ...NOBODY_LEADS, ...group } }).actions).toEqual([]);
  // The group learns from this host, as soon as that leads again, that the old master is off, and names it.
  expect(brain.look(34, { probes: gone }).memory.promotion?.phase).toBe("proved");
  expect(brain.look(35, { probes: gone, group }).actions).toEqual([
    { kind: "promote-self", rests: [host(1)], route: address(host(1)) },
  ]);
});

describe("no votes are required, and nobody leads", () => {
  const byChoice = { ...fenceMaster, byLeader: false };
  const five = [1, 2, 3, 4, 5].map((number) => hostView(host(number)));
  const lone = (number: number) => {
    const brain = slave(number);
    brain.settings = { ...SETTINGS, FENCE_QUORUM_REQUIRED: false };
    brain.look(0, { database: ok(database(five)), probes: { h1: MASTER } });
    brain.group = NOBODY_LEADS;
    return brain;
  };
  const others = (over: Record<string, typeof DEAD>) => ({ h1: DEAD, h4: ALIVE(), h5: ALIVE(), ...over });

  test("a master that lives goes first: its slaves wait for MONITOR_DELAY and XAPI_DELAY", () => {
    const brain = lone(3);
    const probes = others({ h2: ALIVE() });
    loseMaster(brain, probes);
    for (const atS of [40, 60, 84]) {
      const { actions, reasons } = brain.look(atS, { probes });
      expect(actions).toEqual([]);
      expect(reasons).toContainEqual({
        kind: "not-promoted",
        master: "h1",
        why: "too-early",
        silent: [],
        tie: null,
      });
    }
    expect(brain.look(85, { probes }).actions).toEqual([byChoice]);
  });

  test("all that are silent are fenced, one after the other, for a mandate needs the word of everybody who is not off", () => {
    const brain = lone(2);
    const probes = { h1: DEAD, h3: DEAD, h4: ALIVE(), h5: DEAD };
    loseMaster(brain, probes);
    const step = brain.look(90, { probes });
    expect(step.actions).toEqual([byChoice]);
    expect(said(step.reasons).filter((told) => told.startsWith("fence-waits"))).toEqual([
      "fence-waits h3",
      "fence-waits h5",
    ]);
  });

  test("the leader fences the master alone: it is master before it sees to the others", () => {
    const brain = lone(2);
    brain.group = {};
    const probes = { h1: DEAD, h3: DEAD, h4: ALIVE(), h5: DEAD };
    expect(loseMaster(brain, probes).actions).toEqual([fenceMaster]);
  });

  test("whoever is fenced: without a mandate it is not promoted", () => {
    const brain = lone(2);
    const probes = others({ h3: ALIVE() });
    loseMaster(brain, probes);
    expect(brain.look(90, { probes }).actions).toEqual([byChoice]);
    brain.finish(byChoice, { kind: "done" }, 91);
    expect(brain.look(92, { probes }).actions).toEqual([]);
    expect(brain.look(93, { probes, group: {} }).actions).toEqual([]);
    expect(brain.look(94, { probes, group: { roll: { master: host(2) } } }).actions).toEqual([
      { kind: "promote-self", rests: [host(1)], route: address(host(1)) },
    ]);
  });
});

describe("SLAVE_VM_STAT=1: a slave starts VMs, too", () => {
  const read = database(three(), { halted: [haltedVm("web")] });
  const starts = (
    group: SightOver,
    { on = true, atS = 180, master = "silent" }: { on?: boolean; atS?: number; master?: Heard } = {},
  ) => {
    const brain = readySlave();
    brain.settings = { ...SETTINGS, SLAVE_VM_STAT: on };
    const runs = new Map([1, 3].map((number) => [host(number), runsThere(host(1))]));
    const peers = master === "unknown" ? [] : [peer(1, { heard: master }), peer(3)];
    const seen = { database: ok(read), probes: { h1: MASTER }, hearing: hearing(...peers) };
    const { actions, memory } = brain.look(atS, { ...seen, group, runs });
    const isStarted = short(actions).includes("start-vm web");
    // Whoever starts nothing does not wonder either why a VM is down.
    if (!isStarted) expect(memory.down).toEqual({});
    return isStarted;
  };
  const rows: readonly [string, () => boolean, boolean][] = [
    ["when it leads", () => starts({}), true],
    ["not without a mandate, in the name of nobody", () => starts(NOBODY_LEADS), false],
    ["not when another host leads", () => starts(isLedBy(host(1))), false],
    ["not after its mandate", () => starts({ mandateUntilMs: 179_999 }), false],
    ["not before the pool has been at rest for three minutes", () => starts({}, { atS: 179 }), false],
    ["not while the master's monitor is heard", () => starts({}, { master: "direct" }), false],
    ["nor while another host hears it", () => starts({}, { master: "reported" }), false],
    ["nor when nothing is known of it", () => starts({}, { master: "unknown" }), false],
    ["not where the administrator does not want that", () => starts({}, { on: false }), false],
  ];
  for (const [title, found, expected] of rows) test(title, () => expect(found()).toBe(expected));
});

const NOW_MS = 1_000_000;
const LOST: PeerProbe = { icmp: "answered", xapi: "answered", follows: { kind: "lost" } };
const XAPI_SILENT = "xapi-silent";

/** What h2 does as a slave of h1, and what it says. */
function look(over: Partial<Memory>, situation: Situation) {
  const memory = memoryWith({ following: address(host(1)), ...over });
  const { actions, reasons } = decideSlave(slaveRound(memory, { nowMs: NOW_MS, ...situation }));
  return { does: short(actions).join(), says: said(reasons) };
}

describe("decideSlave: the host that it follows has become a slave itself", () => {
  const health = { h1: healthIn("alive"), h3: healthIn("failed") };
  const toH3: PeerProbe = ALIVE(host(3));
  const does = (h1: PeerProbe, group: SightOver, over: Partial<Memory> = {}, h3 = DEAD) =>
    look({ health, ...over }, { probes: { h1, h3 }, group }).does;
  const isNamed = (number: number) => ({ roll: { master: host(number) } });
  const fenced = { incidents: incidentIn("fenced", { proved: true }) };
  const alive = { health: { ...health, h3: healthIn("alive") } };
  const suspect = { health: { ...health, h3: healthIn("suspect") } };
  const rows: readonly [string, string, string][] = [
    [
      "it follows the dead one that the group has named: that is fenced",
      does(toH3, isNamed(3)),
      "fence-host h3",
    ],
    ["it looks for a master: the named one is fenced", does(LOST, isNamed(3)), "fence-host h3"],
    ["it follows this host: the named one is fenced", does(ALIVE(host(2)), isNamed(3)), "fence-host h3"],
    ["the named one is off: the group is to name another one first", does(toH3, isNamed(3), fenced), ""],
    ["the named one does not answer for the first time: nothing", does(toH3, isNamed(3), suspect), ""],
    ["the named one lives: nothing", does(toH3, isNamed(3), alive, MASTER), ""],
    ["another host leads: nothing", does(toH3, { ...isLedBy(host(1)), ...isNamed(3) }), ""],
    ["nobody leads: nothing", does(toH3, { ...NOBODY_LEADS, ...isNamed(3) }), ""],
    ["the mandate of this host is over: nothing", does(toH3, { ...isNamed(3), mandateUntilMs: 999_999 }), ""],
    ["the roll is not settled: nothing", does(toH3, { roll: { master: host(3), settled: false } }), ""],
    ["the group has named this host: nothing", does(toH3, isNamed(2)), ""],
    ["the group has named the one that it follows: nothing", does(toH3, isNamed(1)), ""],
    // Whoever leads knows whom the group has named, and what anybody else says of himself is nothing to it.
    ["it says that it is master: the named one is fenced", does(MASTER, isNamed(3)), "fence-host h3"],
    ["its xapi says nothing: the named one is fenced", does(XAPI_DOWN, isNamed(3)), "fence-host h3"],
    [
      "it is dead itself, and says nothing: the named one is fenced first",
      does(DEAD, isNamed(3), { health: { ...health, h1: healthIn("failed") } }),
      "fence-host h3",
    ],
  ];
  for (const [title, found, expected] of rows) test(title, () => expect(found).toBe(expected));

  const follows: readonly [string, SightOver][] = [
    ["another host leads", { ...isLedBy(host(1)), ...isNamed(3) }],
    ["the mandate of this host is over", { ...isNamed(3), mandateUntilMs: NOW_MS - 1 }],
    ["the group has named the one that it follows", isNamed(1)],
  ];
  for (const [title, group] of follows)
    test(`${title}: it says that whom it follows is no master, and nothing of the named one`, () =>
      expect(look({ health }, { probes: { h1: toH3, h3: DEAD }, group }).says).toEqual([
        "master-is-slave h1",
        XAPI_SILENT,
      ]));

  test("the group has named this host, and for twenty seconds no host has been master: it becomes it", () => {
    const masterlessFor = (ms: number) => ({ health, masterlessSinceMs: NOW_MS - ms });
    const seen = { probes: { h1: toH3, h3: DEAD }, group: isNamed(2) };
    expect(look(masterlessFor(19_999), seen)).toEqual({ does: "", says: [] });
    expect(look(masterlessFor(20_000), seen)).toEqual({ does: "promote-self", says: ["promoting"] });
  });

  test("who is replaced is whom the group has named, and not whom it follows", () => {
    const memory = memoryWith({ following: address(host(1)), health, ...fenced });
    const round = slaveRound(memory, { probes: { h1: toH3, h3: DEAD }, group: isNamed(3) });
    const step = decideSlave(round);
    expect(step.memory.promotion).toMatchObject({ oldMaster: host(3), phase: "proved" });
    const named = slaveRound(step.memory, { probes: { h1: toH3, h3: DEAD }, group: isNamed(2) });
    expect(decideSlave(named).actions).toEqual([
      { kind: "promote-self", rests: [host(3)], route: address(host(3)) },
    ]);
  });
});

describe("decideSlave: a host that has rebooted itself, and has not seen the pool whole since", () => {
  const out: Isolation = { sinceMs: 0, rebooted: true, wellSinceMs: null };
  const failed = { health: { h1: healthIn("failed") } };
  const rebooted = (group: SightOver, over: Partial<Memory> = {}, situation: Situation = {}) => {
    const { does, says } = look(
      { ...failed, isolation: out, ...over },
      { probes: gone, group, ...situation },
    );
    return [does, says.includes("out-of-ha-after-reboot") ? "out" : "in"];
  };
  const off = { incidents: incidentIn("fenced", { uuid: host(1), proved: true }) };
  const away = { sawPoolSinceBoot: false };
  const byChoice = { settings: { FENCE_QUORUM_REQUIRED: false } };
  const rows: readonly [string, readonly string[], readonly string[]][] = [
    ["it leads: the dead master is fenced", rebooted({}), ["fence-host h1", "in"]],
    ["it leads, and the master is off: the group is to name it", rebooted({}, off), ["", "in"]],
    [
      "it leads, and the group has named it: it takes over",
      rebooted({ roll: { master: host(2) } }, { ...off, promotion: takeOver({ phase: "proved" }) }),
      ["promote-self", "in"],
    ],
    [
      "it leads, and has done so for two minutes since its boot: it fences",
      rebooted({}, away),
      ["fence-host h1", "in"],
    ],
    [
      "it has just been elected after its boot: it waits its turn",
      rebooted({ sinceMs: NOW_MS - 119_999 }, away),
      ["", "in"],
    ],
    ["nobody leads: it is out of HA", rebooted(NOBODY_LEADS), ["", "out"]],
    ["nobody leads, and the master is off", rebooted(NOBODY_LEADS, off), ["", "out"]],
    ["another host leads", rebooted(isLedBy(host(3))), ["", "out"]],
    ["its mandate is over", rebooted({ mandateUntilMs: NOW_MS - 1 }), ["", "out"]],
    ["no votes are required, and nobody leads", rebooted(NOBODY_LEADS, {}, byChoice), ["", "out"]],
    ["its monitor says nothing", rebooted({}, {}, { hearing: "unknown" }), ["", "out"]],
    [
      "it has seen the pool whole since, and nobody leads: it is not out of HA, and fences nobody",
      rebooted(NOBODY_LEADS, { isolation: { ...out, wellSinceMs: 5 } }),
      ["", "in"],
    ],
    [
      "it was cut off, and has not rebooted, and nobody leads",
      rebooted(NOBODY_LEADS, { isolation: { ...out, rebooted: false } }),
      ["", "in"],
    ],
  ];
  for (const [title, found, expected] of rows) test(title, () => expect(found).toEqual(expected));
});

describe("decideSlave: its master is dead, and it has not seen it since its boot", () => {
  const says = (settings: Partial<typeof SETTINGS>) =>
    look(
      { sawPoolSinceBoot: false, health: { h1: healthIn("failed") } },
      { probes: gone, group: NOBODY_LEADS, settings },
    ).says;
  test("it says what can be done", () => expect(says({})).toContain("not-promoted away-since-boot"));
  test("not what would be for nothing, where promotion is switched off", () =>
    expect(says({ PROMOTE_SLAVE: false })).toContain("not-promoted promotion-disabled"));
});
