/** The terminal of a person who looks, taken as a whole for as long as a page is shown on it. */
export interface LiveScreen {
  /** Standard input and standard output are a terminal on which a page can be drawn. */
  readonly isUsable: boolean;
  /** Takes the terminal: what stood on it comes back with `close`, however the program ends. null: the terminal would not. */
  open(): OpenScreen | null;
}

export interface OpenScreen {
  /** As they are now. */
  size(): { readonly columns: number; readonly rows: number };
  /** Shows these lines in the place of all that was shown; each must fit into the width, and all into the height. */
  draw(lines: readonly string[]): void;
  /** The next thing that happens, at the latest after so many milliseconds. */
  next(ms: number): Promise<ScreenEvent>;
  /** Gives the terminal back as it was. Safe to repeat. */
  close(): void;
}

export type ScreenEvent =
  | { readonly kind: "time" }
  | { readonly kind: "resized" }
  /** `left` and `right` are arrows, `end` is Ctrl-C, or that nobody can type any more. */
  | { readonly kind: "key"; readonly key: string }
  /** Somebody wants the program to end; its number. */
  | { readonly kind: "signal"; readonly number: number };
