import { describe, expect, test } from "bun:test";
import { applianceUuid } from "../../../../src/core/model/ids.ts";
import { notBeforeMs } from "../../../../src/core/pace/flapping.ts";
import { needsOf } from "../../../../src/core/placement/build-problem.ts";
import { rankOf } from "../../../../src/core/restart/rank.ts";
import {
  judgeVm,
  PARALLEL_STARTS,
  planApplianceRestarts,
  planVmRestarts,
  type RestartInput,
} from "../../../../src/core/restart/restart-plan.ts";
import { FLAG, haltedVm, host, POOL, ranIn, SETTINGS, short, vm } from "../fixtures.ts";
import { inventoryOf, roomy } from "../placement/pools.ts";

const input = (over: Partial<RestartInput>): RestartInput => ({
  pool: POOL,
  nowMs: 1_000_000,
  halted: [],
  appliances: [],
  targets: [roomy(1, 500)],
  excluded: [],
  needs: new Map(),
  nameOf: (uuid) => uuid,
  allHealthy: true,
  isAnyResting: false,
  resting: new Set(),
  restarts: {},
  retries: {},
  down: {},
  supply: { hosts: [], freeBytes: 0, storage: null },
  holds: new Map(),
  stops: new Map(),
  unready: new Set(),
  unreleased: new Set(),
  inFlight: new Set(),
  ...over,
});
const starts = (over: Partial<RestartInput>, settings = SETTINGS) =>
  short(planVmRestarts(input(over), settings).starts);
const refused = (over: Partial<RestartInput>, settings = SETTINGS) =>
  planVmRestarts(input(over), settings).refused.map(({ name, why }) => `${name} ${why}`);

describe("judgeVm", () => {
  const selective = { ...SETTINGS, GLOBAL_VM_HA: false };
  const home = ranIn("a");
  const rows: readonly [string, Parameters<typeof judgeVm>, string | null][] = [
    ["a VM that ran here", [haltedVm("a"), POOL, SETTINGS], null],
    ["one that never ran here", [haltedVm("a", { otherConfig: {} }), POOL, SETTINGS], "never-ran-here"],
    [
      "a clone of one that did",
      [haltedVm("a", { otherConfig: ranIn("b") }), POOL, SETTINGS],
      "never-ran-here",
    ],
    [
      "one that HA-Lizard 2.x has marked",
      [haltedVm("a", { otherConfig: { "home-pool": POOL } }), POOL, SETTINGS],
      "never-ran-here",
    ],
    [
      "one whose home is elsewhere",
      [haltedVm("a", { otherConfig: ranIn("a", "other") }), POOL, SETTINGS],
      "home-is-another-pool",
    ],
    ["an operation in progress", [haltedVm("a", { busy: true }), POOL, SETTINGS], "operation-in-progress"],
    ["a blocked start", [haltedVm("a", { startBlocked: true }), POOL, SETTINGS], "start-blocked"],
    ["GLOBAL_VM_HA=0 without a flag", [haltedVm("a"), POOL, selective], "not-managed"],
    [
      "GLOBAL_VM_HA=0 with flag false",
      [haltedVm("a", { otherConfig: { ...home, [FLAG]: "false" } }), POOL, selective],
      "not-managed",
    ],
    [
      "GLOBAL_VM_HA=0 with flag true",
      [haltedVm("a", { otherConfig: { ...home, [FLAG]: "true" } }), POOL, selective],
      null,
    ],
  ];
  for (const [title, [machine, pool, settings], expected] of rows) {
    test(`${title}: ${expected ?? "may start"}`, () =>
      expect(judgeVm(machine, pool, settings)).toBe(expected as null));
  }
});

