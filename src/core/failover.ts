import type { HostUuid } from "./ids.ts";
import type { DatabaseView, PeerProbe } from "./pool-view.ts";
import { isStartMarked } from "./start-mark.ts";

/**
 * The take-over by this host, kept from before `pool.emergency_transition_to_master` until the pool is whole again.
 * While it is open no VM is started: the database a new master starts with may be minutes old, and a VM that it calls
 * halted may run on a member that has not come back yet (xapi.md T6, §4.4).
 */
export interface PromotionState {
  /** null: there was none, every host had said so (core/masterless.ts). */
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
  /** Those of them that have told the end of their start, and so of the comparison of their VMs (core/start-mark.ts). */
  readonly compared: readonly HostUuid[];
}

/**
 * A member's VM resync runs after it is enabled again, and XAPI does not tell its end. Where the member itself does not
 * tell it either (its monitor is stopped, or is one of HA-Lizard 2.x), it is given this time.
 */
export const RESYNC_SETTLE_MS = 5_000;
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
    compared: [],
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
  for (const member of promotion.awaited) {
    if (isBack(member, promotion, view)) backAtMs[member] = promotion.backAtMs[member] ?? view.nowMs;
  }
  const awaited = promotion.awaited.filter((member) => !view.writtenOff.includes(member));
  const compared = awaited.filter((member) => backAtMs[member] !== undefined && hasCompared(member, view));
  return { ...promotion, phase: "recovering", awaited, backAtMs, compared };
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

function hasCompared(member: HostUuid, { database }: PromotionView): boolean {
  const host = database.hosts.find((candidate) => candidate.uuid === member);
  return host !== undefined && isStartMarked(host);
}

/** Awaited members that are not back, or not long enough to have compared their VMs with the database. */
export function stillAwaited(promotion: PromotionState, nowMs: number): readonly HostUuid[] {
  return promotion.awaited.filter((member) => {
    const back = promotion.backAtMs[member];
    if (back === undefined) return true;
    return !promotion.compared.includes(member) && nowMs - back < RESYNC_SETTLE_MS;
  });
}

/** How long until the last of the members that are back has had its time; null while one is not back, or none waits. */
export function awaitedMs(promotion: PromotionState, nowMs: number): number | null {
  if (needsRecoverSlaves(promotion)) return null;
  const waiting = stillAwaited(promotion, nowMs);
  if (waiting.length === 0) return null;
  const settledAtMs = waiting.map((member) => (promotion.backAtMs[member] ?? 0) + RESYNC_SETTLE_MS);
  return Math.max(0, Math.max(...settledAtMs) - nowMs);
}

/** Should `pool.recover_slaves` be called (again)? While anyone awaited is not back at all. */
export function needsRecoverSlaves(promotion: PromotionState): boolean {
  return promotion.awaited.some((member) => promotion.backAtMs[member] === undefined);
}
