import { expect, test } from "bun:test";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { Standing } from "../../../../src/core/memory/standing.ts";
import type { DatabaseView, InventoryVm } from "../../../../src/core/model/pool-view.ts";
import { STOP_KEY } from "../../../../src/core/model/stop.ts";
import { isStandingDue, keepStanding } from "../../../../src/core/restart/standing.ts";
import {
  database,
  FLAG,
  haltedVm,
  healthIn,
  host,
  hostView,
  incidentIn,
  masterRound,
  memoryWith,
  ranIn,
} from "../fixtures.ts";
import { inventoryOf } from "../placement/pools.ts";

const NOW_MS = 1_000_000;
const CALM = memoryWith({ incidents: {} });

const running = (name: string, on: number, over: Partial<InventoryVm> = {}) => ({
  ...haltedVm(name),
  ...{ powerState: "Running" as const, residentOn: host(on), storages: ["nfs"] },
  ...over,
});

function look(
  vms: Parameters<typeof inventoryOf>[0],
  settings: Record<string, unknown> = {},
  over: Partial<Memory> = {},
  more: { readonly database?: Partial<DatabaseView> } = {},
) {
  const hosts = [
    hostView(host(1), { freeMemoryBytes: 100 }),
    hostView(host(2), { freeMemoryBytes: 200 }),
    hostView(host(3), { freeMemoryBytes: 900, enabled: false }),
  ];
  const attached = { storages: new Set(["nfs"]), networks: new Set<string>() };
  const inventory = inventoryOf(vms, { hosts: new Map(hosts.map(({ uuid }) => [uuid, attached])) });
  const memory = { ...CALM, ...over };
  const round = masterRound(memory, { database: database(hosts, more.database), settings });
  return keepStanding(memory, { ...round, view: { ...round.view, inventory, nowMs: NOW_MS } });
}

test("a pool that can lose any one host has nothing to tell", () => {
  const { memory, reasons } = look([running("a", 1), running("b", 2)]);
  expect(reasons).toEqual([]);
  expect(memory.standing).toMatchObject({ atMs: NOW_MS, inService: 2, weakHosts: [], unprotected: [] });
});

test("hosts whose VMs would not all find memory are told together", () => {
  const { reasons } = look([running("a", 1), running("b", 1), running("c", 2), running("d", 2)]);
  expect(reasons).toEqual([{ kind: "pool-not-surviving", hosts: ["h2"] }]);
});

test("VMs that no memory would help: local disk, blocked start, no flag; one that was switched off is nobody's worry", () => {
  const flag = (name: string, value: string) => ({ otherConfig: { ...ranIn(name), [FLAG]: value } });
  const vms = [
    running("tied", 1, { storages: ["local"], ...flag("tied", "true") }),
    running("blocked", 2, { startBlocked: true, ...flag("blocked", "true") }),
    running("new", 2),
    running("off", 2, flag("off", "false")),
    running("fine", 2, flag("fine", "true")),
  ];
  const { reasons } = look(vms, { GLOBAL_VM_HA: false });
  expect(reasons).toEqual([
    {
      kind: "vms-unprotected",
      vms: [
        "blocked (its start is blocked)",
        "new (its HA flag is neither true nor false)",
        'tied (h2 without its storage "local")',
      ],
    },
  ]);
});

const FOUND: Standing = {
  ...{ atMs: NOW_MS - 10_000, nextMs: NOW_MS, inService: 2, seen: "ab" },
  ...{ weakHosts: ["h1"], unprotected: [] },
};

test("what was found holds until the next look, and while the pool cannot be read; appliances are placed by XAPI", () => {
  const memory = memoryWith({ standing: { ...FOUND, nextMs: NOW_MS + 1 } });
  const two = database([hostView(host(1)), hostView(host(2))]);
  const at = (over: typeof memory) => {
    const round = masterRound(over, { database: two });
    return keepStanding(over, { ...round, view: { ...round.view, nowMs: NOW_MS } });
  };
  expect(at(memory)).toMatchObject({
    memory: { standing: memory.standing },
    reasons: [{ kind: "pool-not-surviving", hosts: ["h1"] }],
  });
  expect(at(memoryWith({ standing: FOUND })).memory.standing).toEqual({ ...FOUND, nextMs: NOW_MS + 60_000 });
  expect(at(memoryWith({})).memory.standing).toMatchObject({ atMs: null, nextMs: NOW_MS + 60_000 });
  const appliances = masterRound(memory, { database: two, settings: { OP_MODE: 1 } });
  expect(keepStanding(memory, appliances)).toMatchObject({ memory: { standing: null }, reasons: [] });
});

