import { hostsOnRoll } from "../group/may-act.ts";
import type { HostHealth } from "../memory/host-health.ts";
import { waitsForFence } from "../memory/incident.ts";
import type { Memory } from "../memory/memory.ts";
import { type HostUuid, hostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";

/**
 * Where many hosts fail at once, what they have in common has failed: a switch, a storage, or this program. Then power is cut slowly, and
 * not without end (protocol, "Brakes").
 */

/** Hosts that fail within this time have failed together. */
const TOGETHER_MS = 2 * 60_000;

/** Have more than a third of the hosts, two at least, failed together? Then one after the other is fenced. */
export function haveFailedTogether(memory: Memory, view: PoolView): boolean {
  const failed = failures(memory);
  const hosts = new Set([...hostsOnRoll(view), ...failed.keys()]).size;
  const times = [...failed.values()];
  return times.some((beginMs) => {
    const together = times.filter((atMs) => atMs >= beginMs && atMs - beginMs <= TOGETHER_MS).length;
    return together >= 2 && together * 3 > hosts;
  });
}

/** When each host has failed that is not back. */
function failures({ incidents, health }: Memory): ReadonlyMap<HostUuid, number> {
  const failed = Object.entries(health).filter(([, { state }]) => state === "failed");
  const open = Object.values(incidents).filter(({ phase }) => phase !== "returned");
  return new Map([
    ...open.map(({ host, openedAtMs }) => [host, openedAtMs] as const),
    ...failed.map(([host, { sinceMs }]) => [hostUuid(host), sinceMs] as const),
  ]);
}

function isAnyUnfenced({ incidents, health }: Memory): boolean {
  const isNew = ([host, { state }]: [string, HostHealth]) =>
    state === "failed" && incidents[host] === undefined;
  return Object.values(incidents).some(waitsForFence) || Object.entries(health).some(isNew);
}

const MANY_MS = 10 * 60_000;

/**
 * Were more than half of the hosts of the pool fenced within ten minutes, whoever fenced them? Then no further one is fenced until a
 * person says so (`ha-cfg resume`), or no failed host waits for its fence any more. One that was among them is no further one: a new
 * leader fences it anew, for it has no proof.
 */
export function wereTooManyFenced(
  host: HostUuid,
  memory: Memory,
  { nowMs, fencingResumedAtMs }: PoolView,
): boolean {
  const resumedAtMs = fencingResumedAtMs ?? Number.NEGATIVE_INFINITY;
  const fenced = Object.entries(memory.fencedAtMs)
    .filter(([, times]) => times.some((atMs) => nowMs - atMs < MANY_MS && atMs > resumedAtMs))
    .map(([uuid]) => hostUuid(uuid));
  // One that was fenced and forgotten has been a host of the pool, too.
  const hosts = new Set([...(memory.lastGood?.hosts ?? []).map(({ uuid }) => uuid), ...fenced]).size;
  const isStopped = memory.fencingStoppedSinceMs !== null;
  return !fenced.includes(host) && (isStopped || fenced.length * 2 > hosts);
}

/** Since when nobody is fenced any more; null: a person has resumed it, or no failed host waits for its fence any more. */
export function stillStoppedSince(memory: Memory, { fencingResumedAtMs }: PoolView): number | null {
  const { fencingStoppedSinceMs } = memory;
  if (fencingStoppedSinceMs === null || !isAnyUnfenced(memory)) return null;
  const isResumed = fencingResumedAtMs !== null && fencingResumedAtMs >= fencingStoppedSinceMs;
  return isResumed ? null : fencingStoppedSinceMs;
}
