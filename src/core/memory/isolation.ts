import { type Check, isFlag, isNumber, nullOr, objectOf } from "./shape.ts";

/** This host saw no other member and had no quorum. Survives its own reboot. */
export interface Isolation {
  readonly sinceMs: number;
  /** This incident already cost a reboot; there is no second one (core/README.md, "The rules that may never be broken", 7). */
  readonly rebooted: boolean;
  /** Since when the pool is seen whole again; null while it is not. */
  readonly wellSinceMs: number | null;
}

export const isIsolation: Check<Isolation> = objectOf<Isolation>({
  sinceMs: isNumber,
  rebooted: isFlag,
  wellSinceMs: nullOr(isNumber),
});
