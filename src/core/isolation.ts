import type { QuorumTally } from "./quorum.ts";

/** This host saw no other member and had no quorum. Survives its own reboot. */
export interface Isolation {
  readonly sinceMs: number;
  /** This incident already cost a reboot; there is no second one (behaviour.md §13.7). */
  readonly rebooted: boolean;
}

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

export type IsolationStep = { readonly isolation: Isolation; readonly reboot: boolean };

/** One more pass alone: reboot once per incident if the administrator wants that (FENCE_REBOOT_LONE_HOST). */
export function stepIsolation(
  previous: Isolation | null,
  nowMs: number,
  settings: { readonly FENCE_REBOOT_LONE_HOST: boolean },
): IsolationStep {
  const isolation = previous ?? { sinceMs: nowMs, rebooted: false };
  if (!settings.FENCE_REBOOT_LONE_HOST || isolation.rebooted) return { isolation, reboot: false };
  return { isolation: { ...isolation, rebooted: true }, reboot: true };
}
