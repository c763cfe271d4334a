import { hasMandate, isLeftOut } from "../group/may-act.ts";
import { hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { Gathering } from "../memory/promotion.ts";
import type { MasterRound, Round } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Mastership } from "./mastership.ts";
import { RESYNC_SETTLE_MS } from "./promotion.ts";

/** Begins when there is doubt, ends when the pool has been whole long enough to have compared its VMs. */
export function stepGathering(memory: Memory, mastership: Mastership, round: MasterRound): Gathering | null {
  const { nowMs } = round.view;
  // A take-over of this host has its own, stricter gathering (core/takeover/promotion.ts).
  if (memory.promotion !== null) return null;
  const doubt = !memory.sawPoolSinceBoot || mastership.kind === "calls-back" || mastership.kind === "rival";
  if (!doubt && memory.gathering === null) return null;
  // Too few follow where the others are off, and left out by the group, whose leader this host is.
  const isLeader = memory.sawPoolSinceBoot && hasMandate(round.view);
  const isOurs = mastership.kind === "undisputed" || (mastership.kind === "unproven" && isLeader);
  const whole = missingMembers(memory, round).length === 0 && isOurs;
  if (!whole) return { wholeSinceMs: null };
  const wholeSinceMs = memory.gathering?.wholeSinceMs ?? nowMs;
  return nowMs - wholeSinceMs >= RESYNC_SETTLE_MS ? null : { wholeSinceMs };
}

/**
 * Members that neither follow this master, enabled and live, nor are dead for good; and hosts that are no members but
 * live, and do not follow it.
 */
export function missingMembers(memory: Memory, round: MasterRound): readonly HostUuid[] {
  const rows = hostRows(memory, round.view);
  return (memory.lastGood?.hosts ?? []).flatMap(({ uuid }): readonly HostUuid[] => {
    const { isSelf, isMember, isAlive, record, followsThisHost } = rowOf(rows, uuid);
    if (isSelf) return [];
    if (followsThisHost && record?.enabled === true && record.live) return [];
    if (isMember)
      return isWrittenOff(uuid, memory, round) || (isLeftOut(uuid, round.view) && !isAlive) ? [] : [uuid];
    // No member, and yet it lives: it may run what this database calls halted, until it is a slave like any other.
    const hasReturned = memory.incidents[uuid]?.phase === "returned";
    return isAlive && (!followsThisHost || hasReturned) ? [uuid] : [];
  });
}

/** A member that was fenced and declared dead, or that never will be by choice (FENCE_ENABLED=0). */
export function isWrittenOff(host: HostUuid, memory: Memory, { settings }: Round): boolean {
  if (memory.incidents[host]?.phase === "declared") return true;
  return memory.health[host]?.state === "failed" && !settings.FENCE_ENABLED;
}
