import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView, PeerProbe } from "../model/pool-view.ts";
import { hasStartMark, isStartMarked } from "./start-mark.ts";

/**
 * The take-over by this host, kept from before `pool.emergency_transition_to_master` until the pool is whole again.
 * While it is open no VM is started: the database a new master starts with may be minutes old, and a VM that it calls
 * halted may run on a member that has not come back yet (xapi.md T6, §4.4).
 */
export interface PromotionState {
  /** null: there was none, every host had said so (core/takeover/masterless.ts). */
  readonly oldMaster: HostUuid | null;
  readonly sinceMs: number;
  readonly phase:
    | "called" // XAPI was told, or is about to be; it restarts as master by itself
    | "recovering"; // this host is master in its own database; members are being called back
  readonly calledAtMs: number;
  /** Members that lived when the promotion began and must be back before any start. */
  readonly awaited: readonly HostUuid[];
  /** Those of the awaited that were in maintenance before: they stay disabled when they are back. */
  readonly inMaintenance: readonly HostUuid[];
  /** agent_start_time of the awaited before the promotion: it changes when their xapi follows us. */
  readonly startTimes: Readonly<Record<string, string | null>>;
  /** When each awaited member was first seen whole again. */
  readonly backAtMs: Readonly<Record<string, number>>;
  /** From when on each of them is believed to have compared its VMs with this database. */
  readonly settledAtMs: Readonly<Record<string, number>>;
}

/**
 * A member's VM resync runs after it is enabled again, and XAPI does not tell its end: the member does (start-mark.ts).
 * One that has never told any start, for its monitor is that of HA-Lizard 2.x or has never run, is given this time.
 */
export const RESYNC_SETTLE_MS = 5_000;
/** One that has told earlier starts is waited for: a busy host may need long. Its monitor may also have been stopped. */
export const TOLD_SETTLE_MS = 60_000;
/** After this the old master is recovered even if a living member is not back; starts still wait for it. */
export const RECOVER_LIMIT_MS = 180_000;

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
  readonly self: HostUuid;
  /** Only a database in which this host is master. */
  readonly database: DatabaseView;
  readonly probes: ReadonlyMap<HostUuid, PeerProbe>;
  /** Members whose death is settled (fenced and declared), or that fencing will never settle by choice. */
  readonly writtenOff: readonly HostUuid[];
}

/** One look at the members after the promotion: who is back, who is still awaited. */
export function stepPromotion(promotion: PromotionState, view: PromotionView): PromotionState {
  const backAtMs: Record<string, number> = {};
  const settledAtMs: Record<string, number> = {};
  for (const member of promotion.awaited) {
    if (!isBack(member, promotion, view)) continue;
    const sinceMs = promotion.backAtMs[member] ?? view.nowMs;
    backAtMs[member] = sinceMs;
    settledAtMs[member] = sinceMs + comparisonMs(member, view);
  }
  const awaited = promotion.awaited.filter((member) => !view.writtenOff.includes(member));
  return { ...promotion, phase: "recovering", awaited, backAtMs, settledAtMs };
}

function isBack(member: HostUuid, promotion: PromotionState, view: PromotionView): boolean {
  const host = view.database.hosts.find((candidate) => candidate.uuid === member);
  const own = view.database.hosts.find((candidate) => candidate.uuid === view.self);
  const follows = view.probes.get(member)?.follows;
  if (host === undefined || own === undefined || follows?.kind !== "slave-of") return false;
  const before = promotion.startTimes[member] ?? null;
  const enabled = host.enabled || promotion.inMaintenance.includes(member);
  return follows.address === own.address && host.live && enabled && host.agentStartTime !== before;
}

/** What the comparison of its VMs may take a member that is back. */
function comparisonMs(member: HostUuid, { database }: PromotionView): number {
  const host = database.hosts.find((candidate) => candidate.uuid === member);
  if (host === undefined || !hasStartMark(host)) return RESYNC_SETTLE_MS;
  if (!isStartMarked(host)) return TOLD_SETTLE_MS;
  // In maintenance no `enabled` follows upon the entry of the start, so both may still be those of the old database.
  return host.enabled ? 0 : RESYNC_SETTLE_MS;
}

/** Awaited members that are not back, or not long enough to have compared their VMs with the database. */
export function stillAwaited(promotion: PromotionState, nowMs: number): readonly HostUuid[] {
  return promotion.awaited.filter((member) => {
    const settledAtMs = promotion.settledAtMs[member];
    return settledAtMs === undefined || nowMs < settledAtMs;
  });
}

/** Are all members back, and only the word of some is missing, or their time not over? */
export function waitsForWord(promotion: PromotionState, nowMs: number): boolean {
  return !needsRecoverSlaves(promotion) && stillAwaited(promotion, nowMs).length > 0;
}

/** Should `pool.recover_slaves` be called (again)? While anyone awaited is not back at all. */
export function needsRecoverSlaves(promotion: PromotionState): boolean {
  return promotion.awaited.some((member) => promotion.backAtMs[member] === undefined);
}
