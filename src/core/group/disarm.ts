import type { DisarmSight, GroupSight } from "../model/group-sight.ts";
import type { HostUuid } from "../model/ids.ts";

/** HA rests for the pool (`host` null), or for one host. */
export interface Disarm {
  readonly host: HostUuid | null;
  /** For so long from when this roll was made, in milliseconds. */
  readonly leftMs: number;
}

/** What a roll has of it. */
export interface DisarmRecord {
  /** The last word of an administrator that was taken (`DisarmWord.id`), so that none is taken twice; 0: none ever was. */
  readonly word: number;
  /** Each target once. */
  readonly of: readonly Disarm[];
}

export const NO_DISARM: DisarmRecord = { word: 0, of: [] };

/** Who wants more at the same time means the whole pool. */
export const MOST_DISARMS = 16;

/** A roll, as far as this goes. */
interface Resting {
  readonly disarm: DisarmRecord;
}

export const isSameDisarm = (a: DisarmRecord, b: DisarmRecord): boolean =>
  a.word === b.word &&
  a.of.length === b.of.length &&
  a.of.every(({ host, leftMs }, at) => host === b.of[at]?.host && leftMs === b.of[at]?.leftMs);

/** Since when, by its uptime, this monitor has had the record of its roll: from then on it counts by itself. */
export interface DisarmWatch {
  readonly record: DisarmRecord;
  readonly sinceMs: number;
}

export const NO_DISARM_WATCH: DisarmWatch = { record: NO_DISARM, sinceMs: 0 };

/** What time, or another roll, does to it. */
export function stepDisarmWatch(
  last: DisarmWatch,
  { roll }: { readonly roll: Resting | null },
  nowMs: number,
): DisarmWatch {
  const record = roll?.disarm ?? NO_DISARM;
  return isSameDisarm(record, last.record) ? last : { record, sinceMs: nowMs };
}

/** What is left of each by the count of this monitor; 0: it is over. */
export function leftOf({ record, sinceMs }: DisarmWatch, nowMs: number): readonly Disarm[] {
  return record.of.map(({ host, leftMs }) => ({
    host,
    leftMs: Math.max(0, Math.ceil(leftMs - (nowMs - sinceMs))),
  }));
}

/** Does this roll let HA rest for that host, or for the whole pool? */
export const restsIn = ({ disarm }: Resting, host: HostUuid): boolean =>
  disarm.of.some((one) => one.host === null || one.host === host);

/**
 * For what HA rests now, as it is published. A host that leads goes on resting until a roll without it is settled, which it makes when the time
 * is over: so no later leader rests for the same word again. Any other host goes by its own count alone.
 */
export function disarmsNow(
  watch: DisarmWatch,
  { before }: { readonly before: Resting | null },
  { nowMs, leads }: { readonly nowMs: number; readonly leads: boolean },
): readonly DisarmSight[] {
  const left = leftOf(watch, nowMs);
  if (!leads) return left.filter(({ leftMs }) => leftMs > 0);
  const ending = (before?.disarm.of ?? []).filter(({ host }) => left.every((one) => one.host !== host));
  return [...left, ...ending.map(({ host }) => ({ host, leftMs: 0 }))];
}

/** Does HA rest for that host, alone or with the pool, by the count of this monitor? */
export function isResting(watch: DisarmWatch, host: HostUuid, nowMs: number): boolean {
  return leftOf(watch, nowMs).some((one) => one.leftMs > 0 && (one.host === null || one.host === host));
}

/** Does it rest for this host alone? Then this one takes nobody's place: the others go before it. */
export function restsAlone(
  { disarm, voting }: { readonly disarm: DisarmWatch; readonly voting: { readonly self: HostUuid } },
  nowMs: number,
): boolean {
  return leftOf(disarm, nowMs).some(({ host, leftMs }) => host === voting.self && leftMs > 0);
}

/** For what HA rests, as a text to compare. */
export const disarmedText = (group: Pick<GroupSight, "roll"> | null): string =>
  (group?.roll?.disarms ?? []).map(({ host }) => host ?? "pool").join(" ");
