import type { HostUuid } from "../model/ids.ts";
import { type Check, isBrandedText, isNumber, objectOf } from "./shape.ts";

/** The copy of the pool database on a slave's own disk, as far as this host has fetched it. */
export interface OwnCopy {
  /** Whose database it is a copy of: another master counts for itself. */
  readonly master: HostUuid;
  /** At least so many changes are in it: as many as that master had counted before the copy was fetched. */
  readonly changes: number;
  /** When it was last known to be as new as the master's database. */
  readonly currentAtMs: number;
  /** The next one is not fetched before that. */
  readonly notBeforeMs: number;
}

export const isOwnCopy: Check<OwnCopy> = objectOf<OwnCopy>({
  master: isBrandedText<HostUuid>,
  changes: isNumber,
  currentAtMs: isNumber,
  notBeforeMs: isNumber,
});
