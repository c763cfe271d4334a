import type { HostUuid } from "../model/ids.ts";
import { type Check, isBrandedText, isNumber, listOf, nullOr, objectOf } from "./shape.ts";

/** How often an action of one key has failed in a row, and when it may be tried again (core/pace/back-off.ts). */
export interface Retry {
  readonly failures: number;
  readonly notBeforeMs: number;
}

export const isRetry: Check<Retry> = objectOf<Retry>({ failures: isNumber, notBeforeMs: isNumber });

/** Starts of one VM that we asked for, the youngest last; a VM that keeps falling over is not started for ever (test/README.md, F20). */
export interface RestartHistory {
  readonly startedAtMs: readonly number[];
  /** Its rank (core/restart/rank.ts); of an earlier version its `VM.order`. */
  readonly order: number;
  readonly startDelayS: number;
  /** The host on which it is being started, until that has ended; null: none, or whichever XAPI picks. */
  readonly host: HostUuid | null;
}

export const isRestartHistory: Check<RestartHistory> = objectOf<RestartHistory>({
  startedAtMs: listOf(isNumber),
  order: isNumber,
  startDelayS: isNumber,
  host: nullOr(isBrandedText<HostUuid>),
});
