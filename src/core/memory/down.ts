import type { HostUuid } from "../model/ids.ts";
import { type Check, isBrandedText, isNumber, isText, listOf, nullOr, objectOf } from "./shape.ts";

/** What the pool has to start a VM with, as the database had it at one moment. */
export interface Supply {
  /** Hosts that are enabled and live. */
  readonly hosts: readonly HostUuid[];
  /** Bytes, on the host with most free memory. */
  readonly freeBytes: number;
  /** PBDs that are attached, by uuid; null when that was not read. */
  readonly storage: readonly string[] | null;
}

/** A managed VM or appliance that is down. */
export interface Down {
  readonly sinceMs: number;
  /** Its last start that failed: why, and what the pool had then; null when none did. */
  readonly failure: { readonly why: string; readonly supply: Supply } | null;
}

const isSupply: Check<Supply> = objectOf<Supply>({
  hosts: listOf(isBrandedText<HostUuid>),
  freeBytes: isNumber,
  storage: nullOr(listOf(isText)),
});

export const isDown: Check<Down> = objectOf<Down>({
  sinceMs: isNumber,
  failure: nullOr(objectOf<NonNullable<Down["failure"]>>({ why: isText, supply: isSupply })),
});

/** Why one of them is down, as the rounds see it. */
export interface DownReason {
  /** In words. */
  readonly why: string;
  /** Since when it is this one. */
  readonly sinceMs: number;
  /** Since when there has been one, and none of them has lasted. */
  readonly changingSinceMs: number;
  /** When a round has seen one last: in between there may be nothing to tell for a moment. */
  readonly seenMs: number;
  /** What an administrator was told last; null: nothing yet. */
  readonly told: string | null;
}

export const isDownReason: Check<DownReason> = objectOf<DownReason>({
  why: isText,
  sinceMs: isNumber,
  changingSinceMs: isNumber,
  seenMs: isNumber,
  told: nullOr(isText),
});
