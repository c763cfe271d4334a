import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { type FileHandle, lstat, open, stat } from "node:fs/promises";
import { othersMayWrite } from "./ownership.ts";

/**
 * A file's text; `none`: there is no such file. Refused: `strange` is no file at all (a pipe, a device, a link), `long` one
 * that is far too long, `untrusted` one that others may write, and a `fault` is the disk's.
 */
export type RegularFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "none" }
  | { readonly kind: "strange" | "long" | "untrusted" | "fault"; readonly why: string };

/** The same of a file that is no text. */
export type RegularBytes = { readonly kind: "bytes"; readonly bytes: Buffer } | Refusal;

export interface ReadOptions {
  /** A longer file is refused: nothing that this program reads grows without limit. */
  readonly maxBytes: number;
  /** What others may write is refused. */
  readonly trusted?: boolean;
  /** A link is refused. */
  readonly noLink?: boolean;
}

/** Never waits for a writer, never takes a terminal. */
const READ_ONLY = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const CHUNK_BYTES = 65_536;

/**
 * The text of a regular file of a sane size. A pipe, a device, a socket or a folder in its place is refused before it is
 * opened, for opening alone can wait for ever or set something off, and looked at again afterwards. What is no UTF-8
 * becomes U+FFFD. Never rejects.
 */
export async function readRegularFile(path: string, options: ReadOptions): Promise<RegularFile> {
  const read = await readRegularBytes(path, options);
  return read.kind === "bytes" ? { kind: "text", text: read.bytes.toString("utf8") } : read;
}

/** Its bytes, in the same way. */
export async function readRegularBytes(path: string, options: ReadOptions): Promise<RegularBytes> {
  try {
    const before = refusalOf(path, await (options.noLink ? lstat(path) : stat(path)), options);
    if (before !== null) return before;
    const file = await open(path, options.noLink ? READ_ONLY | constants.O_NOFOLLOW : READ_ONLY);
    try {
      return refusalOf(path, await file.stat(), options) ?? (await readBytes(file, options.maxBytes));
    } finally {
      await file.close();
    }
  } catch (error) {
    return faultOf(error);
  }
}

/** The same for the few places that cannot wait: small files of /proc and /run. */
export function readRegularFileSync(path: string, options: ReadOptions): RegularFile {
  try {
    const before = refusalOf(path, statSync(path), options);
    if (before !== null) return before;
    const file = openSync(path, READ_ONLY);
    try {
      return refusalOf(path, fstatSync(file), options) ?? readTextSync(file, options.maxBytes);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return faultOf(error);
  }
}

type Refusal = Exclude<RegularFile, { readonly kind: "text" }>;

function refusalOf(path: string, found: Stats, { maxBytes, trusted }: ReadOptions): Refusal | null {
  if (!found.isFile()) return { kind: "strange", why: `it is ${kindOf(found)}, no ordinary file` };
  if (found.size > maxBytes) return tooLong(maxBytes);
  const others = trusted ? othersMayWrite(path, found) : null;
  return others === null ? null : { kind: "untrusted", why: others };
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a folder";
  if (found.isFIFO()) return "a named pipe";
  if (found.isSocket()) return "a socket";
  return found.isSymbolicLink() ? "a link" : "a device";
}

function tooLong(maxBytes: number): Refusal {
  const limit = maxBytes >= 1_000_000 ? `${Math.floor(maxBytes / 1_000_000)} MB` : `${maxBytes} bytes`;
  return { kind: "long", why: `it is longer than ${limit}` };
}

/** Never more than the limit, also of a file that grows meanwhile or says that it has no size. */
async function readBytes(file: FileHandle, maxBytes: number): Promise<RegularBytes> {
  const parts: Buffer[] = [];
  for (let bytes = 0; ; ) {
    const part = Buffer.alloc(Math.min(CHUNK_BYTES, maxBytes + 1));
    const { bytesRead } = await file.read(part, 0, part.length, null);
    if (bytesRead === 0) return { kind: "bytes", bytes: Buffer.concat(parts) };
    bytes += bytesRead;
    if (bytes > maxBytes) return tooLong(maxBytes);
    parts.push(part.subarray(0, bytesRead));
  }
}

function readTextSync(file: number, maxBytes: number): RegularFile {
  const parts: Buffer[] = [];
  for (let bytes = 0; ; ) {
    const part = Buffer.alloc(Math.min(CHUNK_BYTES, maxBytes + 1));
    const bytesRead = readSync(file, part, 0, part.length, null);
    if (bytesRead === 0) return textOf(parts);
    bytes += bytesRead;
    if (bytes > maxBytes) return tooLong(maxBytes);
    parts.push(part.subarray(0, bytesRead));
  }
}

function textOf(parts: readonly Buffer[]): RegularFile {
  return { kind: "text", text: Buffer.concat(parts).toString("utf8") };
}

function faultOf(error: unknown): Refusal {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return { kind: "none" };
  return { kind: code === "ELOOP" ? "strange" : "fault", why: wordsOf(error) };
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ["ENOENT", "there is no such file or folder"],
  ["EACCES", "permission denied"],
  ["ENOSPC", "the disk is full"],
  ["EROFS", "the disk is read-only"],
  ["ENOTDIR", "a part of its path is no folder"],
  ["EISDIR", "it is a folder, no ordinary file"],
  ["EIO", "the disk has an error there"],
  ["ELOOP", "it is a link, no ordinary file"],
]);

/** What a file operation failed with, in words. */
export function wordsOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return WORDS.get(code ?? "") ?? (error instanceof Error ? error.message : String(error));
}
