import type { HostUuid, VmUuid } from "../model/ids.ts";
import {
  type Check,
  isBrandedText,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullOr,
  objectOf,
  oneOf,
} from "./shape.ts";

/** One failed host, from its failure to the day it is a member like any other (core/fencing/incident.ts). */
export interface Incident {
  readonly host: HostUuid;
  readonly openedAtMs: number;
  readonly phase: IncidentPhase;
  /** The power-off was confirmed, by a fence agent or an administrator, not merely assumed. */
  readonly proved: boolean;
  /** The proof is an administrator's word: no device has to say the same. */
  readonly isWord: boolean;
  /** The fence method that has succeeded last; null: none has, or an earlier version has not kept it. */
  readonly by: string | null;
  readonly fenceFailures: number;
  /** What ran there by the database when XAPI was told that it is dead: its disks are free when that has ended. */
  readonly vms: readonly VmUuid[];
  /** When a host that had been declared dead was seen alive again; null before. */
  readonly returnedAtMs: number | null;
  /** XAPI has been told in this incident that it is dead, which disables it. */
  readonly wasDeclared: boolean;
  /** When it was first known to be off in this incident, by a proof or by choice; null: it was not yet. */
  readonly offSinceMs: number | null;
  /** When it was switched on again (FENCE_ACTION=reset), or its device said so after the declaration; null: neither. */
  readonly switchedOnAtMs: number | null;
}

export type IncidentPhase =
  /** Failed, and not fenced (yet). */
  | "open"
  /** A fence attempt was begun; after a crash it is simply begun again. */
  | "fencing"
  /** No VM runs there any more, as far as the method can know. */
  | "fenced"
  /** XAPI has reset its VMs, disabled it and released its disks: its VMs may be started elsewhere. */
  | "declared"
  /** XAPI reached the host after all (HOST_IS_LIVE): hands off. */
  | "answered"
  /** It was off, and is on again: it boots, or somebody works on it. */
  | "switched-on"
  /** It lives, and is disabled by our declare_dead until it has been seen enabled. */
  | "returned";

/** Is the host off, by a proof or by choice, as far as this incident knows? Then nobody asks it what it runs. */
export function countsAsOff(incident: Pick<Incident, "phase"> | null | undefined): boolean {
  return incident?.phase === "fenced" || incident?.phase === "declared";
}

/** Has the host failed, and is not off yet, as far as this incident knows? Whoever is to be fenced comes from these. */
export function waitsForFence({ phase }: Pick<Incident, "phase">): boolean {
  return phase === "open" || phase === "fencing";
}

export const isIncident: Check<Incident> = objectOf<Incident>({
  host: isBrandedText<HostUuid>,
  openedAtMs: isNumber,
  phase: oneOf({
    ...{ open: true, fencing: true, fenced: true, declared: true },
    ...{ answered: true, "switched-on": true, returned: true },
  }),
  proved: isFlag,
  isWord: isFlag,
  by: nullOr(isText),
  fenceFailures: isNumber,
  vms: listOf(isBrandedText<VmUuid>),
  returnedAtMs: nullOr(isNumber),
  wasDeclared: isFlag,
  offSinceMs: nullOr(isNumber),
  switchedOnAtMs: nullOr(isNumber),
});
