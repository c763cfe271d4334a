import type { Stored } from "../core/group/stored.ts";
import type { PoolUuid } from "../core/model/ids.ts";

/** What was found on the disk: a vote and a roll, nothing because there never was any, or something that cannot be used. */
export type FoundVote =
  | { readonly kind: "stored"; readonly stored: Stored }
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly why: string };

/** Where a host keeps its vote and the roll of its group. */
export interface VoteStore {
  /** Before anything else is said in this pool. What was stored in another one is none. Never rejects. */
  load(pool: PoolUuid): Promise<FoundVote>;
  /** Resolves when it is on the disk, whole, also when the disk is full. Rejects when it is not known to be there. */
  save(pool: PoolUuid, stored: Stored): Promise<void>;
}
