import { readdirSync, readFileSync } from "node:fs";

/** Between two looks; a login by ssh or ipmitool lives for many of these. */
const LOOK_MS = 25;

/** What was seen on the command lines of all processes. */
export interface SeenArguments {
  /** Command lines that held one of the words. */
  readonly hits: readonly string[];
  /** Every command line that was seen at all. */
  readonly lines: readonly string[];
}

/** Looks at /proc, as anybody's `ps` does, until it is stopped. */
export class ArgumentWatch {
  private readonly words: readonly string[];
  private readonly seen = new Set<string>();
  private readonly timer: Timer;

  constructor(words: readonly string[]) {
    this.words = words;
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): SeenArguments {
    clearInterval(this.timer);
    const lines = [...this.seen];
    return { lines, hits: lines.filter((line) => this.words.some((word) => line.includes(word))) };
  }

  private look(): void {
    for (const pid of readdirSync("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      try {
        this.seen.add(readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim());
      } catch {
        // It has ended.
      }
    }
  }
}
