import type { Memory } from "../memory/memory.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid, VmUuid } from "../model/ids.ts";
import type { DatabaseView, LocalView } from "../model/pool-view.ts";

/**
 * VMs that run here although the database says they run on another host: left over from a failover that this host
 * slept through. Each is a second writer on its disk, so it is destroyed at once (core/README.md, "Leftovers").
 *
 * Only when the database is believable: no operation in progress, and the other host is enabled and live in it. A
 * database that a new master has just loaded may name the dead master as the home of a VM that was migrated here.
 */
export function findLeftovers(
  self: LocalView,
  database: DatabaseView,
): readonly { vm: VmUuid; runsOn: HostUuid }[] {
  if (self.domains === "unknown") return [];
  const hosts = new Map(database.hosts.map((host) => [host.uuid, host]));
  const here = new Set(self.domains);
  return database.domains.flatMap((domain) => {
    const { residentOn } = domain;
    if (!here.has(domain.uuid) || domain.busy || domain.powerState !== "Running") return [];
    if (residentOn === null || residentOn === self.uuid) return [];
    const other = hosts.get(residentOn);
    return other?.enabled === true && other.live ? [{ vm: domain.uuid, runsOn: residentOn }] : [];
  });
}

/** Each leftover is destroyed at once. */
export function destroyLeftovers(memory: Memory, { view, database }: MasterRound): Step {
  const actions = findLeftovers(view.self, database).map(
    ({ vm }): Action => ({ kind: "destroy-domain", vm }),
  );
  return { memory, actions, reasons: [] };
}
