import { GROUP_TIMINGS, type GroupTimings } from "../../../src/core/group/timings.ts";
import type { HostUuid } from "../../../src/core/model/ids.ts";
import { NOW_MS, UNIT_MS } from "./times.ts";

/** The host with a lease; all others are leaders, or may become it. */
export const VICTIM = "h";

export interface LeasesSize {
  /** `h` has the lease; `a` leads at first. */
  readonly names: readonly string[];
  readonly inFlight: number;
  /** So often a leader may be elected, the first one included. */
  readonly terms: number;
  /** Whether `b` reports what it hears to `a`, and passes on to `h` what `a` acknowledges. */
  readonly reports: boolean;
  readonly passes: boolean;
  /** How long a lease is: four units or less, and a slot is replaced in each one; null: so long that it never runs out. */
  readonly leaseUnits: number | null;
  /** Who has heard the word that is taken back. */
  readonly heardBy: readonly string[];
  /** What is under way for longer does not come any more: it would be heard later, and do less. */
  readonly lateUnits: number;
  /** So many rolls a leader may make; null: the roll stands still, and shows the lease. */
  readonly versions: number | null;
  /**
   * At first: the roll shows the lease; nothing is armed; `h` is about to say that it has a lease; it is about to take that back.
   */
  readonly begins: "shown" | "bare" | "said" | "unwished";
  /** Monitors killed, wishes that change, and boots, in one history. */
  readonly accidents: number;
  /** Which of those there are. */
  readonly kills: boolean;
  readonly wishes: boolean;
  /** The host with the lease may lose its power, and boot. */
  readonly boots: boolean;
  /** What comes from `h` may be no fresh message: then only its number counts. */
  readonly stale: boolean;
  /** A slot that is to be disarmed is armed for a while yet. */
  readonly slowDisarm: boolean;
  /** The clocks of all leaders run so much faster than that of the host with the lease. */
  readonly faster: number;
  /** The leader acknowledges a number still that `h` has sent in the boot before, so many units ahead of its uptime in this one. */
  readonly oldNumberUnits: number | null;
  readonly timings: Pick<GroupTimings, "leaseDrift" | "leaseMarginMs">;
}

export const leaseMsOf = ({ leaseUnits }: LeasesSize): number => (leaseUnits ?? 40) * UNIT_MS;

/** Longer than a lease that runs out, and than anything that is under way. */
export const longUnits = ({ leaseUnits, lateUnits }: LeasesSize): number => (leaseUnits ?? lateUnits) + 2;

/** What a leader measures. */
export const runUnits = (size: LeasesSize): number => (size.leaseUnits === null ? 0 : longUnits(size));

/** Time is exact: neither clocks nor slots are late. */
export const EXACT = { leaseDrift: 1, leaseMarginMs: 0 };

/** Nobody gives up by himself, and votes are taken for granted: the search over votes has shown that no two mandates overlap. */
export const timingsOf = ({ timings }: LeasesSize): GroupTimings => ({
  ...GROUP_TIMINGS,
  promiseMs: 0,
  stepDownMs: Number.POSITIVE_INFINITY,
  ...timings,
});

export const BOOT = "boot1";
export const NEXT_BOOT = "boot2";

/** It never leads, and says at any time what it has heard. */
export const isRelay = (host: HostUuid, { reports, passes, terms }: LeasesSize): boolean =>
  (reports || passes) && terms === 1 && host === "b";

export const isVictim = (host: HostUuid): boolean => host === VICTIM;

/** How far the clock of a host goes while that of the host with the lease goes one unit. */
export const unitOf = (host: HostUuid, { faster }: LeasesSize): number =>
  isVictim(host) ? UNIT_MS : UNIT_MS * faster;

export const floored = (ms: number, units: number): number => Math.max(ms, NOW_MS - units * UNIT_MS);

/** Is a number too old to come from anywhere? */
export const isTooLate = (ms: number, { lateUnits, faster }: LeasesSize): boolean =>
  ms < NOW_MS - lateUnits * UNIT_MS * faster;
