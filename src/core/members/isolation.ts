import type { QuorumTally } from "./quorum.ts";

/** This host saw no other member and had no quorum. Survives its own reboot. */
export interface Isolation {
  readonly sinceMs: number;
  /** This incident already cost a reboot; there is no second one (behaviour.md §13.7). */
  readonly rebooted: boolean;
  /** Since when the pool is seen whole again; null while it is not. */
  readonly wellSinceMs: number | null;
}

/** A link that comes back for some seconds has not ended the incident: it would cost a reboot each time. */
const WELL_MS = 60_000;

/**
 * Is this host the one that was cut off? Only when members exist that should answer, none does, and the votes do not
 * say otherwise: two hosts of four are a tie, not an island.
 */
export function isIsolated(input: {
  readonly failed: number;
  readonly aliveOthers: number;
  readonly quorum: QuorumTally;
}): boolean {
  return input.failed > 0 && input.aliveOthers === 0 && !input.quorum.quorate;
}

/** The pool is seen whole: an incident that has cost a reboot is over when that has lasted for a minute. */
export function endIsolation(previous: Isolation | null, nowMs: number): Isolation | null {
  if (previous?.rebooted !== true) return null;
  const wellSinceMs = previous.wellSinceMs ?? nowMs;
  return nowMs - wellSinceMs >= WELL_MS ? null : { ...previous, wellSinceMs };
}

export type IsolationStep = { readonly isolation: Isolation; readonly reboot: boolean };

/** One more pass alone: reboot once per incident if the administrator wants that (FENCE_REBOOT_LONE_HOST). */
export function stepIsolation(
  previous: Isolation | null,
  nowMs: number,
  settings: { readonly FENCE_REBOOT_LONE_HOST: boolean },
): IsolationStep {
  const isolation: Isolation = { ...(previous ?? { sinceMs: nowMs, rebooted: false }), wellSinceMs: null };
  if (!settings.FENCE_REBOOT_LONE_HOST || isolation.rebooted) return { isolation, reboot: false };
  return { isolation: { ...isolation, rebooted: true }, reboot: true };
}