describe("planVmRestarts", () => {
  test("groups of VM.order in turn, negative ones last", () => {
    const halted = [
      haltedVm("late", { order: -1 }),
      haltedVm("second", { order: 2 }),
      haltedVm("first", { order: 1 }),
    ];
    expect(starts({ halted })).toEqual(["start-vm first"]);
    expect(refused({ halted })).toEqual(["late waits-for-lower-order", "second waits-for-lower-order"]);
    expect(starts({ halted: halted.slice(0, 2) })).toEqual(["start-vm second"]);
    expect(starts({ halted: halted.slice(0, 1) })).toEqual(["start-vm late"]);
  });

  test("the next group waits for the start_delay of the one before", () => {
    const restarts = { first: { startedAtMs: [990_000], order: 1, startDelayS: 30, host: null } };
    const halted = [haltedVm("second", { order: 2 })];
    expect(starts({ halted, restarts })).toEqual([]);
    expect(starts({ halted, restarts, nowMs: 1_020_000 })).toEqual(["start-vm second"]);
  });

  test("a VM that waits after a failed start does not hold up the next group", () => {
    const retries = { "start-vm:first": { failures: 1, notBeforeMs: 2_000_000 } };
    const halted = [haltedVm("first", { order: 1 }), haltedVm("second", { order: 2 })];
    expect(starts({ halted, retries })).toEqual(["start-vm second"]);
    expect(refused({ halted, retries })).toEqual(["first waits-for-back-off"]);
  });

  test("most free memory first, what is placed counts", () => {
    const targets = [
      roomy(1, 250),
      roomy(2, 300),
      roomy(3, 0, { freeBytes: "unknown", squeezedFreeBytes: "unknown" }),
    ];
    const plan = planVmRestarts(
      input({ targets, halted: ["a", "b", "c"].map((name) => haltedVm(name)) }),
      SETTINGS,
    );
    const candidates = plan.starts.map((start) => (start.kind === "start-vm" ? start.candidates : []));
    expect(candidates).toEqual([
      [host(2), host(1), host(3)],
      [host(1), host(2), host(3)],
      [host(2), host(1), host(3)],
    ]);
  });

  test("the restart class goes first, the best-effort class last, whatever their order", () => {
    const halted = [
      haltedVm("first", { restartPriority: "restart", order: 9 }),
      haltedVm("second", { order: 1 }),
      haltedVm("third", { restartPriority: "best-effort" }),
    ];
    expect(starts({ halted })).toEqual(["start-vm first"]);
    expect(starts({ halted: halted.slice(1) })).toEqual(["start-vm second"]);
    expect(starts({ halted: halted.slice(2) })).toEqual(["start-vm third"]);
  });

  test("what no host can run is not asked of XAPI, holds up nobody, and it is said what the hosts lack", () => {
    const large = haltedVm("large", { memoryBytes: 900, order: 1 });
    const excluded = [{ host: host(2), why: "disabled" }];
    const plan = planVmRestarts(input({ halted: [large, haltedVm("b", { order: 2 })], excluded }), SETTINGS);
    expect(short(plan.starts)).toEqual(["start-vm b"]);
    expect(plan.refused).toEqual([
      {
        vm: vm("large"),
        name: "large",
        why: "no-host-fits",
        lacks: "h1 with too little free memory; h2 disabled",
      },
    ]);
  });

  test("a VM that waits for its group keeps its place from those that go after it, not from those before", () => {
    const targets = [roomy(1, 300), roomy(2, 100)];
    const halted = [haltedVm("small", { order: 1 }), haltedVm("large", { order: 2, memoryBytes: 300 })];
    const [start] = planVmRestarts(input({ halted, targets }), SETTINGS).starts;
    expect(start?.kind === "start-vm" && start.candidates).toEqual([host(2), host(1)]);
  });

  test("VMs of one group are started on different hosts", () => {
    const tagged = ["a", "b"].map((name) => haltedVm(name));
    const needs = needsOf(inventoryOf(tagged.map((one) => ({ ...one, tags: ["web"] }))));
    const targets = [roomy(1, 900), roomy(2, 200)];
    const hostsOf = (settings: typeof SETTINGS) =>
      planVmRestarts(input({ halted: tagged, targets, needs }), settings).starts.map(
        (start) => start.kind === "start-vm" && start.candidates[0],
      );
    expect(hostsOf(SETTINGS)).toEqual([host(1), host(1)]);
    expect(hostsOf({ ...SETTINGS, ANTI_AFFINITY_TAGS: ["web"] })).toEqual([host(1), host(2)]);
  });

  test("HOST_SELECT_METHOD=1 lets XAPI pick, but not while a host is unwell, or rests", () => {
    const settings = { ...SETTINGS, HOST_SELECT_METHOD: 1 as const };
    const candidatesOf = (allHealthy: boolean, isAnyResting = false) =>
      planVmRestarts(input({ halted: [haltedVm("a")], allHealthy, isAnyResting }), settings).starts.map(
        (start) => (start.kind === "start-vm" ? start.candidates : null),
      );
    expect(candidatesOf(true)).toEqual([[]]);
    expect([candidatesOf(false), candidatesOf(true, true)]).toEqual([[[host(1)]], [[host(1)]]]);
  });

  test("no more than PARALLEL_STARTS at a time, those in flight included", () => {
    const halted = Array.from({ length: 30 }, (_, index) => haltedVm(`vm${String(index).padStart(2, "0")}`));
    const targets = [roomy(1, 30 * 100)];
    expect(starts({ halted, targets }).length).toBe(PARALLEL_STARTS);
    const inFlight = new Set(["start-vm:vm00", "start-vm:vm01", "stamp-home-pool:x"]);
    const next = starts({ halted, targets, inFlight });
    expect(next.length).toBe(PARALLEL_STARTS - 2);
    expect(next).not.toContain("start-vm vm00");
  });

  test("no healthy host: nothing is started, and it is said", () => {
    expect(starts({ halted: [haltedVm("a")], targets: [] })).toEqual([]);
    expect(refused({ halted: [haltedVm("a")], targets: [] })).toEqual(["a no-healthy-host"]);
  });
});

