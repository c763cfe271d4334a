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
 * "Ties"). A name is claimed for good; nobody takes it from its holder. It is exclusive only among those that ask the same place: who
 * agrees on a name must have agreed on the place, too.
 *
 * Every call ends with its signal, and by itself after some seconds. Names begin with a letter or a digit; letters, digits, `-` and `.`
 * follow, 100 in all at most. `host` is a uuid in small letters. Anything else is `unknown`.
 */
export interface TieBreaker {
  /**
   * Claims `name` for `host`, by an exclusive link of a file that contains the host's uuid. When the answer was lost, it is `unknown`, and
   * asked again it is `own`. `own` is said only of what is on the disk there. Never rejects.
   */
  claim(name: string, host: string, signal: AbortSignal): Promise<Claim>;
  /** Who holds it now. `free` may be some seconds old on a network file system, `held` is not. Never rejects. */
  holder(name: string, signal: AbortSignal): Promise<Holder>;
  /**
   * Removes a name that no roll has any more, whoever holds it. Resolves to why it could not; null: it is gone. Leftovers of calls that
   * were interrupted more than a day ago go with it. Never rejects.
   */
  remove(name: string, signal: AbortSignal): Promise<string | null>;
  /**
   * Claims and removes a name that nobody uses, twice at once, and sees that exactly one claim wins. Resolves to what is wrong with the
   * place, with the cure; null: nothing. Never rejects.
   */
  test(signal: AbortSignal): Promise<string | null>;
}

/** The places that parameters can name. */
export interface TiePlaces {
  /** One that nobody can ask answers `unknown`, with the reason. Never throws. */
  at(kind: "ssh" | "sr", place: string): TieBreaker;
}

/** What an administrator's wish does once on each host, before a place of ssh is used from there. */
export interface TieBreakerSetUp {
  /**
   * The public key by which this host logs in, as a line of authorized_keys; it is made when there is none yet. Never rejects.
   */
  publicKey(signal: AbortSignal): Promise<{ readonly key: string } | { readonly why: string }>;
  /**
   * Pins the machine's key when it has none here yet, and makes the directory. Only here either is done. Resolves to why it could not, with
   * the cure; null: done. Never rejects.
   */
  prepare(signal: AbortSignal): Promise<string | null>;
}

/** A place as it is used on this host. */
export interface OpenTieBreaker {
  readonly ties: TieBreaker;
  /** null: nothing has to be set up on this host. */
  readonly setUp: TieBreakerSetUp | null;
}