test("what a client has stopped takes no memory: it stays down; when it is to be started after all, it does", () => {
  const stopped = {
    ...haltedVm("big", { memoryBytes: 150 }),
    otherConfig: { ...ranIn("big"), [STOP_KEY]: "big client-hard 60 -" },
  };
  const halted = { database: { halted: [stopped] } };
  const vms = [running("a", 1, { memoryBytes: 100 }), running("b", 2), stopped];
  const first = look(vms, {}, {}, halted);
  expect(first.reasons).toEqual([]);
  const again = look(
    vms,
    { RESTART_STOPPED: true },
    { standing: { ...(first.memory.standing ?? FOUND), nextMs: 0 } },
    halted,
  );
  expect(again.reasons).toEqual([{ kind: "pool-not-surviving", hosts: ["h1"] }]);
});

test("what is as it was is not played again", () => {
  const vms = [running("a", 1), running("b", 2)];
  const first = look(vms).memory.standing;
  const remembered = { ...(first ?? FOUND), nextMs: 0, weakHosts: ["as remembered"] };
  expect(look(vms, {}, { standing: remembered }).memory.standing).toMatchObject({
    ...{ weakHosts: ["as remembered"], nextMs: NOW_MS + 10_000 },
  });
  const changed = [running("a", 1), running("b", 2, { startBlocked: true })];
  expect(look(changed, {}, { standing: remembered }).memory.standing).toMatchObject({
    ...{ weakHosts: [], unprotected: ["b (its start is blocked)"] },
  });
});

test("a host that has failed is no help, though XAPI calls it live", () => {
  const { reasons } = look([running("a", 1)], {}, { health: { h2: healthIn("failed") } });
  expect(reasons).toEqual([]);
  expect(look([running("a", 1)], {}, { health: { h2: healthIn("failed") } }).memory.standing).toMatchObject({
    inService: 1,
  });
});

test("looked at after five minutes, then with every pass; a large pool less often", () => {
  const due = (over: Partial<typeof CALM>, nowMs: number) => isStandingDue({ ...CALM, ...over }, nowMs);
  expect([due({}, 299_999), due({}, 300_000)]).toEqual([false, true]);
  expect([due({ standing: FOUND }, NOW_MS - 1), due({ standing: FOUND }, NOW_MS)]).toEqual([false, true]);
  const many = Array.from({ length: 1_000 }, (_, number) =>
    running(`v${number}`, 1, { powerState: "Halted" }),
  );
  expect(look(many).memory.standing?.nextMs).toBe(NOW_MS + 20_000);
});

test("not while a host is suspected, has failed, or VMs are down since just now", () => {
  const due = (over: Partial<typeof CALM>) => isStandingDue({ ...CALM, ...over }, NOW_MS);
  expect(due({ promotion: { oldMaster: host(2), sinceMs: 0, phase: "righting" } })).toBe(false);
  expect(due({ health: { h2: healthIn("suspect") } })).toBe(false);
  const incident = (phase: Incident["phase"]) => due({ incidents: incidentIn(phase) });
  expect([incident("open"), incident("fencing"), incident("fenced")]).toEqual([false, false, false]);
  // What is off is off: does the rest stand another one?
  expect([incident("declared"), incident("returned")]).toEqual([true, true]);
  const down = (sinceMs: number) => ({ down: { web: { sinceMs, failure: null } } });
  expect([due(down(NOW_MS - 59_999)), due(down(NOW_MS - 60_000))]).toEqual([false, true]);
});

/** On a machine that has nothing else to do it takes a tenth of it. */
const MOST_MS = 1_000;

test("sixteen hosts with five hundred VMs and hardly enough memory cost well below a second", () => {
  const vms = Array.from({ length: 500 }, (_, at) =>
    running(`v${at}`, (at % 16) + 1, { memoryBytes: 40 + (at % 7) }),
  );
  const hosts = Array.from({ length: 16 }, (_, at) => hostView(host(at + 1), { freeMemoryBytes: 90 }));
  const attached = { storages: new Set(["nfs"]), networks: new Set<string>() };
  const inventory = inventoryOf(vms, { hosts: new Map(hosts.map(({ uuid }) => [uuid, attached])) });
  const round = masterRound(CALM, { database: database(hosts) });
  const seen = { ...round, view: { ...round.view, inventory, nowMs: NOW_MS } };
  const before = process.cpuUsage();
  const { memory } = keepStanding(CALM, seen);
  const { user, system } = process.cpuUsage(before);
  expect(memory.standing?.weakHosts).toHaveLength(16);
  expect((user + system) / 1_000).toBeLessThan(MOST_MS);
});
