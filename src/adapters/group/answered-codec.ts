import type { MessageNumber } from "../../core/group/message.ts";
import { NUMBER_BYTES, readNumber, writeNumber } from "./bytes.ts";

/* The number that a message answers: is there one (1) or not (0), and the number. */

export const ANSWER_BYTES = 1 + NUMBER_BYTES;

export function writeAnswered(bytes: Buffer, at: number, answers: MessageNumber | null): void {
  if (answers === null) return;
  bytes[at] = 1;
  writeNumber(bytes, at + 1, answers);
}

/** odd: no host writes that. */
export function readAnswered(bytes: Buffer, at: number): MessageNumber | null | "odd" {
  if (bytes[at] === 1) return readNumber(bytes, at + 1);
  return bytes.subarray(at, at + ANSWER_BYTES).every((byte) => byte === 0) ? null : "odd";
}
