import { expect, test } from "bun:test";
import type { InventoryVm } from "../../../../src/core/model/pool-view.ts";
import { type Fate, foresee } from "../../../../src/core/restart/foresee.ts";
import { database, FLAG, haltedVm, host, hostView, ranIn, SETTINGS, vm } from "../fixtures.ts";
import { inventoryOf } from "../placement/pools.ts";

const running = (name: string, on: number, over: Partial<InventoryVm> = {}) => ({
  ...haltedVm(name),
  powerState: "Running" as const,
  residentOn: host(on),
  ...over,
});

const HOSTS = [
  hostView(host(1), { freeMemoryBytes: 300 }),
  hostView(host(2), { freeMemoryBytes: 150 }),
  hostView(host(3), { residents: [{ uuid: vm("web"), homePool: null }] }),
  hostView(host(4), { enabled: false, freeMemoryBytes: 900 }),
];

const STOP = { who: "client-clean", atMs: null, host: null } as const;

function told(failed: readonly number[], vms: Parameters<typeof inventoryOf>[0], settings = SETTINGS) {
  const storages = (names: readonly string[]) => ({ storages: new Set(names), networks: new Set<string>() });
  const inventory = inventoryOf(vms, {
    hosts: new Map(HOSTS.map(({ uuid }) => [uuid, storages(["nfs"])])),
    names: new Map([["local", "Local storage"]]),
  });
  const found = foresee(new Set(failed.map(host)), database(HOSTS), inventory, settings, (uuid) =>
    uuid === vm("stopped") ? STOP : null,
  );
  const word = (fate: Fate) => {
    if (fate.kind === "starts") return fate.host;
    return "why" in fate ? `${fate.kind}: ${fate.why}` : fate.kind;
  };
  return found.map(({ name, fate }) => `${name} ${word(fate)}`);
}

test("what runs elsewhere stays, what ran on the failed host is started where there is room", () => {
  const vms = [running("web", 3), running("db", 3, { memoryBytes: 300 }), running("mail", 1)];
  expect(told([3], vms)).toEqual(["web h2", "db h1", "mail stays"]);
  expect(told([], vms)).toEqual(["web stays", "db stays", "mail stays"]);
});

test("what no host can run, and why; hosts that are disabled, or fail as well, take nothing", () => {
  const vms = [running("web", 3, { storages: ["local"] })];
  expect(told([3, 2], vms)).toEqual([
    'web no-host: h1 without its storage "Local storage"; h2 and h3 failed; h4 disabled',
  ]);
});

test("what HA would not start, and what it would start anyhow", () => {
  const selective = { ...SETTINGS, GLOBAL_VM_HA: false };
  const on = { otherConfig: { ...ranIn("down"), [FLAG]: "true" } };
  const vms = [
    running("web", 3),
    running("blocked", 3, { startBlocked: true, otherConfig: { ...ranIn("blocked"), [FLAG]: "true" } }),
    haltedVm("down", on),
    haltedVm("stopped", { otherConfig: { ...ranIn("stopped"), [FLAG]: "true" } }),
    { ...haltedVm("asleep"), powerState: "Suspended" as const },
    running("busy", 3, { busy: true, otherConfig: { ...ranIn("busy"), [FLAG]: "true" } }),
  ];
  expect(told([3], vms, selective)).toEqual([
    "web left: not-managed",
    "blocked left: start-blocked",
    "down h1",
    "stopped stopped",
    "asleep stays",
    "busy h1",
  ]);
});

test("each of sixteen hosts with five hundred VMs in turn: below a second altogether", () => {
  const names = Array.from({ length: 500 }, (_, index) => `vm${index}`);
  const vms = names.map((name, index) => running(name, 1 + (index % 16), { tags: [`s${index % 20}`] }));
  const hosts = Array.from({ length: 16 }, (_, index) =>
    hostView(host(index + 1), {
      freeMemoryBytes: 400,
      residents: vms
        .filter(({ residentOn }) => residentOn === host(index + 1))
        .map(({ uuid }) => ({ uuid, homePool: null })),
    }),
  );
  const settings = { ...SETTINGS, ANTI_AFFINITY_TAGS: Array.from({ length: 20 }, (_, index) => `s${index}`) };
  const begun = process.cpuUsage();
  for (const { uuid } of hosts) {
    const found = foresee(new Set([uuid]), database(hosts), inventoryOf(vms), settings, () => null);
    expect(found.filter(({ fate }) => fate.kind === "no-host")).toEqual([]);
  }
  expect(process.cpuUsage(begun).user / 1_000).toBeLessThan(1_000);
});
