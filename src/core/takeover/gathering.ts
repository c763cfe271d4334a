import type { DecisionInput } from "../members/decision.ts";
import { isAlive } from "../members/host-health.ts";
import { isSlaveOf } from "../members/slave-of.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import type { Mastership } from "./mastership.ts";
import { RESYNC_SETTLE_MS } from "./promotion.ts";

/**
 * A master that was away, or whose members have strayed, may have an old database: another host may have been master
 * meanwhile, and stopped to be. Until every member has been whole for a moment no VM is started.
 */
export interface Gathering {
  /** Since when every member is back or settled; null while one is missing. */
  readonly wholeSinceMs: number | null;
}

/** Begins when there is doubt, ends when the pool has been whole long enough to have compared its VMs. */
export function stepGathering(
  memory: Memory,
  database: DatabaseView,
  mastership: Mastership,
  input: DecisionInput,
): Gathering | null {
  const { nowMs } = input.view;
  // A take-over of this host has its own, stricter gathering (failover.ts).
  if (memory.promotion !== null) return null;
  const doubt = !memory.confirmed || mastership.kind === "wanted" || mastership.kind === "rival";
  if (!doubt && memory.gathering === null) return null;
  const whole = missingMembers(memory, database, input).length === 0 && mastership.kind === "undisputed";
  if (!whole) return { wholeSinceMs: null };
  const wholeSinceMs = memory.gathering?.wholeSinceMs ?? nowMs;
  return nowMs - wholeSinceMs >= RESYNC_SETTLE_MS ? null : { wholeSinceMs };
}

/**
 * Members that neither follow this master, enabled and live, nor are dead for good; and hosts that are no members but
 * live, and do not follow it.
 */
export function missingMembers(
  memory: Memory,
  database: DatabaseView,
  input: DecisionInput,
): readonly HostUuid[] {
  const { self, probes } = input.view;
  const own = database.hosts.find((host) => host.uuid === self.uuid);
  const members = new Set(memory.lastGood?.members ?? []);
  return (memory.lastGood?.hosts ?? []).flatMap(({ uuid }): readonly HostUuid[] => {
    if (uuid === self.uuid) return [];
    const host = database.hosts.find((candidate) => candidate.uuid === uuid);
    const mine = isSlaveOf(probes.get(uuid), own?.address);
    if (mine && host?.enabled === true && host.live) return [];
    if (members.has(uuid)) return isWrittenOff(uuid, memory, input) ? [] : [uuid];
    // No member, and yet it lives: it may run what this database calls halted, until it is a slave like any other.
    const back = memory.declaredBackAtMs[uuid] !== undefined;
    return isAlive(memory.health[uuid]) && (!mine || back) ? [uuid] : [];
  });
}

/** A member whose death is settled (fenced and declared dead), or never will be by choice (FENCE_ENABLED=0). */
export function isWrittenOff(host: HostUuid, memory: Memory, input: DecisionInput): boolean {
  if (memory.incidents[host]?.phase === "declared") return true;
  return memory.health[host]?.state === "failed" && !input.settings.FENCE_ENABLED;
}
