import { ChangeWatch } from "../files/change-watch.ts";
import { type ReadOptions, type RegularFile, readRegularFileSync } from "../files/regular-file.ts";
import { keyOf } from "./tag.ts";

/** Hosts get a new secret within a second, and one that was cut off meanwhile does not get it: this is enough for both. */
const OLD_KEY_MS = 300_000;
/** Until then some host may not have the new secret yet, while all that have it take the old one. */
const SIGNED_OLD_MS = 10_000;
/** A file that is being rewritten may show several parts of a secret. */
const MOST_KEYS = 4;
/** A pool secret has more than 36 characters (adapters/xapi/README.md, "Files"); what is shorter is a part of one. */
const SHORTEST = 37;
const READ: ReadOptions = { maxBytes: 4_096, trusted: true };

interface Key {
  readonly secret: string;
  readonly key: Buffer;
  readonly sinceMs: number;
  /** When another one took its place; null: it is the one in force. */
  readonly replacedMs: number | null;
}

/**
 * The keys of the pool secret, by its file. `pool.rotate_secret` rewrites that in place, on the master a moment before
 * the slaves, so an old key stays valid for five minutes, and is signed with for ten seconds: no datagram is refused.
 */
export class PoolKeys {
  private readonly path: string;
  private readonly watch: ChangeWatch;
  private lastRead: RegularFile = { kind: "none" };
  private keys: readonly Key[] = [];
  private signing: Key | null = null;
  private fault: string | null = "it was not read yet";

  constructor(path: string) {
    this.path = path;
    this.watch = new ChangeWatch(path);
  }

  /** To be called once a second: no change of the file is missed. */
  refresh(nowMs: number): void {
    const read = this.read(nowMs);
    const secret = read.kind === "text" ? read.text.trim() : "";
    this.keys = this.keys.filter(({ replacedMs }) => replacedMs === null || nowMs - replacedMs <= OLD_KEY_MS);
    this.take(secret, read, nowMs);
    const settled = this.keys.find(({ sinceMs }) => nowMs - sinceMs >= SIGNED_OLD_MS);
    this.signing = settled ?? this.keys.at(-1) ?? null;
  }

  private read(nowMs: number): RegularFile {
    const mayBeAnother = this.watch.mayHaveChanged(nowMs);
    // What could not be read is tried again, though its entry is the same.
    if (mayBeAnother || this.lastRead.kind !== "text") this.lastRead = readRegularFileSync(this.path, READ);
    return this.lastRead;
  }

  private take(secret: string, read: RegularFile, nowMs: number): void {
    if (secret.length < SHORTEST) {
      // What was in force stays so: a file that is being written, or a disk that fails, is no other secret.
      this.fault = this.keys.length > 0 ? null : why(read);
      return;
    }
    this.fault = null;
    const [current] = this.keys;
    if (current?.secret === secret) return;
    // The same secret of before, or a part of this one that was seen while it was written.
    const older = this.keys
      .filter((key) => !secret.startsWith(key.secret))
      .map((key) => ({ ...key, replacedMs: key.replacedMs ?? nowMs }));
    const next = { secret, key: keyOf(secret), sinceMs: nowMs, replacedMs: null };
    this.keys = [next, ...older].slice(0, MOST_KEYS);
  }

  /** The key in force; null: there is none. */
  current(): Buffer | null {
    return this.keys[0]?.key ?? null;
  }

  /** The key to sign a message with that goes to a monitor; null: there is none. */
  toSign(): Buffer | null {
    return this.signing?.key ?? null;
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

function why(read: RegularFile): string {
  if (read.kind === "none") return "there is no such file";
  return read.kind === "text" ? "it is too short" : read.why;
}
