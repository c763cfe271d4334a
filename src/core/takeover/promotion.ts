import { type HostRows, rowOf } from "../members/host-rows.ts";
import type { PromotionState } from "../memory/promotion.ts";
import { type HostUuid, hostUuid } from "../model/ids.ts";
import type { HostView } from "../model/pool-view.ts";
import { hasStartMark, isStartMarked } from "./start-mark.ts";

/**
 * A member's VM resync runs after it is enabled again, and XAPI does not tell its end: the member does (start-mark.ts).
 * One that has never told any start, for its monitor is that of HA-Lizard 2.x or has never run, is given this time.
 */
export const RESYNC_SETTLE_MS = 5_000;
/** One that has told earlier starts is waited for: a busy host may need long. Its monitor may also have been stopped. */
export const MARK_SETTLE_MS = 60_000;
export function beginPromotion(input: {
  oldMaster: HostUuid | null;
  nowMs: number;
  awaited: readonly HostUuid[];
  inMaintenance: readonly HostUuid[];
  startTimes: Readonly<Record<string, string | null>>;
}): PromotionState {
  return {
    oldMaster: input.oldMaster,
    sinceMs: input.nowMs,
    phase: "called",
    calledAtMs: input.nowMs,
    awaited: input.awaited,
    inMaintenance: input.inMaintenance,
    startTimes: input.startTimes,
    backAtMs: {},
    settledAtMs: {},
  };
}

export interface PromotionView {
  readonly nowMs: number;
  /** Of a round in which the database names this host master. */
  readonly rows: HostRows;
  /** Members whose death is settled (fenced and declared), or that fencing will never settle by choice. */
  readonly writtenOff: readonly HostUuid[];
}

/** One look at the members after the promotion: who is back, who is still awaited. */
export function stepPromotion(promotion: PromotionState, view: PromotionView): PromotionState {
  const backAtMs: Record<string, number> = {};
  const settledAtMs: Record<string, number> = {};
  for (const member of promotion.awaited) {
    const { record, followsThisHost } = rowOf(view.rows, member);
    if (record === null || !followsThisHost || !isBack(record, promotion)) continue;
    const sinceMs = promotion.backAtMs[member] ?? view.nowMs;
    backAtMs[member] = sinceMs;
    settledAtMs[member] = sinceMs + comparisonMs(record);
  }
  return { ...promotion, phase: "recovering", awaited: awaitedNow(promotion, view), backAtMs, settledAtMs };
}

/**
 * Who was written off and lives after all is awaited again: nobody else calls it, and a xapi does not end its start as
 * master before such a host has answered who its master is (adapters/xapi/README.md, "Becoming master").
 */
function awaitedNow(promotion: PromotionState, { rows, writtenOff }: PromotionView): readonly HostUuid[] {
  const livesAfterAll = (member: HostUuid): boolean => {
    const { isMember, isAlive } = rowOf(rows, member);
    // The old master has its own way back (core/fencing/recover-hosts.ts).
    return isMember && isAlive && member !== promotion.oldMaster;
  };
  return Object.keys(promotion.startTimes)
    .map(hostUuid)
    .filter((member) => promotion.awaited.includes(member) || livesAfterAll(member))
    .filter((member) => !writtenOff.includes(member));
}

function isBack({ uuid, enabled, live, xapiStartTime }: HostView, promotion: PromotionState): boolean {
  const isEnabled = enabled || promotion.inMaintenance.includes(uuid);
  return live && isEnabled && xapiStartTime !== (promotion.startTimes[uuid] ?? null);
}

/** What the comparison of its VMs may take a member that is back. */
function comparisonMs(host: HostView): number {
  if (!hasStartMark(host)) return RESYNC_SETTLE_MS;
  if (!isStartMarked(host)) return MARK_SETTLE_MS;
  // In maintenance no `enabled` follows upon the entry of the start, so both may still be those of the old database.
  return host.enabled ? 0 : RESYNC_SETTLE_MS;
}
