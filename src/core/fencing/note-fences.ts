import { hostsOnRoll, isConfirmedOff } from "../group/may-act.ts";
import { heardOf, isHeardNow } from "../members/heard.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import { NOT_STOPPED, stepStop } from "./brakes.ts";

/** Longer than anybody asks for (core/members/rest.ts). */
const KEPT_MS = 60 * 60_000;
const MOST_KEPT = 5;

/**
 * The memory with when each host was fenced: by this host, or by another one, as the roll shows that a host has left it which is
 * neither heard nor in maintenance; and with when it came back. So a leader that is elected in the middle of it all counts what was
 * done before. With HA off it is forgotten.
 */
export function noteFences(before: Memory, view: PoolView): Memory {
  const { nowMs } = view;
  const roll = hostsOnRoll(view);
  const onRoll = roll.length > 0 ? roll : before.onRoll;
  if (before.lastGood?.haFlag === "off")
    return { ...before, ...NOT_STOPPED, fencedAtMs: {}, backAtMs: {}, onRoll };
  const left = before.onRoll.filter((host) => !onRoll.includes(host));
  const others = left.filter((host) => wasFencedByOthers(host, before, view));
  const fences = [...ownFences(before), ...others.map((host): Fence => [host, nowMs])];
  const fencedAtMs = addFences(keptFences(before, onRoll, nowMs), fences, nowMs);
  const joined = onRoll.filter((host) => isLeftOut(host, before.onRoll));
  const back = { ...before.backAtMs, ...Object.fromEntries(joined.map((host) => [host, nowMs])) };
  const backAtMs = Object.fromEntries(
    Object.entries(back).filter(([host]) => Object.hasOwn(fencedAtMs, host)),
  );
  return { ...before, ...stepStop(before, view), fencedAtMs, backAtMs, onRoll };
}

/** A host, and when it was fenced. */
type Fence = readonly [HostUuid, number];

type Times = Memory["fencedAtMs"];

/** Of a host that is off all of them are kept: whether it is to rest is asked when it is back. */
function keptFences({ fencedAtMs }: Memory, onRoll: readonly HostUuid[], nowMs: number): Times {
  const kept = Object.entries(fencedAtMs).map(([host, times]): [string, readonly number[]] => {
    const isOff = isLeftOut(host, onRoll);
    return [host, times.filter((atMs) => isOff || nowMs - atMs < KEPT_MS)];
  });
  return Object.fromEntries(kept.filter(([, times]) => times.length > 0));
}

function addFences(before: Times, fences: readonly Fence[], nowMs: number): Times {
  const after = { ...before };
  for (const [host, atMs] of fences) {
    const times = after[host] ?? [];
    if (nowMs - atMs >= KEPT_MS || times.includes(atMs)) continue;
    after[host] = [...times, atMs].sort((a, b) => a - b).slice(-MOST_KEPT);
  }
  return after;
}

/** Where the roll is not known nobody is left out. */
const isLeftOut = (host: string, onRoll: readonly string[]) => onRoll.length > 0 && !onRoll.includes(host);

/**
 * What this host has fenced, and when it was off first: not by an administrator's word; and a host that was off the roll already has been
 * off since an earlier fence. A new leader fences such a one anew, for it has no proof.
 */
function ownFences({ incidents, onRoll }: Memory): readonly Fence[] {
  return Object.values(incidents).flatMap(({ host, phase, isWord, offSinceMs }): readonly Fence[] => {
    const isNone = offSinceMs === null || isWord || phase === "returned" || isLeftOut(host, onRoll);
    return isNone ? [] : [[host, offSinceMs]];
  });
}

/**
 * Not one that left because this host has found it off, nor on purpose: in maintenance, out of the pool, or off by an administrator's
 * word, which only the host knows on which it was given.
 */
function wasFencedByOthers(host: HostUuid, { incidents, lastGood }: Memory, view: PoolView): boolean {
  const own = incidents[host];
  if (own !== undefined && own.offSinceMs !== null && own.phase !== "returned") return false;
  const known = lastGood?.hosts.find(({ uuid }) => uuid === host);
  return known?.enabled === true && !isHeardNow(heardOf(view.hearing, host)) && !isConfirmedOff(view, host);
}
