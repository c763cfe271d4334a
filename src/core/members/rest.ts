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
  const fences = memory.fencedAtMs[host] ?? [];
  if (rests(host, fences, memory, nowMs)) return "fences";
  const boots = ownBootsMs(host, self, memory, nowMs);
  const all = [...fences, ...boots].sort((a, b) => a - b);
  return boots.length > 0 && rests(host, all, memory, nowMs) ? "boots" : null;
}

function rests(
  host: HostUuid,
  failedAtMs: readonly number[],
  { backAtMs, onRoll, health }: Memory,
  nowMs: number,
): boolean {
  const lastMs = failedAtMs.at(-1) ?? 0;
  const isOften = failedAtMs.filter((atMs) => lastMs - atMs < OFTEN_MS).length >= 2;
  const isBack = onRoll.length === 0 || onRoll.includes(host);
  const backMs = isBack ? Math.max(lastMs, backAtMs[host] ?? 0) : nowMs;
  const known = health[host];
  const wellSinceMs = known?.state === "alive" ? known.sinceMs : nowMs;
  return isOften && nowMs - backMs < LONGEST_MS && nowMs - wellSinceMs < REST_MS;
}
