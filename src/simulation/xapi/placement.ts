import type { Database, Fields } from "../database.ts";
import type { World } from "../world.ts";
import { ApiError } from "./answer.ts";
import { disksOf } from "./locks.ts";
import { leastMemory, squeezedMemory } from "./vm-state.ts";

/**
 * The reason why a VM cannot start on a host, if there is one, as an API error (adapters/xapi/README.md, "Starting a
 * VM").
 */
export function assertCanBootHere(
  _: World,
  database: Database,
  vm: Fields,
  self: string,
  hostRef: string,
): void {
  const host = database.must("host", hostRef);
  const live = database.get("host_metrics", String(host["metrics"]))?.["live"] === true;
  if (!live) throw new ApiError("HOST_NOT_LIVE");
  if (host["enabled"] !== true) throw new ApiError("HOST_DISABLED", [hostRef]);
  const work = Object.values((host["current_operations"] ?? {}) as Fields);
  if (work.includes("evacuate")) throw new ApiError("HOST_EVACUATE_IN_PROGRESS", [hostRef]);
  for (const vdi of disksOf(database, self)) {
    const sr = String(database.must("VDI", vdi)["SR"]);
    const pbds = (database.get("SR", sr)?.["PBDs"] ?? []) as readonly string[];
    const attached = pbds
      .map((ref) => database.get("PBD", ref))
      .some((pbd) => pbd?.["host"] === hostRef && pbd["currently_attached"] === true);
    if (!attached) throw new ApiError("VM_REQUIRES_SR", [self, sr]);
  }
  assertNetworks(database, vm, self, hostRef);
  const processors = Number((host["cpu_info"] as Fields)["cpu_count"]);
  if (Number(vm["VCPUs_max"]) > processors)
    throw new ApiError("HOST_NOT_ENOUGH_PCPUS", [String(vm["VCPUs_max"]), String(processors)]);
  const need = leastMemory(vm);
  const have = squeezedMemory(database, hostRef);
  if (need > have) throw new ApiError("HOST_NOT_ENOUGH_FREE_MEMORY", [String(need), String(have)]);
}

/** Each network needs an interface of the host, plugged or not; one that has none anywhere is wherever its VMs are. */
function assertNetworks(database: Database, vm: Fields, self: string, hostRef: string): void {
  for (const card of vm["VIFs"] as readonly string[]) {
    const network = String(database.must("VIF", card)["network"]);
    const ports = (database.get("network", network)?.["PIFs"] ?? []) as readonly string[];
    const isThere = ports.some((ref) => database.get("PIF", ref)?.["host"] === hostRef);
    if (ports.length > 0 && !isThere) throw new ApiError("VM_REQUIRES_NETWORK", [self, network]);
  }
}

/** VMs on the host that are in a group with this one. */
function companions(database: Database, vm: Fields, self: string, hostRef: string): number {
  const groups = (vm["groups"] ?? []) as readonly string[];
  const others = groups.flatMap((ref) => (database.get("VM_group", ref)?.["VMs"] ?? []) as readonly string[]);
  return others.filter((ref) => ref !== self && database.get("VM", ref)?.["resident_on"] === hostRef).length;
}

/**
 * XAPI's own choice: affinity if it can, else at random one of those that can with the fewest VMs of its group;
 * NO_HOSTS_AVAILABLE.
 */
export function chooseHost(world: World, database: Database, vm: Fields, self: string): string {
  const able = database.refs("host").filter((ref) => {
    try {
      assertCanBootHere(world, database, vm, self, ref);
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  });
  if (able.length === 0) throw new ApiError("NO_HOSTS_AVAILABLE");
  const affinity = String(vm["affinity"]);
  if (able.includes(affinity)) return affinity;
  const fewest = Math.min(...able.map((ref) => companions(database, vm, self, ref)));
  return world.random.pick(able.filter((ref) => companions(database, vm, self, ref) === fewest));
}
