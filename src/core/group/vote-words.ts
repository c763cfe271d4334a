import type { HostUuid } from "../model/ids.ts";
import type { RollId } from "./roll.ts";
import { NO_TERM, type Term } from "./term.ts";

/** What a host says of its vote, in each heartbeat. */
export interface VoteWords {
  /** The one that it has taken: its vote, and its promise. */
  readonly term: Term;
  readonly lead: Lead;
  /** Its stored roll; null: it has none. */
  readonly roll: RollId | null;
  /** It knows that a majority has that roll. */
  readonly settled: boolean;
  /** Its lease: slots of its watchdog are armed with so many milliseconds; null: none (own-lease.ts). */
  readonly leaseMs: number | null;
}

/** Who leads, as a host sees it. */
export type Lead =
  /** It has the mandate. */
  | { readonly kind: "leads" }
  /** A majority votes for it, and its roll is not settled yet. */
  | { readonly kind: "elected" }
  /** It asks for votes. */
  | { readonly kind: "stands" }
  /** It hears the leader. */
  | { readonly kind: "hears"; readonly leader: HostUuid }
  /** It hears a host that hears the leader. It is not passed on, so nobody takes an echo for a leader. */
  | { readonly kind: "told" }
  | { readonly kind: "none" }
  /** It does not say: what it has stored was not read yet, or is not on its disk. */
  | { readonly kind: "unsaid" };

/** Of a host that may not say anything. It is no word for or against anybody, and not the same as having no roll. */
export const NO_VOTE: VoteWords = {
  term: NO_TERM,
  lead: { kind: "unsaid" },
  roll: null,
  settled: true,
  leaseMs: null,
};

/** The last fresh words of another host, and when they came. */
export interface Said {
  readonly words: VoteWords;
  readonly atMs: number;
  /** The number of this host that their message answers; null: none. */
  readonly answersMs: number | null;
}
