import type { HostUuid } from "../model/ids.ts";
import { type Acked, ownAckMs, stepAcked } from "./acks.ts";
import { bootTag } from "./boot-tag.ts";
import type { HearingState } from "./hearing.ts";
import { MOST_HOSTS } from "./limits.ts";
import { electedUntil, mandateUntil } from "./mandate.ts";
import type { Ack, Heartbeat } from "./message.ts";
import { hearingOf } from "./peer-state.ts";
import type { Roll, RollHost } from "./roll.ts";
import { isSameTerm, type Term } from "./term.ts";
import { GROUP_TIMINGS, type GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/** A boot of a host. */
export interface HostBoot {
  readonly host: HostUuid;
  readonly bootId: string;
}

/** A boot whose lease has run out, since when nothing of it was acknowledged, and when it was over. */
export interface Over extends HostBoot {
  readonly sinceMs: number;
  readonly overMs: number;
  /** Something has come from the host since: it has booted, and that it is off is no longer true. */
  readonly isBack: boolean;
}

/** What a monitor knows of leases, its own one and, as the leader, those of others. All times are its uptime. */
export interface LeaseWatch {
  /** The term in which it has the mandate, and since when without a break; null: it has none. */
  readonly led: { readonly term: Term; readonly sinceMs: number } | null;
  /** What it acknowledges as the leader. */
  readonly acked: readonly Acked[];
  /** Whose lease has run out: that boot is off, for good, and nothing of it is acknowledged any more. */
  readonly over: readonly Over[];
  /** The newest own number that a leader has acknowledged; null: none. */
  readonly ownAckedMs: number | null;
}

export const NO_LEASES: LeaseWatch = { led: null, acked: [], over: [], ownAckedMs: null };

/** So long after it was renewed last a lease of so many milliseconds is over by any clock. */
export const runsOutAfterMs = (
  leaseMs: number,
  { leaseDrift, leaseMarginMs }: GroupTimings = GROUP_TIMINGS,
): number => leaseMs * leaseDrift + leaseMarginMs;

/** The lease of another host as its leader sees it. */
export interface Lease extends HostBoot {
  readonly leaseMs: number;
  /** Since when it runs, and when it will be over if that host is not heard again, by the leader's uptime. */
  readonly sinceMs: number;
  readonly endsMs: number;
}

/**
 * What time does to it. The numbers have been read already; then the mandate is looked at; what is acknowledged now is said after that. So
 * whoever is elected after this mandate has nothing to wait for but the time since its own election (core/group/README.md, "The lease").
 */
export function stepLeases(
  last: LeaseWatch,
  hearing: HearingState,
  voting: Voting,
  nowMs: number,
  timings: GroupTimings,
): LeaseWatch {
  const over = last.over
    .filter((one) => !hasBootedSince(one, hearing, voting))
    .map((one) => (one.isBack || !isSign(one, hearing, nowMs) ? one : { ...one, isBack: true }));
  if (mandateUntil(voting, nowMs, timings) === null) return { ...last, led: null, acked: [], over };
  const { term } = voting.stored;
  const led = last.led !== null && isSameTerm(last.led.term, term) ? last.led : { term, sinceMs: nowMs };
  // Whoever is heard lives, in another boot: the roll shows an old one, for a moment still.
  const isSilent = ({ host }: HostBoot) => !isHeard(host, hearing, nowMs);
  const ended = leasesOf({ ...last, led }, voting, timings).filter(
    (one) => nowMs > one.endsMs && isSilent(one),
  );
  const isOver = ({ host, bootTag: tag }: Ack) =>
    [...over, ...ended].some((one) => one.host === host && bootTag(one.bootId) === tag);
  const acked = stepAcked(last.acked, hearing, nowMs).filter((one) => !isOver(one) && isOfPool(one, hearing));
  return {
    led,
    acked: acked.slice(-2 * MOST_HOSTS),
    over: withEnded(over, ended, nowMs),
    ownAckedMs: later(last.ownAckedMs, answeredMs(voting, nowMs, timings)),
  };
}

function isHeard(host: HostUuid, { peers }: HearingState, nowMs: number): boolean {
  const peer = peers.get(host);
  return peer !== undefined && hearingOf(host, peer, peers, nowMs).heard !== "silent";
}

/** A fresh message of another boot has come since, or the roll has another one. */
function hasBootedSince({ host, bootId }: HostBoot, { peers }: HearingState, { stored }: Voting): boolean {
  const entry = stored.roll?.hosts.find((one) => one.host === host);
  const isOther = entry !== undefined && entry.bootId !== bootId;
  return isOther || peers.get(host)?.endedBoots.includes(bootId) === true;
}

/** A genuine datagram of it, fresh or not, to whomever it came. */
function isSign({ host, overMs }: Over, hearing: HearingState, nowMs: number): boolean {
  const newestMs = hearing.peers.get(host)?.newestMs ?? null;
  return isHeard(host, hearing, nowMs) || (newestMs !== null && newestMs >= overMs);
}

const isOfPool = ({ host }: Ack, { peers }: HearingState): boolean => peers.has(host);

function withEnded(over: readonly Over[], ended: readonly Lease[], nowMs: number): readonly Over[] {
  const isKnown = (one: HostBoot) =>
    over.some(({ host, bootId }) => host === one.host && bootId === one.bootId);
  const fresh = ended
    .filter((one) => !isKnown(one))
    .map(({ host, bootId, sinceMs }) => ({ host, bootId, sinceMs, overMs: nowMs, isBack: false }));
  return fresh.length === 0 ? over : [...over, ...fresh].slice(-MOST_HOSTS);
}

/**
 * The leases on which this leader may count: those of other hosts that the settled roll shows, for the boot that it shows. Each runs from when
 * the newest number was heard that was acknowledged; or from the election, because the leader before may have acknowledged later ones.
 */
export function leasesOf(
  { led, acked }: Pick<LeaseWatch, "led" | "acked">,
  voting: Voting,
  timings: GroupTimings = GROUP_TIMINGS,
): readonly Lease[] {
  const { roll, before } = voting.stored;
  if (led === null || roll === null) return [];
  return roll.hosts.flatMap(({ host, bootId, leaseMs }): readonly Lease[] => {
    if (host === voting.self || bootId === null || leaseMs === null) return [];
    if (before !== null && !shows(before, { host, bootId, leaseMs })) return [];
    const heardMs = acked.find((one) => one.host === host && one.bootTag === bootTag(bootId))?.heardMs;
    const sinceMs = Math.max(led.sinceMs, heardMs ?? Number.NEGATIVE_INFINITY);
    return [{ host, bootId, leaseMs, sinceMs, endsMs: sinceMs + runsOutAfterMs(leaseMs, timings) }];
  });
}

function shows({ hosts }: Roll, { host, bootId, leaseMs }: Omit<RollHost, "maintenance">): boolean {
  return hosts.some((one) => one.host === host && one.bootId === bootId && one.leaseMs === leaseMs);
}

/** A leader is acknowledged by the majority that votes for it: the newest own number that they have answered. */
function answeredMs(voting: Voting, nowMs: number, timings: GroupTimings): number | null {
  const untilMs = electedUntil(voting, nowMs, timings);
  return untilMs === null ? null : untilMs - timings.mandateMs;
}

/** An acknowledgement of this host, from its leader or passed on. */
export function takeAcks(
  last: LeaseWatch,
  hearing: HearingState,
  message: Pick<Heartbeat, "answers" | "acks">,
  nowMs: number,
): LeaseWatch {
  const ackMs = ownAckMs(hearing, message, nowMs);
  const ownAckedMs = later(last.ownAckedMs, ackMs);
  return ownAckedMs === last.ownAckedMs ? last : { ...last, ownAckedMs };
}

function later(aMs: number | null, bMs: number | null): number | null {
  if (aMs === null || bMs === null) return aMs ?? bMs;
  return Math.max(aMs, bMs);
}
