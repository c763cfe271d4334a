import type { PlacementHost, PlacementVm } from "../../../../src/core/placement/problem.ts";
import { createRandom } from "../../../../src/simulation/random.ts";
import { host } from "../fixtures.ts";
import { needy, roomy } from "./pools.ts";

/** One to four hosts and up to five VMs, on four hosts four, of which most, but not all, find a place. */
export function randomPool(seed: number): { vms: readonly PlacementVm[]; hosts: readonly PlacementHost[] } {
  const random = createRandom(seed);
  const count = 1 + random.below(4);
  const hosts = Array.from({ length: count }, (_, index): PlacementHost => {
    const freeBytes = 100 * random.below(6);
    return roomy(index + 1, freeBytes, {
      squeezedFreeBytes: freeBytes + (random.below(3) === 0 ? 100 * random.below(3) : 0),
      cpus: random.below(10) === 0 ? 1 : 8,
      storages: random.below(10) === 0 ? null : new Set(random.below(6) === 0 ? [] : ["shared"]),
      networks: new Set(random.below(8) === 0 ? [] : ["lan"]),
      isSpare: random.below(5) === 0,
      apart: random.below(5) === 0 ? ["web"] : [],
    });
  });
  const vms = Array.from({ length: random.below(count < 4 ? 6 : 5) }, (_, index): PlacementVm => {
    const memoryBytes = 50 * (1 + random.below(6));
    return needy(`vm${index}`, memoryBytes, {
      rank: random.below(3),
      leastMemoryBytes: random.below(3) === 0 ? memoryBytes / 2 : memoryBytes,
      cpus: 1 + random.below(2),
      storages: random.below(4) === 0 ? [] : ["shared"],
      networks: random.below(4) === 0 ? [] : ["lan"],
      affinity: random.below(4) === 0 ? host(1 + random.below(4)) : null,
      apart: [["web"], ["web"], ["mail"], ["web", "mail"], [], []][random.below(6)] ?? [],
    });
  });
  return { vms, hosts };
}
