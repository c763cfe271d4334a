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
