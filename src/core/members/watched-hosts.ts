import { isConfirmedOff } from "../group/may-act.ts";
import type { HostHealth } from "../memory/host-health.ts";
import type { LastGoodView } from "../memory/last-good.ts";
import { incidentOf, type Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView, PoolView } from "../model/pool-view.ts";
import { isOffByLease } from "./lease.ts";

/** The other hosts that a master looks after: members, enabled ones, and those that have failed, or are off by a word. In order of uuid. */
export function watchedHosts(memory: Memory, database: DatabaseView, view: PoolView): readonly HostUuid[] {
  const watched = new Set<HostUuid>(memory.lastGood?.members ?? []);
  for (const { uuid, enabled } of database.hosts) {
    if (enabled || incidentOf(memory, uuid) !== undefined) watched.add(uuid);
  }
  // A host that was disabled when it died is waited for until somebody says that it is off.
  for (const { uuid } of database.hosts)
    if (isConfirmedOff(view, uuid) || isOffByLease(uuid, memory, view)) watched.add(uuid);
  watched.delete(view.self.uuid);
  return [...watched].sort();
}

/** The incidents of hosts that belong to the pool: what has become of one that was removed from it is nobody's business any more. */
export function onlyOfPool(
  incidents: Memory["incidents"],
  { hosts, forgotten }: LastGoodView,
): Memory["incidents"] {
  const known = new Set<string>([...hosts, ...forgotten].map(({ uuid }) => uuid));
  return Object.fromEntries(Object.entries(incidents).filter(([uuid]) => known.has(uuid)));
}

/** The health of hosts that are watched; those in maintenance or gone are never suspects (core/README.md, "Is a peer alive?"). */
export function onlyWatched(
  health: Readonly<Record<string, HostHealth>>,
  before: Memory,
  members: readonly HostUuid[],
  database: DatabaseView,
  view: PoolView,
): Readonly<Record<string, HostHealth>> {
  const watched = new Set<string>(members);
  for (const { uuid, enabled } of database.hosts)
    if (enabled || isConfirmedOff(view, uuid) || isOffByLease(uuid, before, view)) watched.add(uuid);
  // A host that was declared dead is neither enabled nor a member: only its incident waits for it.
  for (const { host, phase } of Object.values(before.incidents)) if (phase !== "returned") watched.add(host);
  return Object.fromEntries(Object.entries(health).filter(([uuid]) => watched.has(uuid)));
}
