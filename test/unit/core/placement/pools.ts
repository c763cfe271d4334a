import type { HaltedVm, Inventory, InventoryVm } from "../../../../src/core/model/pool-view.ts";
import type { PlacementHost, PlacementVm } from "../../../../src/core/placement/problem.ts";
import { host, vm } from "../fixtures.ts";

/** A host with so many bytes free, and the storage `shared`. */
export function roomy(number: number, freeBytes: number, over: Partial<PlacementHost> = {}): PlacementHost {
  return {
    uuid: host(number),
    freeBytes,
    squeezedFreeBytes: freeBytes,
    cpus: 8,
    storages: new Set(["shared"]),
    networks: new Set(["lan"]),
    isSpare: false,
    apart: [],
    ...over,
  };
}

export function needy(name: string, memoryBytes: number, over: Partial<PlacementVm> = {}): PlacementVm {
  return {
    uuid: vm(name),
    rank: 0,
    memoryBytes,
    leastMemoryBytes: memoryBytes,
    cpus: 1,
    storages: ["shared"],
    networks: ["lan"],
    affinity: null,
    apart: [],
    ...over,
  };
}

/** A look at VMs that are halted and need nothing, unless they say otherwise. */
export function inventoryOf(
  vms: readonly (HaltedVm & Partial<InventoryVm>)[],
  over: Partial<Inventory> = {},
): Inventory {
  const nothing = { residentOn: null, storages: [], networks: [], tags: [], groups: [] };
  return {
    vms: vms.map((one): InventoryVm => ({ powerState: "Halted", ...nothing, ...one })),
    hosts: new Map(),
    names: new Map(),
    ...over,
  };
}
