import type { HostUuid } from "../model/ids.ts";
import {
  type Check,
  isBrandedText,
  isNumber,
  isText,
  listOf,
  nullOr,
  objectOf,
  oneOf,
  recordOf,
} from "./shape.ts";

/**
 * The take-over by this host, kept from before `pool.emergency_transition_to_master` until the pool is whole again.
 * While it is open no VM is started: the database a new master starts with may be minutes old, and a VM that it calls
 * halted may run on a member that has not come back yet (adapters/xapi/README.md, T6).
 */
export interface PromotionState {
  /** null: there was none, every host had said so (core/takeover/masterless.ts). */
  readonly oldMaster: HostUuid | null;
  readonly sinceMs: number;
  readonly phase:
    | "called" // XAPI was told, or is about to be; it restarts as master by itself
    | "recovering"; // this host is master in its own database; members are being called back
  readonly calledAtMs: number;
  /** Every member, also one that did not answer when the promotion began: all must be back, or written off, before any start. */
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

export const isPromotionState: Check<PromotionState> = objectOf<PromotionState>({
  oldMaster: nullOr(isBrandedText<HostUuid>),
  sinceMs: isNumber,
  phase: oneOf({ called: true, recovering: true }),
  calledAtMs: isNumber,
  awaited: listOf(isBrandedText<HostUuid>),
  inMaintenance: listOf(isBrandedText<HostUuid>),
  startTimes: recordOf(nullOr(isText)),
  backAtMs: recordOf(isNumber),
  settledAtMs: recordOf(isNumber),
});

/** A promotion of this host that is over, until its old master was seen as a slave. */
export interface EndedPromotion {
  readonly oldMaster: HostUuid;
  /** The count of take-overs that this one has made (EPOCH_KEY). */
  readonly epoch: number;
}

export const isEndedPromotion: Check<EndedPromotion> = objectOf<EndedPromotion>({
  oldMaster: isBrandedText<HostUuid>,
  epoch: isNumber,
});

/**
 * A master that was away, or whose members follow another host, may have an old database: another host may have been
 * master meanwhile, and stopped to be. Until every member has been whole for a moment no VM is started.
 */
export interface Gathering {
  /** Since when every member is back or settled; null while one is missing. */
  readonly wholeSinceMs: number | null;
}

export const isGathering: Check<Gathering> = objectOf<Gathering>({ wholeSinceMs: nullOr(isNumber) });

/**
 * The master that this host is replacing, in this boot; null: none. What it has replaced long ago, or before it booted, says nothing: others
 * may have replaced each other since.
 */
export function replacedNow({
  promotion,
  sawPoolSinceBoot,
}: {
  readonly promotion: PromotionState | null;
  readonly sawPoolSinceBoot: boolean;
}): HostUuid | null {
  return sawPoolSinceBoot ? (promotion?.oldMaster ?? null) : null;
}

/** After this the old master is recovered even if a living member is not back; starts still wait for it. */
export const RECOVER_LIMIT_MS = 180_000;

/** Awaited members that are not back, or not long enough to have compared their VMs with the database. */
export function stillAwaited(promotion: PromotionState, nowMs: number): readonly HostUuid[] {
  return promotion.awaited.filter((member) => {
    const settledAtMs = promotion.settledAtMs[member];
    return settledAtMs === undefined || nowMs < settledAtMs;
  });
}

/** Should `pool.recover_slaves` be called (again)? While anyone awaited is not back at all. */
export function needsRecoverSlaves(promotion: PromotionState): boolean {
  return promotion.awaited.some((member) => promotion.backAtMs[member] === undefined);
}

/** Are all members back, and only the word of some is missing, or their time not over? */
export function waitsForWord(promotion: PromotionState, nowMs: number): boolean {
  return !needsRecoverSlaves(promotion) && stillAwaited(promotion, nowMs).length > 0;
}
