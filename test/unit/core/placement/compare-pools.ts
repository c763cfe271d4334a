import { place } from "../../../../src/core/placement/place.ts";
import { cheapest, costOf } from "./exhaustive.ts";
import { randomPool } from "./random-pools.ts";

export interface Compared {
  /** Pools for which there is a better placement than the one that was found. */
  readonly better: readonly string[];
  /** Pools in which every VM has got a place. */
  readonly placedAll: number;
}

/** Small random pools, each placed by the program and by trying everything. */
export function comparePools(count: number): Compared {
  const better: string[] = [];
  let placedAll = 0;
  for (let seed = 1; seed <= count; seed++) {
    const { vms, hosts } = randomPool(seed);
    const found = place(vms, hosts);
    const cost = costOf(vms, hosts, new Map(found.placed.map(({ vm, host: at }) => [vm, at])));
    const best = cheapest(vms, hosts);
    if (JSON.stringify(cost) !== JSON.stringify(best))
      better.push(`seed ${seed}: ${cost} instead of ${best}`);
    if (found.unplaced.length === 0) placedAll += 1;
  }
  return { better, placedAll };
}
