/** What a claim has come to. */
export type Claim =
  /** This host has it: it was free, or was this host's already. */
  | { readonly kind: "own" }
  /** That host has it. */
  | { readonly kind: "other"; readonly holder: string }
  /** Nobody knows: the place did not answer, or answered something odd. Why, for people, with the cure. */
  | { readonly kind: "unknown"; readonly why: string };

/** Who holds a name. */
export type Holder =
  | { readonly kind: "held"; readonly holder: string }
  | { readonly kind: "free" }
  | { readonly kind: "unknown"; readonly why: string };

/**
 * A place outside the pool where exactly one host can put its name: the exclusive vote of a roll of even size (core/group/README.md,
 * "Ties"). A name is claimed for good; nobody takes it from its holder.
 */
export interface TieBreaker {
  /**
   * Claims `name` for `host`, by an exclusive link of a file that contains the host's uuid. When the answer was lost, it is `unknown`, and
   * asked again it is `own`. Never rejects.
   *
   * @param name letters, digits, `-` and `.`, at most 100.
   */
  claim(name: string, host: string, signal: AbortSignal): Promise<Claim>;
  /** Who holds it now. Never rejects. */
  holder(name: string, signal: AbortSignal): Promise<Holder>;
  /** Removes a name that no roll has any more. Resolves to why it could not; null: it is gone. Never rejects. */
  remove(name: string, signal: AbortSignal): Promise<string | null>;
  /**
   * Claims and removes a name that nobody uses, twice at once, and sees that exactly one claim wins. Resolves to what is wrong with the
   * place, with the cure; null: nothing. Never rejects.
   */
  test(signal: AbortSignal): Promise<string | null>;
}
