import type { Database, Fields } from "../database.ts";
import type { World } from "../world.ts";
import { ApiError } from "./answer.ts";
import { disksOf } from "./locks.ts";
import { freeMemory, memoryNeeded } from "./vm-state.ts";

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
  for (const vdi of disksOf(database, self)) {
    const sr = String(database.must("VDI", vdi)["SR"]);
    const pbds = (database.get("SR", sr)?.["PBDs"] ?? []) as readonly string[];
    const attached = pbds
      .map((ref) => database.get("PBD", ref))
      .some((pbd) => pbd?.["host"] === hostRef && pbd["currently_attached"] === true);
    if (!attached) throw new ApiError("VM_REQUIRES_SR", [self, sr]);
  }
  const need = memoryNeeded(vm);
  const have = freeMemory(database, hostRef);
  if (need > have) throw new ApiError("HOST_NOT_ENOUGH_FREE_MEMORY", [String(need), String(have)]);
}

/** XAPI's own choice: affinity if it can, else any host that can, at random; NO_HOSTS_AVAILABLE. */
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
  return able.includes(affinity) ? affinity : world.random.pick(able);
}
