import { describe, expect, test } from "bun:test";
import {
  ALIVE,
  address,
  type Brain,
  DEAD,
  database,
  fenceOf,
  haltedVm,
  host,
  hostView,
  MASTER,
  runsThere,
  SETTINGS,
  short,
  slave,
  three,
} from "../fixtures.ts";
import { ok } from "../master-fixtures.ts";
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
  expect(brain.look(32, { probes: gone, group: NOBODY_LEADS }).actions).toEqual([]);
  expect(brain.look(33, { probes: gone }).actions).toEqual([{ kind: "promote-self", rests: [host(1)] }]);
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

  test("the second of the ranking waits for the first, and takes its place when that is dead too", () => {
    const second = lone(3);
    const first = others({ h2: ALIVE() });
    loseMaster(second, first);
    const why = { kind: "not-promoted", master: "h1", why: "not-the-successor" } as const;
    expect(second.look(600, { probes: first }).reasons).toContainEqual(why);

    const alone = lone(3);
    const probes = others({ h2: DEAD });
    for (const atS of [10, 20, 30, 40]) expect(alone.look(atS, { probes }).actions).toEqual([]);
    expect(alone.look(50, { probes }).actions).toContainEqual(byChoice);
  });

  test("all that are silent are fenced, for a mandate needs the word of everybody who is not off", () => {
    const brain = lone(2);
    const probes = { h1: DEAD, h3: DEAD, h4: ALIVE(), h5: DEAD };
    const { actions } = loseMaster(brain, probes);
    expect(actions).toEqual([
      byChoice,
      { ...byChoice, host: host(3), address: address(host(3)) },
      { ...byChoice, host: host(5), address: address(host(5)) },
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
    expect(loseMaster(brain, probes).actions).toEqual([byChoice]);
    brain.finish(byChoice, { kind: "done" }, 31);
    expect(brain.look(32, { probes }).actions).toEqual([]);
    expect(brain.look(33, { probes, group: {} }).actions).toEqual([
      { kind: "promote-self", rests: [host(1)] },
    ]);
  });
});

describe("SLAVE_VM_STAT=1: a slave starts VMs, too", () => {
  const read = database(three(), { halted: [haltedVm("web")] });
  const starts = (group: SightOver, { on = true, atS = 180 } = {}) => {
    const brain = readySlave();
    brain.settings = { ...SETTINGS, SLAVE_VM_STAT: on };
    const runs = new Map([1, 3].map((number) => [host(number), runsThere(host(1))]));
    const { actions, memory } = brain.look(atS, { database: ok(read), probes: { h1: MASTER }, group, runs });
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
    ["not where the administrator does not want that", () => starts({}, { on: false }), false],
  ];
  for (const [title, found, expected] of rows) test(title, () => expect(found()).toBe(expected));
});
