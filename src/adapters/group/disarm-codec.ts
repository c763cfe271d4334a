import { type Disarm, type DisarmRecord, MOST_DISARMS } from "../../core/group/disarm.ts";
import { hasBytes, readHost, UUID_BYTES, writeUuid } from "./bytes.ts";

/* What a roll has of a rest of HA: the last word that was taken (6), how many rests (1); of each: its host (zeros: the pool), milliseconds left (4). */

const WORD_BYTES = 6;
const HEAD_BYTES = WORD_BYTES + 1;
const ENTRY_BYTES = UUID_BYTES + 4;
const MOST_WORD = 2 ** (8 * WORD_BYTES);
const MOST_MS = 2 ** 32;

/** A roll that has nothing of it is written as versions write it that do not know it. */
export const isWritten = ({ word, of }: DisarmRecord): boolean => word > 0 || of.length > 0;

export const bytesOfDisarm = (record: DisarmRecord): number =>
  isWritten(record) ? HEAD_BYTES + ENTRY_BYTES * record.of.length : 0;

/** Is it what `isDisarmRecord` says, and has each part its bytes? */
export function hasDisarmBytes(record: DisarmRecord): boolean {
  return isDisarmRecord(record) && record.of.every(({ host }) => host === null || hasBytes(host));
}

/** Each target once, and nothing that no host writes. */
export function isDisarmRecord({ word, of }: DisarmRecord): boolean {
  const isNumber = (value: number, end: number) => Number.isInteger(value) && value >= 0 && value < end;
  if (!isNumber(word, MOST_WORD) || of.length > MOST_DISARMS) return false;
  const targets = new Set(of.map(({ host }) => host));
  return targets.size === of.length && of.every(({ leftMs }) => leftMs > 0 && isNumber(leftMs, MOST_MS));
}

export function writeDisarm(bytes: Buffer, start: number, { word, of }: DisarmRecord): void {
  bytes.writeUIntBE(word, start, WORD_BYTES);
  bytes[start + WORD_BYTES] = of.length;
  let at = start + HEAD_BYTES;
  for (const { host, leftMs } of of) {
    if (host !== null) writeUuid(bytes, at, host);
    bytes.writeUInt32BE(leftMs, at + UUID_BYTES);
    at += ENTRY_BYTES;
  }
}

/** null: no host writes that. */
export function readDisarm(
  bytes: Buffer,
  start: number,
): { readonly record: DisarmRecord; readonly end: number } | null {
  if (bytes.length < start + HEAD_BYTES) return null;
  const end = start + HEAD_BYTES + ENTRY_BYTES * (bytes[start + WORD_BYTES] ?? 0);
  if (bytes.length < end) return null;
  const of: Disarm[] = [];
  for (let at = start + HEAD_BYTES; at < end; at += ENTRY_BYTES)
    of.push({ host: readHost(bytes, at), leftMs: bytes.readUInt32BE(at + UUID_BYTES) });
  const record = { word: bytes.readUIntBE(start, WORD_BYTES), of };
  return isDisarmRecord(record) && isWritten(record) ? { record, end } : null;
}
