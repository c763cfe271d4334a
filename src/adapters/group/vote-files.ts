import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Stored } from "../../core/group/stored.ts";
import type { PoolUuid } from "../../core/model/ids.ts";
import type { FoundVote, VoteStore } from "../../ports/vote-store.ts";
import { makePrivateFolder } from "../files/ownership.ts";
import { readRegularFile } from "../files/regular-file.ts";
import { type KeptVote, readStored, writeStored } from "./stored-text.ts";

/*
 * Two files of fixed size, written beforehand and overwritten in turn, so that a full disk stops nobody and a torn write
 * costs nothing: what it would have replaced is in the other one. Each begins with a line
 *
 *   HA-Lizard vote 1 <count> <bytes of the text> <SHA-256 of count and text>
 *
 * and then the text. The higher count is the newer one.
 */

const NAMES = ["vote-1", "vote-2"] as const;
/** Two rolls of 64 hosts are half of that. */
const FILE_BYTES = 65_536;
const HEAD = /^HA-Lizard vote 1 ([0-9]{1,15}) ([0-9]{1,6}) ([0-9a-f]{64})\n/;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const OVERWRITE = constants.O_WRONLY | constants.O_NOFOLLOW;
const PRIVATE = 0o600;

interface Kept {
  readonly count: number;
  readonly kept: KeptVote;
}

type Found =
  | { readonly kind: "missing" }
  | { readonly kind: "empty" | "bad" }
  | { readonly kind: "kept"; readonly kept: Kept };

/** The vote of this host in two files of `folder`, which is the program's own and private. */
export class VoteFiles implements VoteStore {
  private readonly folder: string;
  /** Of what was stored last; null: the files were not looked at, or are not usable yet. */
  private count: number | null = null;

  constructor(folder: string) {
    this.folder = folder;
  }

  async load(pool: PoolUuid): Promise<FoundVote> {
    const found = await Promise.all(NAMES.map((name) => this.read(name)));
    if (found.every(({ kind }) => kind === "missing")) return { kind: "none" };
    // Which of them was the newer one nobody can tell any more.
    if (found.some(({ kind }) => kind === "missing"))
      return { kind: "damaged", why: "one of its two files is missing" };
    const kept = found.flatMap((one) => (one.kind === "kept" ? [one.kept] : []));
    const [newest] = kept.sort((a, b) => b.count - a.count);
    if (newest === undefined)
      return found.every(({ kind }) => kind === "empty")
        ? { kind: "none" }
        : { kind: "damaged", why: "neither of its two files can be read" };
    this.count = newest.count;
    const { pool: of, ...stored } = newest.kept;
    return of === pool ? { kind: "stored", stored } : { kind: "none" };
  }

  async save(pool: PoolUuid, stored: Stored): Promise<void> {
    if (this.count === null) await this.allocate();
    const count = (this.count ?? 0) + 1;
    const bytes = Buffer.from(record(count, { ...stored, pool }), "utf8");
    if (bytes.length > FILE_BYTES) throw new Error(`the roll does not fit into ${FILE_BYTES} bytes`);
    // After a failure the same file is written again: the other one is whole.
    await this.use(join(this.folder, NAMES[count % 2] ?? NAMES[0]), OVERWRITE, bytes);
    this.count = count;
  }

  private async read(name: string): Promise<Found> {
    const read = await readRegularFile(join(this.folder, name), {
      maxBytes: FILE_BYTES,
      trusted: true,
      noLink: true,
    });
    if (read.kind === "none") return { kind: "missing" };
    if (read.kind !== "text") return { kind: "bad" };
    const kept = readRecord(read.text);
    if (kept !== null) return { kind: "kept", kept };
    return { kind: /^\0*$/.test(read.text) && read.text.length === FILE_BYTES ? "empty" : "bad" };
  }

  /** Both files at their full size, full of zeros; what stood there was of no use. */
  private async allocate(): Promise<void> {
    const unusable = makePrivateFolder(this.folder);
    if (unusable !== null) throw new Error(unusable);
    for (const name of NAMES) {
      const path = join(this.folder, name);
      const isThere = (await this.read(name)).kind !== "missing";
      await this.use(path, isThere ? OVERWRITE : CREATE, Buffer.alloc(FILE_BYTES));
    }
    const folder = await open(this.folder, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  private async use(path: string, flags: number, bytes: Buffer): Promise<void> {
    const file = await open(path, flags, PRIVATE);
    try {
      await writeAll(file, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, at);
    if (bytesWritten === 0) throw new Error("nothing more can be written");
    at += bytesWritten;
  }
}

function record(count: number, kept: KeptVote): string {
  const text = writeStored(kept);
  return `HA-Lizard vote 1 ${count} ${Buffer.byteLength(text)} ${sumOf(count, text)}\n${text}`;
}

function readRecord(found: string): Kept | null {
  const [head, counted, bytes, sum] = HEAD.exec(found) ?? [];
  if (head === undefined) return null;
  const count = Number(counted);
  // The text is ASCII: uuids, numbers and names of ours.
  const text = found.slice(head.length, head.length + Number(bytes));
  const kept = sumOf(count, text) === sum ? readStored(text) : null;
  return kept === null ? null : { count, kept };
}

const sumOf = (count: number, text: string): string =>
  new Bun.CryptoHasher("sha256").update(`${count}\n${text}`).digest("hex");
