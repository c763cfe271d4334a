import type { HookEvent } from "../core/alerts/hook-event.ts";

/** Programs of an administrator that are told what happens. Handing over is quick; they run elsewhere, with a deadline of their own. */
export interface Hooks {
  /** Hands events over, if anybody wants to be told. Never throws, and waits for nothing. */
  tell(events: readonly HookEvent[]): void;
}

/** What became of a hook: null when there is none of that name, or it has ended well; else why not. */
export interface HookRunner {
  /** The hooks that are called for an event: by its name, and the one for all; absolute paths. Those that may not be run are named with why. */
  find(event: string): { readonly paths: readonly string[]; readonly refused: readonly string[] };
  /** Runs one with the text on its standard input, `timeoutMs` at the most; nothing of it is left then. Never rejects. */
  run(path: string, input: string, timeoutMs: number): Promise<HookEnd>;
}

export interface HookEnd {
  /** Why it did not end well; null: it did. */
  readonly why: string | null;
  /** What it has printed, the first part of a long text. */
  readonly output: string;
}
