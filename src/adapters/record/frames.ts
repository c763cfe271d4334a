import { promisify } from "node:util";
import { constants, zstdCompress, zstdDecompressSync } from "node:zlib";
import type { RecordHead } from "../../ports/record.ts";

/*
 * A file of the record (src/record/README.md): a line of JSON about the file, then frames. A frame is a line of JSON and so many bytes as
 * it says, which zstd has made of a text: of a key frame alone, of any other one with the text of the key frame before it as
 * dictionary, so that a text which hardly differs from that one takes hardly any room.
 */

/** Of the whole file: who has written it. */
export interface FileHead {
  readonly record: "ha-lizard";
  readonly format: 1;
  readonly version: string;
  /** The name of the machine. */
  readonly host: string;
}

export interface FrameHead extends RecordHead {
  readonly key: boolean;
  /** Compressed; 0: the text was too long to be kept. */
  readonly bytes: number;
  /** Not compressed. */
  readonly raw: number;
}

/** A longer text is left out. A pool of 1,006 VMs makes three megabytes. */
export const LONGEST_TEXT = 24_000_000;
const LONGEST_FRAME = 8_000_000;
const LONGEST_HEAD = 200_000;

/** 16 MB: so far back a repetition is seen, the dictionary included. */
const WINDOW_LOG = 24;
const ALONE: Params = {
  [constants.ZSTD_c_compressionLevel]: 3,
  [constants.ZSTD_c_windowLog]: WINDOW_LOG,
  [constants.ZSTD_c_checksumFlag]: 1,
};
/** Of a dictionary zstd sees only the end, eight bytes for each place of its tables: these are enough for eight megabytes. */
const LONG_DICTIONARY: Params = {
  ...ALONE,
  [constants.ZSTD_c_hashLog]: 20,
  [constants.ZSTD_c_chainLog]: 20,
};
const LONG = 400_000;

type Params = Readonly<Record<number, number>>;

const compress = promisify(
  (
    text: Buffer,
    options: { readonly params: Params; readonly dictionary?: Buffer },
    end: (error: Error | null, bytes: Buffer) => void,
  ) => zstdCompress(text, options, end),
);

/** The text that the following frames differ from. */
interface Key {
  readonly text: Buffer;
  /** What it takes when it is compressed. */
  readonly bytes: number;
}

/** A frame that takes less than this is small, whatever its key. */
const SMALL = 4_000;

/** Makes frames of texts, one after the other. */
export class FramePacker {
  private key: Key | null;

  constructor(key: Key | null) {
    this.key = key;
  }

  /** @returns the frame and its place in a file that begins with it; `isKey`: the following ones differ from it */
  async pack(head: RecordHead, text: string): Promise<{ readonly frame: Buffer; readonly isKey: boolean }> {
    const raw = Buffer.from(text);
    if (raw.length > LONGEST_TEXT) return { frame: frameOf(head, false, raw.length, NOTHING), isKey: false };
    const { key } = this;
    if (key !== null) {
      const params = key.text.length > LONG ? LONG_DICTIONARY : ALONE;
      const body = await compress(raw, { params, dictionary: key.text });
      // A text that has much that its key had not is a better key.
      const isOther = body.length > Math.max(SMALL, key.bytes / 2) && raw.length > key.text.length;
      if (!isOther) return { frame: frameOf(head, false, raw.length, body), isKey: false };
    }
    const body = await compress(raw, { params: ALONE });
    this.key = { text: raw, bytes: body.length };
    return { frame: frameOf(head, true, raw.length, body), isKey: true };
  }
}

const NOTHING = Buffer.alloc(0);

function frameOf(head: RecordHead, key: boolean, raw: number, body: Buffer): Buffer {
  const line: FrameHead = { ...head, key, bytes: body.length, raw };
  return Buffer.concat([Buffer.from(`${JSON.stringify(line)}\n`), body]);
}

export function renderFileHead(head: FileHead): Buffer {
  return Buffer.from(`${JSON.stringify(head)}\n`);
}

/** A frame as it stands in a file, not decompressed. */
export interface RawFrame {
  readonly head: FrameHead;
  readonly body: Buffer;
  /** Where the next one begins. */
  readonly endsAt: number;
}

/** The head of a file and where its frames begin; null: it is no record. */
export function readFileHead(file: Buffer): { readonly head: FileHead; readonly endsAt: number } | null {
  const line = lineAt(file, 0);
  if (line === null) return null;
  const { record, format, version, host } = line.value;
  if (record !== "ha-lizard" || format !== 1 || typeof version !== "string" || typeof host !== "string")
    return null;
  return { head: { record, format, version, host }, endsAt: line.endsAt };
}

/** The frame there; a text: why there is none. */
export function readFrame(file: Buffer, at: number): RawFrame | string {
  const line = lineAt(file, at);
  if (line === null) return "what follows is no frame of a record";
  const { at: when, passMs, eventful, events, key, bytes, raw } = line.value;
  const isHead =
    typeof when === "string" &&
    typeof passMs === "number" &&
    typeof eventful === "boolean" &&
    Array.isArray(events) &&
    typeof key === "boolean";
  if (!isHead || !isSize(bytes, LONGEST_FRAME) || !isSize(raw, Number.MAX_SAFE_INTEGER))
    return "what follows is no frame of a record";
  const endsAt = line.endsAt + bytes;
  if (endsAt > file.length) return "its end is missing";
  const head: FrameHead = { at: when, passMs, eventful, events, key, bytes, raw };
  return { head, body: file.subarray(line.endsAt, endsAt), endsAt };
}

/** The text of a frame; null: it cannot be decompressed, or is longer than it says. Never more than a text of ours may have. */
export function unpack({ head, body }: RawFrame, key: Buffer | null): Buffer | null {
  if (head.raw > LONGEST_TEXT) return null;
  const maxOutputLength = Math.max(1, head.raw);
  try {
    const text = zstdDecompressSync(
      body,
      head.key || key === null ? { maxOutputLength } : { maxOutputLength, dictionary: key },
    );
    return text.length === head.raw ? text : null;
  } catch {
    return null;
  }
}

const isSize = (value: unknown, most: number): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= most;

function lineAt(
  file: Buffer,
  at: number,
): { readonly value: Readonly<Record<string, unknown>>; readonly endsAt: number } | null {
  const end = file.subarray(at, at + LONGEST_HEAD).indexOf(0x0a);
  if (end < 0) return null;
  try {
    const value: unknown = JSON.parse(file.toString("utf8", at, at + end));
    if (typeof value !== "object" || value === null) return null;
    return { value: value as Readonly<Record<string, unknown>>, endsAt: at + end + 1 };
  } catch {
    return null;
  }
}
