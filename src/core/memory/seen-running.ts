import type { HostUuid } from "../model/ids.ts";
import { type Check, isBrandedText, isFlag, isNumber, isText, objectOf } from "./shape.ts";

/**
 * That a host has said it runs a VM. It speaks for a host that has failed without a proof: what was running elsewhere
 * after that one was last heard does not run there.
 */
export interface SeenRunning {
  readonly host: HostUuid;
  readonly atMs: number;
}

export const isSeenRunning: Check<SeenRunning> = objectOf<SeenRunning>({
  host: isBrandedText<HostUuid>,
  atMs: isNumber,
});

/** In which way hosts and database differ about a VM; a difference that changes begins anew. */
export interface SeenDifference {
  readonly what: string;
  readonly sinceMs: number;
  /** The last look: a difference that nobody has looked at for a while begins anew. */
  readonly seenAtMs: number;
  /** The xapi whose comparison would set it right was restarted for it: that is done once. */
  readonly isTried: boolean;
}

export const isSeenDifference: Check<SeenDifference> = objectOf<SeenDifference>({
  what: isText,
  sinceMs: isNumber,
  seenAtMs: isNumber,
  isTried: isFlag,
});

/** `what` of a difference of this kind: where the VM runs, or should, and where the database has it. */
export function differenceKey(
  kind: "elsewhere" | "nowhere" | "twice",
  hosts: readonly HostUuid[],
  says: HostUuid | null,
): string {
  return `${kind} ${hosts.join(" ")} ${says}`;
}

/** Is it that this host does not run a VM which the database has there? */
export function isMissedOn({ what }: SeenDifference, host: HostUuid): boolean {
  return what === differenceKey("nowhere", [host], host);
}
