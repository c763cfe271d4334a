import type { MessageNumber } from "../../core/group/message.ts";
import { type HostUuid, hostUuid, isUuid } from "../../core/model/ids.ts";

/* Ids and numbers as bytes, numbers with their high byte first. */

export const UUID_BYTES = 16;
const UPTIME_BYTES = 6;
const MOST_MS = 2 ** (8 * UPTIME_BYTES);
export const NUMBER_BYTES = UUID_BYTES + UPTIME_BYTES;
export const NO_UUID = "00000000-0000-0000-0000-000000000000";

/*
 * Ids in both forms, as they were made last: in each datagram are the same few of one pool, and to make them anew costs
 * more than all the rest of it.
 */
const bytesOf = new Map<string, Buffer>();
const idOf = new Map<string, string>();
const MOST_KNOWN = 512;

/** null: it is no uuid. */
function bytesOfUuid(uuid: string): Buffer | null {
  const known = bytesOf.get(uuid);
  if (known !== undefined) return known;
  return isUuid(uuid) ? keep(bytesOf, uuid, Buffer.from(uuid.replaceAll("-", ""), "hex")) : null;
}

/** Can it be written? */
export function hasBytes(uuid: string): boolean {
  return bytesOfUuid(uuid) !== null;
}

/** What has no bytes leaves the place as it is. */
export function writeUuid(bytes: Buffer, at: number, uuid: string): void {
  bytesOfUuid(uuid)?.copy(bytes, at);
}

/** Does this id stand there? */
export function isUuidAt(bytes: Buffer, at: number, uuid: string): boolean {
  const wanted = bytesOfUuid(uuid);
  return wanted !== null && bytes.compare(wanted, 0, UUID_BYTES, at, at + UUID_BYTES) === 0;
}

export function readUuid(bytes: Buffer, at: number): string {
  const key = bytes.toString("latin1", at, at + UUID_BYTES);
  const known = idOf.get(key);
  if (known !== undefined) return known;
  const hex = bytes.toString("hex", at, at + UUID_BYTES);
  const made = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return keep(idOf, key, made.join("-"));
}

/** null: zeros stand there, which is no host. */
export function readHost(bytes: Buffer, at: number): HostUuid | null {
  const uuid = readUuid(bytes, at);
  return uuid === NO_UUID ? null : hostUuid(uuid);
}

function keep<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  // Strangers may send any number of ids; ours come back at once.
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, value);
  return value;
}

export function writeNumber(bytes: Buffer, at: number, { bootId, ms }: MessageNumber): void {
  writeUuid(bytes, at, bootId);
  bytes.writeUIntBE(Math.floor(ms) % MOST_MS, at + UUID_BYTES, UPTIME_BYTES);
}

export function readNumber(bytes: Buffer, at: number): MessageNumber {
  return { bootId: readUuid(bytes, at), ms: bytes.readUIntBE(at + UUID_BYTES, UPTIME_BYTES) };
}
