import { hostsOnRoll } from "../group/may-act.ts";
import { hostRows, rowOf } from "../members/host-rows.ts";
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
/** Hosts that are fenced within this time are counted together. */
const MANY_MS = 10 * 60_000;

/**
 * Must this host wait until the fences that are under way have ended? More than a third of the hosts, two at least, have failed together;
 * or with those fences more than half of them are fenced, and nobody knows yet whether they succeed.
 */
export function waitsForOthers(host: HostUuid, memory: Memory, view: PoolView): boolean {
  const roll = hostsOnRoll(view);
  const underWay = Object.values(memory.incidents)
    .filter((other) => other.phase === "fencing" && other.host !== host && roll.includes(other.host))
    .map((other) => other.host);
  const fenced = new Set([...fencedLately(memory, view), ...underWay]);
  return haveFailedTogether(memory, view) || areMoreThanHalf(fenced, memory);
}

function haveFailedTogether(memory: Memory, view: PoolView): boolean {
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

/**
 * Were more than half of the hosts of the pool fenced within ten minutes, whoever fenced them? Then no further one is fenced until
 * fencing goes on (`stepStop`). One that was among them, and is not back, is no further one: a new leader fences it anew, for it has no
 * proof.
 */
export function wereTooManyFenced(host: HostUuid, memory: Memory, view: PoolView): boolean {
  const fenced = fencedLately(memory, view);
  const isFurther = !fenced.has(host) || hostsOnRoll(view).includes(host);
  return isFurther && (memory.fencingStoppedSinceMs !== null || areMoreThanHalf(fenced, memory));
}

/** Since a person has seen why. */
function fencedLately({ fencedAtMs }: Memory, view: PoolView): ReadonlySet<HostUuid> {
  const resumedAtMs = view.fencingResumedAtMs ?? Number.NEGATIVE_INFINITY;
  const fenced = Object.entries(fencedAtMs).filter(([, times]) =>
    times.some((atMs) => view.nowMs - atMs < MANY_MS && atMs > resumedAtMs),
  );
  return new Set(fenced.map(([uuid]) => hostUuid(uuid)));
}

function areMoreThanHalf(fenced: ReadonlySet<HostUuid>, { lastGood }: Memory): boolean {
  // One that was fenced and forgotten has been a host of the pool, too.
  const hosts = new Set([...(lastGood?.hosts ?? []).map(({ uuid }) => uuid), ...fenced]);
  return fenced.size * 2 > hosts.size;
}

/** That fencing has stopped, and for whom. */
type Stop = Pick<Memory, "fencingStoppedSinceMs" | "unfencedAtMs">;

export const NOT_STOPPED: Stop = { fencingStoppedSinceMs: null, unfencedAtMs: null };

/**
 * Fencing goes on when a person says so (`ha-cfg resume`), or no host has waited for its fence for ten minutes: one that answers for a
 * moment, because its network does, is no reason.
 */
export function stepStop(memory: Memory, view: PoolView): Stop {
  const { fencingStoppedSinceMs } = memory;
  if (fencingStoppedSinceMs === null) return NOT_STOPPED;
  const { nowMs, fencingResumedAtMs } = view;
  const unfencedAtMs = isAnyUnfenced(memory, view) ? nowMs : (memory.unfencedAtMs ?? fencingStoppedSinceMs);
  const isResumed = fencingResumedAtMs !== null && fencingResumedAtMs >= fencingStoppedSinceMs;
  return isResumed || nowMs - unfencedAtMs >= MANY_MS ? NOT_STOPPED : { fencingStoppedSinceMs, unfencedAtMs };
}

/** One that nobody may fence, for it was disabled, say, waits for nothing. */
function isAnyUnfenced(memory: Memory, view: PoolView): boolean {
  const rows = hostRows(memory, view);
  return Object.values(memory.incidents).some(
    (incident) => waitsForFence(incident) && rowOf(rows, incident.host).isFenceable,
  );
}
