import type { Stored } from "../core/group/stored.ts";

/** What was found on the disk: a vote and a roll, nothing because there never was any, or something that cannot be used. */
export type FoundVote =
  | { readonly kind: "stored"; readonly stored: Stored }
  | { readonly kind: "none" }
  | { readonly kind: "damaged"; readonly why: string };

/** Where a host keeps its vote and the roll of its group. */
export interface VoteStore {
  /** Once, before anything else. Never rejects. */
  load(): Promise<FoundVote>;
  /** Resolves when it is on the disk, whole, also when the disk is full. Rejects when it is not known to be there. */
  save(stored: Stored): Promise<void>;
}
