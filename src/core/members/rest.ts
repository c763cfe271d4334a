import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import { ownBootsMs } from "./own-boots.ts";

const OFTEN_MS = 60 * 60_000;
const REST_MS = 10 * 60_000;
/** Whoever sees it for the first time, or sees it silent for a moment, begins no new rest. */
const LONGEST_MS = 20 * 60_000;

/** Of what a host rests: that it was fenced twice within an hour, or that it failed as often, some of it by booting by itself. */
export type Rest = "fences" | "boots";

/**
 * Has this host failed twice within an hour, and not been well for ten minutes since? Then it has its vote, and gets no VM: what it failed of
 * will most likely happen again, and each time costs its VMs a start. It rests for twenty minutes after it was back at the most. null: it does
 * not.
 */
export function restOf(host: HostUuid, self: HostUuid, memory: Memory, nowMs: number): Rest | null {
  return findRest(host, self, memory, nowMs)?.of ?? null;
}

/** Of what it rests, and until when, by the uptime of `self`, if nothing happens to it meanwhile; null: it does not rest. */
export function findRest(
  host: HostUuid,
  self: HostUuid,
  memory: Memory,
  nowMs: number,
): { readonly of: Rest; readonly untilMs: number } | null {
  const fences = memory.fencedAtMs[host] ?? [];
  const fencesMs = restsUntilMs(host, fences, memory, nowMs);
  if (fencesMs !== null) return { of: "fences", untilMs: fencesMs };
  const boots = ownBootsMs(host, self, memory, nowMs);
  if (boots.length === 0) return null;
  const all = [...fences, ...boots].sort((a, b) => a - b);
  const bootsMs = restsUntilMs(host, all, memory, nowMs);
  return bootsMs === null ? null : { of: "boots", untilMs: bootsMs };
}

function restsUntilMs(
  host: HostUuid,
  failedAtMs: readonly number[],
  { backAtMs, onRoll, health }: Memory,
  nowMs: number,
): number | null {
  const lastMs = failedAtMs.at(-1) ?? 0;
  const isOften = failedAtMs.filter((atMs) => lastMs - atMs < OFTEN_MS).length >= 2;
  const isBack = onRoll.length === 0 || onRoll.includes(host);
  const backMs = isBack ? Math.max(lastMs, backAtMs[host] ?? 0) : nowMs;
  const known = health[host];
  const wellSinceMs = known?.state === "alive" ? known.sinceMs : nowMs;
  const untilMs = Math.min(backMs + LONGEST_MS, wellSinceMs + REST_MS);
  return isOften && nowMs < untilMs ? untilMs : null;
}
