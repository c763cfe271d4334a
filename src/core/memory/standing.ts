import { type Check, isNumber, isText, listOf, nullOr, objectOf } from "./shape.ts";

/** What the last look has found of how the pool would stand the failure of one host. */
export interface Standing {
  /** When the pool was looked at last, changed or not; null: what it has could not be read yet. */
  readonly atMs: number | null;
  /** When it is looked at next. */
  readonly nextMs: number;
  /** How many hosts could be given VMs; with fewer than two there is nowhere else to go. */
  readonly inService: number;
  /** Stands for all that was looked at: as long as it is the same, so is what was found. */
  readonly seen: string;
  /** Names of the hosts whose VMs would not all find memory on the others. */
  readonly weakHosts: readonly string[];
  /** VMs that run and would be started nowhere else, each with why. */
  readonly unprotected: readonly string[];
}

export const isStanding: Check<Standing> = objectOf<Standing>({
  atMs: nullOr(isNumber),
  nextMs: isNumber,
  inService: isNumber,
  seen: isText,
  weakHosts: listOf(isText),
  unprotected: listOf(isText),
});
