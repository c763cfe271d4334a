import type { MessageNumber } from "../../core/group/message.ts";

/* Ids and numbers as bytes, numbers with their high byte first. */

export const UUID_BYTES = 16;
const UPTIME_BYTES = 6;
const MOST_MS = 2 ** (8 * UPTIME_BYTES);
export const NUMBER_BYTES = UUID_BYTES + UPTIME_BYTES;
export const NO_UUID = "00000000-0000-0000-0000-000000000000";

export function writeUuid(bytes: Buffer, at: number, uuid: string): void {
  bytes.write(uuid.replaceAll("-", ""), at, UUID_BYTES, "hex");
}

export function readUuid(bytes: Buffer, at: number): string {
  const hex = bytes.toString("hex", at, at + UUID_BYTES);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function writeNumber(bytes: Buffer, at: number, { bootId, ms }: MessageNumber): void {
  writeUuid(bytes, at, bootId);
  bytes.writeUIntBE(Math.floor(ms) % MOST_MS, at + UUID_BYTES, UPTIME_BYTES);
}

export function readNumber(bytes: Buffer, at: number): MessageNumber {
  return { bootId: readUuid(bytes, at), ms: bytes.readUIntBE(at + UUID_BYTES, UPTIME_BYTES) };
}
