import { hostsOnRoll, isConfirmedOff } from "../group/may-act.ts";
import { heardOf, isHeardNow } from "../members/heard.ts";
import type { Incident } from "../memory/incident.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import { stillStoppedSince } from "./brakes.ts";

/** Longer than anybody asks for (core/members/rest.ts). */
const KEPT_MS = 60 * 60_000;
/** A host that was fenced leaves the roll within seconds: that is no second fence. */
const SAME_MS = 5 * 60_000;
const MOST_KEPT = 5;

/**
 * The memory with when each host was fenced: by this host, or by another one, as the roll shows that a host has left it which is
 * neither heard nor in maintenance. So a leader that is elected in the middle of it all counts what was done before. With HA off it is
 * forgotten.
 */
export function noteFences(before: Memory, view: PoolView): Memory {
  const { nowMs } = view;
  const roll = hostsOnRoll(view);
  const onRoll = roll.length > 0 ? roll : before.onRoll;
  if (before.lastGood?.haFlag === "off")
    return { ...before, fencingStoppedSinceMs: null, fencedAtMs: {}, onRoll };
  const memory = { ...before, fencingStoppedSinceMs: stillStoppedSince(before, view) };
  const own = Object.values(memory.incidents).flatMap((incident) =>
    incident.offSinceMs !== null && isFurther(incident, memory)
      ? [[incident.host, incident.offSinceMs] as const]
      : [],
  );
  const left = memory.onRoll.filter((host) => !onRoll.includes(host));
  const others = left.filter((host) => wasFenced(host, memory, view)).map((host) => [host, nowMs] as const);
  const fencedAtMs: Record<string, readonly number[]> = {};
  for (const [host, times] of Object.entries(memory.fencedAtMs)) {
    const kept = times.filter((atMs) => nowMs - atMs < KEPT_MS);
    if (kept.length > 0) fencedAtMs[host] = kept;
  }
  for (const [host, atMs] of [...own, ...others]) {
    const times = fencedAtMs[host] ?? [];
    if (nowMs - atMs >= KEPT_MS || times.some((known) => Math.abs(known - atMs) < SAME_MS)) continue;
    fencedAtMs[host] = [...times, atMs].sort((a, b) => a - b).slice(-MOST_KEPT);
  }
  return { ...memory, fencedAtMs, onRoll };
}

/** Not by an administrator's word; and a host that a new leader has fenced anew, for it had no proof, has been off since its first fence. */
function isFurther({ host, phase, isWord }: Incident, { fencedAtMs, onRoll }: Memory): boolean {
  const isAnew = fencedAtMs[host] !== undefined && !onRoll.includes(host);
  return !isWord && phase !== "returned" && !isAnew;
}

/** Not one that left on purpose: in maintenance, out of the pool, or off by an administrator's word. */
function wasFenced(host: HostUuid, { lastGood }: Memory, view: PoolView): boolean {
  const known = lastGood?.hosts.find(({ uuid }) => uuid === host);
  return known?.enabled === true && !isHeardNow(heardOf(view.hearing, host)) && !isConfirmedOff(view, host);
}
