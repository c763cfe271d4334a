import type { HostUuid } from "../model/ids.ts";
import { type Check, isBrandedText, isNumber, nullOr, objectOf, oneOf } from "./shape.ts";

/**
 * How far this host's take-over has come (core/takeover/take-over.ts). Before it the old master is proved off; that is the
 * incident of that host (core/fencing/incident.ts).
 */
export type PromotionPhase =
  /** The old master is off; the group has not named this host yet. */
  | "proved"
  /** The group has named this host as XAPI master. */
  | "named"
  /** XAPI was told, or is about to be; it restarts as master. */
  | "promoting"
  /** XAPI answers as master; its database is set right. */
  | "righting"
  /** The database is right, and VMs are started. Members are still coming back. */
  | "righted";

/** The take-over by this host, kept from before the group is told of it until the pool is whole again. */
export interface PromotionState {
  /** null: the host that the group had named was this very one, and no host was master. */
  readonly oldMaster: HostUuid | null;
  readonly sinceMs: number;
  readonly phase: PromotionPhase;
}

export const isPromotionState: Check<PromotionState> = objectOf<PromotionState>({
  oldMaster: nullOr(isBrandedText<HostUuid>),
  sinceMs: isNumber,
  phase: oneOf({ proved: true, named: true, promoting: true, righting: true, righted: true }),
});

/** A promotion of this host that is over, until its old master was seen as a slave. */
export interface EndedPromotion {
  readonly oldMaster: HostUuid;
}

export const isEndedPromotion: Check<EndedPromotion> = objectOf<EndedPromotion>({
  oldMaster: isBrandedText<HostUuid>,
});

/** Is the database of this master not set right yet after its take-over? Until then nothing is started. */
export function isRighting({ promotion }: { readonly promotion: PromotionState | null }): boolean {
  return promotion !== null && promotion.phase !== "righted";
}
