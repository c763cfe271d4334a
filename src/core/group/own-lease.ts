import { leadOf } from "./leader-heard.ts";
import { compareRollIds, type Roll } from "./roll.ts";
import type { GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/** A slot of the watchdog of this host, as far as the lease is concerned. */
export interface ArmedSlot {
  readonly id: string;
  /** Whatever this host sends later was sent while it was armed. */
  readonly armedMs: number;
  readonly timeoutMs: number;
  /** An earlier monitor has armed it, it is not known when. */
  readonly isFound?: true;
}

/** The lease of this host: slots of its watchdog are armed all the time, and the others may count on it. */
export interface OwnLease {
  /** What it says: armed with so many milliseconds; null: nothing, or nothing any more. */
  readonly saidMs: number | null;
  /**
   * The first number that said nothing any more; null: it says it still, or nobody can have heard it in this boot. Until the end is settled
   * the lease goes on.
   */
  readonly withdrawnMs: number | null;
  /** With so many milliseconds it is renewed until its end is settled. */
  readonly renewedMs: number | null;
}

/** Of a host that has armed nothing. */
export const NO_OWN_LEASE: OwnLease = { saidMs: null, withdrawnMs: null, renewedMs: null };

/** As it is said. */
export const sayLease = (leaseMs: number): OwnLease => ({
  ...{ saidMs: leaseMs, withdrawnMs: null, renewedMs: leaseMs },
});

/** What this host sees of its lease. */
export interface LeaseSight {
  readonly nowMs: number;
  readonly bootId: string;
  /** The lease that its parameters ask for; null: none, or it is to end. */
  readonly wishMs: number | null;
  /** What is armed, the oldest one first. */
  readonly slots: readonly ArmedSlot[];
  /** The newest own number that was acknowledged, by whatever way that came (`LeaseWatch.ownAckedMs`). */
  readonly ackedMs: number | null;
  /** The same in the last message of the leader itself. */
  readonly leaderAckedMs: number | null;
  /** The host is being shut down, and no domain runs here any more. */
  readonly isEmptied: boolean;
}

export interface LeaseStep {
  readonly lease: OwnLease;
  /** To arm one more slot, with so many milliseconds; null: not now. */
  readonly armMs: number | null;
  /** To disarm. */
  readonly disarm: readonly ArmedSlot[];
}

/** There are two slots, and a lease needs both: one is armed while the other one waits to be acknowledged. */
const SLOTS = 2;
/** A slot is replaced four times in its time. */
const RENEWALS = 4;

/**
 * One moment of the lease. A new slot is armed first; then a number is sent; when the leader acknowledges that number or a later one, the older
 * slot is disarmed. So whichever slot fires was armed before the newest number that was acknowledged. No armed slot is armed again, and the last
 * one is disarmed only when nobody counts on it any more.
 */
export function stepOwnLease(
  last: OwnLease,
  voting: Voting,
  sight: LeaseSight,
  timings: GroupTimings,
): LeaseStep {
  const { slots } = sight;
  const over: LeaseStep = { lease: NO_OWN_LEASE, armMs: null, disarm: slots };
  if (sight.isEmptied) return over;
  const shownMs = shownFor(voting, sight.bootId);
  const lease = say(last, shownMs, sight);
  const { saidMs, withdrawnMs } = lease;
  if (saidMs !== null) return { lease, ...renew(saidMs, sight) };
  if (withdrawnMs === null) return begin(sight);
  const isOver = shownMs === null && isReleased(withdrawnMs, voting, sight, timings);
  return isOver ? over : { lease, ...renew(lease.renewedMs, sight) };
}

function say(last: OwnLease, shownMs: number | null, sight: LeaseSight): OwnLease {
  const { nowMs, wishMs, slots } = sight;
  if (last.saidMs !== null)
    return wishMs === last.saidMs ? last : { saidMs: null, withdrawnMs: nowMs, renewedMs: last.saidMs };
  const isArmed = wishMs !== null && slots.length > 0 && slots.every(({ timeoutMs }) => timeoutMs === wishMs);
  if (last.withdrawnMs !== null || shownMs !== null)
    // Others count on it, whatever this host remembers.
    return isArmed
      ? sayLease(wishMs)
      : { saidMs: null, withdrawnMs: last.withdrawnMs ?? nowMs, renewedMs: last.renewedMs ?? shownMs };
  return isArmed && isProven(sight) ? sayLease(wishMs) : NO_OWN_LEASE;
}

/** Both slots could be had, and acknowledgements reach this host: it may let others count on it. */
function isProven({ slots, ackedMs }: LeaseSight): boolean {
  const [first] = slots;
  return slots.length === SLOTS && first !== undefined && ackedMs !== null && ackedMs > first.armedMs;
}

/** Nobody counts on what is armed yet: it is disarmed again when no acknowledgement comes in half of its time. */
function begin({ nowMs, wishMs, slots }: LeaseSight): LeaseStep {
  const isOdd = ({ armedMs, timeoutMs }: ArmedSlot) =>
    timeoutMs !== wishMs || nowMs - armedMs >= timeoutMs / 2;
  const disarm = slots.some(isOdd) ? slots : [];
  const armMs = disarm.length === 0 && slots.length < SLOTS ? wishMs : null;
  return { lease: NO_OWN_LEASE, armMs, disarm };
}

function renew(
  leaseMs: number | null,
  { nowMs, slots, ackedMs }: LeaseSight,
): Pick<LeaseStep, "armMs" | "disarm"> {
  const newest = slots.at(-1);
  const isOld = ({ isFound, armedMs, timeoutMs }: ArmedSlot) =>
    isFound === true || nowMs - armedMs >= timeoutMs / RENEWALS;
  const isDue = newest === undefined || isOld(newest);
  const acked = slots.findLastIndex(({ armedMs }) => ackedMs !== null && armedMs < ackedMs);
  return {
    armMs: slots.length < SLOTS && isDue ? leaseMs : null,
    disarm: slots.slice(0, Math.max(0, acked)),
  };
}

/** What a roll shows that counts: the newest one, and the one before as long as that is not settled. */
function shownFor({ self, stored: { roll, before } }: Voting, bootId: string): number | null {
  const shown = [roll, before].map((one) => leaseOf(one, self, bootId));
  return shown.find((leaseMs) => leaseMs !== null) ?? null;
}

function leaseOf(roll: Roll | null, self: Voting["self"], bootId: string): number | null {
  return roll?.hosts.find((one) => one.host === self && one.bootId === bootId)?.leaseMs ?? null;
}

/**
 * Does nobody count on it any more? The leader has a number that said nothing of a lease, and says after that, itself, that the roll which this
 * host has is the newest one, and settled. A lease is entered only from a later word of a host that has that very roll (wanted-roll.ts).
 */
function isReleased(
  withdrawnMs: number,
  voting: Voting,
  { nowMs, ackedMs, leaderAckedMs }: LeaseSight,
  timings: GroupTimings,
): boolean {
  const { stored, said } = voting;
  const { roll, before, term } = stored;
  if (roll === null || before !== null || term.host === null) return false;
  if (term.host === voting.self)
    return leadOf(voting, nowMs, timings).kind === "leads" && ackedMs !== null && ackedMs >= withdrawnMs;
  const words = said.get(term.host)?.words;
  if (words === undefined || words.lead.kind !== "leads" || !words.settled) return false;
  const isNewest = compareRollIds(words.roll, roll.id) === 0;
  return isNewest && leaderAckedMs !== null && leaderAckedMs >= withdrawnMs;
}
