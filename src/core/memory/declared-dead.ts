import type { VmUuid } from "../model/ids.ts";
import { type Check, isBrandedText, isNumber, listOf, nullOr, objectOf } from "./shape.ts";

/**
 * A host that was declared dead. Nothing may have proved that it was off, and a device may have been wrong: then copies of
 * its VMs run on there.
 */
export interface DeclaredDead {
  /** What the database had there then. */
  readonly vms: readonly VmUuid[];
  /** When its xapi was restarted to end those copies; null: not yet. It is done once. */
  readonly restartedAtMs: number | null;
}

export const isDeclaredDead: Check<DeclaredDead> = objectOf<DeclaredDead>({
  vms: listOf(isBrandedText<VmUuid>),
  restartedAtMs: nullOr(isNumber),
});
