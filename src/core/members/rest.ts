import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";

const OFTEN_MS = 60 * 60_000;
const REST_MS = 10 * 60_000;
/** Whoever sees it for the first time, or sees it silent for a moment, begins no new rest. */
const LONGEST_MS = 20 * 60_000;

/**
 * Was this host fenced twice within an hour, and has it not been well for ten minutes since? Then it has its vote, and gets no VM: what it
 * failed of will most likely happen again, and each time costs its VMs a start. It rests for twenty minutes after it was back at the most.
 */
export function rests(
  host: HostUuid,
  { fencedAtMs, backAtMs, onRoll, health }: Memory,
  nowMs: number,
): boolean {
  const fences = fencedAtMs[host] ?? [];
  const lastMs = fences.at(-1) ?? 0;
  const isOften = fences.filter((atMs) => lastMs - atMs < OFTEN_MS).length >= 2;
  const isBack = onRoll.length === 0 || onRoll.includes(host);
  const backMs = isBack ? Math.max(lastMs, backAtMs[host] ?? 0) : nowMs;
  const known = health[host];
  const wellSinceMs = known?.state === "alive" ? known.sinceMs : nowMs;
  return isOften && nowMs - backMs < LONGEST_MS && nowMs - wellSinceMs < REST_MS;
}