describe("notBeforeMs", () => {
  const history = (...startedAtMs: number[]) => ({ startedAtMs, order: 0, startDelayS: 0, host: null });
  test("two starts within 15 minutes are free, then 1, 2, 4 minutes after the last", () => {
    expect(notBeforeMs(undefined, 10_000)).toBe(0);
    expect(notBeforeMs(history(0), 10_000)).toBe(0);
    expect(notBeforeMs(history(0, 5_000), 10_000)).toBe(65_000);
    expect(notBeforeMs(history(0, 5_000, 66_000), 70_000)).toBe(186_000);
    expect(notBeforeMs(history(0, 5_000, 66_000, 190_000), 200_000)).toBe(430_000);
  });
  test("what is older than 15 minutes is forgotten", () =>
    expect(notBeforeMs(history(0, 5_000), 905_001)).toBe(0));
});

describe("planApplianceRestarts", () => {
  const app = (name: string, over = {}) => ({
    uuid: applianceUuid(name),
    name,
    busy: false,
    haltedVms: [vm("a")],
    ...over,
  });
  const plan = (over: Partial<RestartInput>, settings = { ...SETTINGS, OP_MODE: 1 as const }) => {
    const result = planApplianceRestarts(input({ halted: [haltedVm("a")], ...over }), settings);
    return [...short(result.starts), ...result.refused.map(({ name, why }) => `${name} ${why}`)];
  };
  test("an appliance with a halted VM is started as a whole", () =>
    expect(plan({ appliances: [app("web")] })).toEqual(["start-appliance web"]));
  test("nothing halted: nothing to do", () =>
    expect(plan({ appliances: [app("web", { haltedVms: [] })] })).toEqual([]));
  test("DISABLED_VAPPS are left alone", () =>
    expect(
      plan({ appliances: [app("web")] }, { ...SETTINGS, OP_MODE: 1 as const, DISABLED_VAPPS: ["web"] }),
    ).toEqual(["web not-managed"]));
  test("one with a VM that never ran here is its owner's business", () =>
    expect(plan({ appliances: [app("web")], halted: [haltedVm("a", { otherConfig: {} })] })).toEqual([
      "web never-ran-here",
    ]));
  test("an unwell host about: XAPI could pick it, so nothing is started", () =>
    expect(plan({ appliances: [app("web")], allHealthy: false })).toEqual(["web no-healthy-host"]));
  test("an operation in progress", () =>
    expect(plan({ appliances: [app("web", { busy: true })] })).toEqual(["web operation-in-progress"]));
});

test("planVmRestarts: the next group waits for the guest of the one before, its own group does not", () => {
  const restarts = {
    [vm("db")]: { startedAtMs: [1], order: rankOf(haltedVm("db", { order: 1 })), startDelayS: 0, host: null },
  };
  const halted = [haltedVm("with-it", { order: 1 }), haltedVm("web", { order: 2 })];
  const over = { restarts, halted: halted.slice(1), unready: new Set([vm("db")]) };
  expect(starts(over)).toEqual([]);
  expect(refused(over)).toEqual(["web waits-for-lower-order"]);
  expect(starts({ ...over, halted })).toEqual(["start-vm with-it"]);
  expect(starts({ ...over, unready: new Set() })).toEqual(["start-vm web"]);
});
