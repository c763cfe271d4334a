import type { Obstacle, PlacementHost, PlacementVm } from "./problem.ts";

/**
 * What speaks against a VM on a host as that is now, by what XAPI checks before a start (adapters/xapi/README.md, "Starting
 * a VM"); null: nothing does.
 */
export function obstacleOf(vm: PlacementVm, host: PlacementHost): Obstacle | null {
  const { uuid, storages, networks, cpus } = host;
  const storage = vm.storages.find((one) => storages?.has(one) === false);
  if (storage !== undefined) return { host: uuid, kind: "storage", missing: storage };
  const network = vm.networks.find((one) => networks?.has(one) === false);
  if (network !== undefined) return { host: uuid, kind: "network", missing: network };
  if (cpus !== null && vm.cpus > cpus) return { host: uuid, kind: "cpus" };
  const free = host.squeezedFreeBytes;
  return free !== "unknown" && vm.leastMemoryBytes > free ? { host: uuid, kind: "memory" } : null;
}
