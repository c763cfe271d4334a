import type { Supply } from "../memory/down.ts";
import type { DatabaseView } from "../model/pool-view.ts";

/** What the pool has now to start VMs with. */
export function supplyOf({ hosts, storage }: DatabaseView): Supply {
  const inService = hosts.filter(({ enabled, live }) => enabled && live);
  const free = inService.map(({ freeMemoryBytes }) => (freeMemoryBytes === "unknown" ? 0 : freeMemoryBytes));
  return { hosts: inService.map(({ uuid }) => uuid), freeBytes: Math.max(0, ...free), storage };
}

/**
 * Has the pool gained since then what a start may have lacked: a host, a storage connection, or enough memory? Then a
 * start that failed is tried again at once. What was not known then is no gain.
 */
export function hasGained(before: Supply, now: Supply, neededBytes: number): boolean {
  if (now.hosts.some((uuid) => !before.hosts.includes(uuid))) return true;
  if (before.freeBytes < neededBytes && now.freeBytes >= neededBytes) return true;
  const { storage } = before;
  return storage !== null && (now.storage ?? []).some((pbd) => !storage.includes(pbd));
}
