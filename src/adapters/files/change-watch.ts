import { type Stats, statSync } from "node:fs";

/** Two changes within one step of the kernel's clock look like one: so long after a change nothing is taken for settled. */
const SETTLING_MS = 2_000;

/**
 * Tells by its entry whether a file may have changed. The entry of a file that is looked at once a second is in the
 * kernel's memory, so that a look costs microseconds and waits for no disk.
 */
export class ChangeWatch {
  private readonly path: string;
  private seen: Stats | null = null;
  private sinceMs = Number.NEGATIVE_INFINITY;

  constructor(path: string) {
    this.path = path;
  }

  /** To be asked before each time it would be read. Never throws; what cannot be looked at may have changed. */
  mayHaveChanged(nowMs: number): boolean {
    const found = this.look();
    if (found === null || this.seen === null || !isSame(found, this.seen)) this.sinceMs = nowMs;
    this.seen = found;
    return nowMs - this.sinceMs <= SETTLING_MS;
  }

  private look(): Stats | null {
    try {
      return statSync(this.path, { throwIfNoEntry: false }) ?? null;
    } catch {
      return null;
    }
  }
}

function isSame(one: Stats, other: Stats): boolean {
  return (
    one.ino === other.ino &&
    one.dev === other.dev &&
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    // Also of an owner or a mode that is another.
    one.ctimeMs === other.ctimeMs
  );
}
