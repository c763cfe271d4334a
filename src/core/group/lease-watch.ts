import type { HostUuid } from "../model/ids.ts";
import { type Acked, ownAckMs, stepHeard } from "./acks.ts";
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

/** A boot whose lease has run out, and when it was over. */
export interface Over extends HostBoot {
  readonly overMs: number;
  /** When this monitor has heard of that very boot last, from it or by a report; null: it never has, so it does not know whether that was long ago. */
  readonly heardMs: number | null;
  /** Something has come from the host since: it has booted, and that it is off is no longer true. */
  readonly isBack: boolean;
}

/** What a monitor knows of leases, its own one and, as the leader, those of others. All times are its uptime. */
export interface LeaseWatch {
  /** The term in which it has the mandate, and since when without a break; null: it has none. */
  readonly led: { readonly term: Term; readonly sinceMs: number } | null;
  /** The newest number of each host and boot of which it has heard, whether it led then or not. As the leader it acknowledges them. */
  readonly heard: readonly Acked[];
  /** Whose lease has run out: that boot is off, for good, and nothing of it is acknowledged any more. */
  readonly over: readonly Over[];
  /** The newest own number that a leader has acknowledged; null: none. */
  readonly ownAckedMs: number | null;
  /** XAPI's own HA has the watchdog of this host. */
  readonly isTaken: boolean;
  /** Boots whose slots it may have destroyed while the roll showed a lease of them, as it still does (void-leases.ts). */
  readonly voided: readonly HostBoot[];
}

export const NO_LEASES: LeaseWatch = {
  ...{ led: null, heard: [], over: [], ownAckedMs: null },
  ...{ isTaken: false, voided: [] },
};

/** Only what is known of the lease of this host. */
export function withoutOthers(watch: LeaseWatch): LeaseWatch {
  const { led, heard, over } = watch;
  const hasNone = led === null && heard.length === 0 && over.length === 0;
  return hasNone ? watch : { ...watch, led: null, heard: [], over: [] };
}

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
  const heard = onlyOfPool(stepHeard(last.heard, hearing, nowMs), hearing, voting);
  if (mandateUntil(voting, nowMs, timings) === null) return { ...last, led: null, heard, over };
  const { term } = voting.stored;
  const led = last.led !== null && isSameTerm(last.led.term, term) ? last.led : { term, sinceMs: nowMs };
  // Whoever is heard lives, in another boot: the roll shows an old one, for a moment still.
  const isSilent = ({ host }: HostBoot) => !isHeard(host, hearing, nowMs);
  const ended = leasesOf({ led, heard, voided: last.voided }, voting, timings).filter(
    (one) => nowMs > one.endsMs && isSilent(one),
  );
  return {
    ...last,
    led,
    heard,
    over: withEnded(over, ended, heard, nowMs),
    ownAckedMs: later(last.ownAckedMs, answeredMs(voting, nowMs, timings)),
  };
}

export const isSameBoot = (a: HostBoot, b: HostBoot): boolean => a.host === b.host && a.bootId === b.bootId;

/** Does its lease prove nothing (void-leases.ts)? */
export function isVoided({ voided }: Pick<LeaseWatch, "voided">, boot: HostBoot): boolean {
  return voided.some((one) => isSameBoot(one, boot));
}

/** When the newest number of that boot came; null: none did. */
function heardOf({ host, bootId }: HostBoot, heard: readonly Acked[]): number | null {
  const tag = bootTag(bootId);
  return heard.find((one) => one.host === host && one.bootTag === tag)?.heardMs ?? null;
}

/** What the leader acknowledges: all that it has heard, but nothing of a boot whose lease is over. */
export function acknowledged({ led, heard, over }: LeaseWatch): readonly Acked[] {
  if (led === null) return [];
  const isOver = (one: Ack) =>
    over.some(({ host, bootId }) => host === one.host && bootTag(bootId) === one.bootTag);
  return over.length === 0 ? heard : heard.filter((one) => !isOver(one));
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

/** Of each host of the pool the boot that is heard, and the one that the roll has: two at the most. */
function onlyOfPool(
  acked: readonly Acked[],
  { peers }: HearingState,
  { stored: { roll } }: Voting,
): readonly Acked[] {
  return acked.filter(({ host, bootTag: tag }) => {
    const peer = peers.get(host);
    if (peer === undefined) return false;
    const entered = roll?.hosts.find((one) => one.host === host)?.bootId ?? null;
    const isEntered = entered !== null && bootTag(entered) === tag;
    return isEntered || peer.newest === null || bootTag(peer.newest.bootId) === tag;
  });
}

function withEnded(
  over: readonly Over[],
  ended: readonly Lease[],
  heard: readonly Acked[],
  nowMs: number,
): readonly Over[] {
  const isKnown = (one: HostBoot) => over.some((other) => isSameBoot(other, one));
  const heardMs = ({ host, bootId }: HostBoot) => heardOf({ host, bootId }, heard);
  const fresh = ended
    .filter((one) => !isKnown(one))
    .map(({ host, bootId }) => {
      const boot = { host, bootId };
      return { ...boot, heardMs: heardMs(boot), overMs: nowMs, isBack: false };
    });
  return fresh.length === 0 ? over : [...over, ...fresh].slice(-MOST_HOSTS);
}

/**
 * The leases on which this leader may count: those of other hosts that the settled roll shows, for the boot that it shows. Each runs from when
 * the newest number was heard that was acknowledged; or from the election, because the leader before may have acknowledged later ones.
 */
export function leasesOf(
  { led, heard, voided }: Pick<LeaseWatch, "led" | "heard" | "voided">,
  voting: Voting,
  timings: GroupTimings = GROUP_TIMINGS,
): readonly Lease[] {
  const { roll, before } = voting.stored;
  if (led === null || roll === null) return [];
  return roll.hosts.flatMap(({ host, bootId, leaseMs }): readonly Lease[] => {
    if (host === voting.self || bootId === null || leaseMs === null) return [];
    if (isVoided({ voided }, { host, bootId })) return [];
    if (before !== null && !shows(before, { host, bootId, leaseMs })) return [];
    const sinceMs = Math.max(led.sinceMs, heardOf({ host, bootId }, heard) ?? Number.NEGATIVE_INFINITY);
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
