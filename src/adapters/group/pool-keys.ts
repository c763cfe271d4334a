import { type ReadOptions, readRegularFileSync } from "../files/regular-file.ts";
import { keyOf } from "./tag.ts";

/** Hosts get a new secret within a second, and one that was cut off meanwhile does not get it: this is enough for both. */
const OLD_KEY_MS = 300_000;
/** A file that is being rewritten may show several parts of a secret. */
const MOST_KEYS = 4;
/** A pool secret has more than 36 characters (adapters/xapi/README.md, "Files"); what is shorter is a part of one. */
const SHORTEST = 37;
const READ: ReadOptions = { maxBytes: 4_096, trusted: true };

interface Key {
  readonly secret: string;
  readonly key: Buffer;
  /** When another one took its place; null: it is the one in force. */
  readonly replacedMs: number | null;
}

/**
 * The keys of the pool secret, by its file. `pool.rotate_secret` rewrites that in place, on the master a moment before
 * the slaves, so an old key stays valid for five minutes.
 */
export class PoolKeys {
  private readonly path: string;
  private keys: readonly Key[] = [];
  private fault: string | null = "it was not read yet";

  constructor(path: string) {
    this.path = path;
  }

  /** Reads the file, which is some hundred bytes: once a second costs nothing, and no change is missed. */
  refresh(nowMs: number): void {
    const read = readRegularFileSync(this.path, READ);
    const secret = read.kind === "text" ? read.text.trim() : "";
    this.keys = this.keys.filter(({ replacedMs }) => replacedMs === null || nowMs - replacedMs <= OLD_KEY_MS);
    if (secret.length < SHORTEST) {
      // What was in force stays so: a file that is being written, or a disk that fails, is no other secret.
      this.fault = this.keys.length > 0 ? null : why(read);
      return;
    }
    this.fault = null;
    const [current] = this.keys;
    if (current?.secret === secret) return;
    const older = this.keys
      .filter((key) => key.secret !== secret)
      .map((key) => ({ ...key, replacedMs: key.replacedMs ?? nowMs }));
    this.keys = [{ secret, key: keyOf(secret), replacedMs: null }, ...older].slice(0, MOST_KEYS);
  }

  /** The key in force; null: there is none. */
  current(): Buffer | null {
    return this.keys[0]?.key ?? null;
  }

  /** All that are valid, the one in force first. */
  valid(): readonly Buffer[] {
    return this.keys.map(({ key }) => key);
  }

  /** Why there is no key; null when there is one. */
  trouble(): string | null {
    return this.fault === null ? null : `cannot read the pool secret in ${this.path}: ${this.fault}`;
  }
}

function why(read: ReturnType<typeof readRegularFileSync>): string {
  if (read.kind === "none") return "there is no such file";
  return read.kind === "text" ? "it is too short" : read.why;
}
