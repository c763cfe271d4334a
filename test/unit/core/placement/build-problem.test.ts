import { expect, test } from "bun:test";
import { needsOf, placementHosts, placementVm } from "../../../../src/core/placement/build-problem.ts";
import { haltedVm, host, hostView, vm } from "../fixtures.ts";
import { inventoryOf } from "./pools.ts";

const SETTINGS = { ANTI_AFFINITY_TAGS: ["web", "db"], SPARE_HOSTS: [host(2)] };

test("a host: its memory without what is coming, what it has attached, the groups of what is there and coming", () => {
  const inventory = inventoryOf(
    [
      { ...haltedVm("a"), tags: ["web", "blue"], groups: ["g"] },
      { ...haltedVm("b"), tags: ["db"] },
      { ...haltedVm("c"), tags: ["web"] },
    ],
    { hosts: new Map([[host(1), { storages: new Set(["s"]), networks: new Set(["n"]) }]]) },
  );
  const hosts = [hostView(host(1), { residents: [{ uuid: vm("a"), homePool: null }] }), hostView(host(2))];
  const coming = [
    { vm: vm("b"), host: host(1), bytes: 100 },
    { vm: vm("c"), host: host(1), bytes: 0 },
  ];
  const [one, two] = placementHosts(hosts, coming, { inventory, settings: SETTINGS });
  expect(one).toMatchObject({ freeBytes: 900, squeezedFreeBytes: 900, cpus: 8, isSpare: false });
  expect([one?.storages, one?.networks]).toEqual([new Set(["s"]), new Set(["n"])]);
  expect(one?.apart).toEqual(["group g", "tag web", "tag db", "tag web"]);
  expect(two).toMatchObject({ freeBytes: 1_000, isSpare: true, storages: null, apart: [] });
});

test("without an inventory nothing is known of storage, networks and groups, and memory still counts", () => {
  const [one] = placementHosts([hostView(host(1), { freeMemoryBytes: "unknown" })], [], {
    inventory: null,
    settings: SETTINGS,
  });
  expect(one).toMatchObject({ freeBytes: "unknown", storages: null, networks: null, apart: [] });
  const bare = placementVm(haltedVm("a", { cpus: 2, affinity: host(3) }), 7, undefined, SETTINGS);
  expect(bare).toMatchObject({
    rank: 7,
    memoryBytes: 100,
    cpus: 2,
    affinity: host(3),
    storages: [],
    apart: [],
  });
});

test("a VM: what it needs, and only the tags that are named", () => {
  const needs = needsOf(inventoryOf([{ ...haltedVm("a"), storages: ["s"], tags: ["blue", "db"] }]));
  const placed = placementVm(haltedVm("a"), 0, needs.get(vm("a")), SETTINGS);
  expect(placed).toMatchObject({ storages: ["s"], apart: ["tag db"] });
});
