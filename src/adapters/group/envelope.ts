import type { MessageNumber } from "../../core/group/message.ts";
import type { Refused } from "../../core/model/hearing.ts";
import { type HostUuid, hostUuid, type PoolUuid, poolUuid } from "../../core/model/ids.ts";
import { hasBytes, isUuidAt, NUMBER_BYTES, readNumber, readUuid, writeNumber, writeUuid } from "./bytes.ts";
import { isTagOf, TAG_BYTES, tagOf } from "./tag.ts";

/*
 * What every datagram has around its content:
 *
 *   0  "HL", version, kind      20  sender          52  boot of sender, its uptime
 *   4  pool                     36  addressee       74  the content
 * then the tag, over everything before it
 */

const MAGIC = 0x484c;
/** A host of another version says nothing that this one would understand: an update is done with HA off. */
const VERSION = 4;
export const HEAD_BYTES = 52 + NUMBER_BYTES;
/** More than this is no datagram of ours but a roll: it fits into one packet of 1,500 bytes, by IPv6 too. */
export const LONGEST_BYTES = 1_452;
/** Two rolls of 64 hosts. From 17 hosts on it travels in several packets, and when one is lost it is sent again a second later. */
export const LONGEST_ROLL_BYTES = 5_696;

/** The bytes of the sender's id as a key for maps, in whatever came; nothing is said of whether it is genuine. */
export function senderAt(bytes: Buffer): string {
  return bytes.toString("latin1", 20, 36);
}

/** May it be read together with others? By its size and kind alone. */
export function looksLikeHeartbeat(bytes: Buffer): boolean {
  return bytes.length <= LONGEST_BYTES && KINDS[(bytes[3] ?? 0) - 1] === "heartbeat";
}

/** What a datagram can be. News is a heartbeat that is read at once. */
export const KINDS = ["heartbeat", "question", "answer", "roll", "news"] as const;
export type Kind = (typeof KINDS)[number];

const longestOf = (kind: Kind): number => (kind === "roll" ? LONGEST_ROLL_BYTES : LONGEST_BYTES);

/** Who wrote it, to whom, and when. */
export interface Head {
  readonly from: HostUuid;
  readonly to: HostUuid;
  readonly number: MessageNumber;
}

/** What makes a datagram one of this pool. */
export interface CodecContext {
  /** null: it is not known, and any pool with this secret is it. */
  readonly pool: PoolUuid | null;
  readonly self: HostUuid;
  /** The other hosts. */
  readonly hosts: readonly HostUuid[];
}

/** A genuine datagram whose content was not looked at yet, or why it is dropped. */
export type Opened =
  | {
      readonly ok: true;
      readonly kind: Kind;
      readonly head: Head;
      readonly content: Buffer;
      /** It was signed with. */
      readonly key: Buffer;
    }
  | {
      readonly ok: false;
      readonly why: keyof Refused;
      /** It is genuine and for this host, and its sender is none of the others. */
      readonly greeter?: { readonly from: HostUuid; readonly pool: PoolUuid };
      /** It is genuine, and for this host to pass on. */
      readonly between?: Between;
    };

/** What one of the other hosts asks of another one, or answers it. */
export interface Between {
  readonly kind: "question" | "answer";
  readonly head: Head;
  readonly content: Buffer;
}

export const MALFORMED = { ok: false, why: "malformed" } as const;

/** The bytes of a datagram; null when an id is no uuid, or it is too long. */
export function seal(kind: Kind, head: Head, content: Buffer, pool: PoolUuid, key: Buffer): Buffer | null {
  const length = HEAD_BYTES + content.length + TAG_BYTES;
  if (length > longestOf(kind) || ![pool, head.from, head.to, head.number.bootId].every(hasBytes))
    return null;
  const bytes = Buffer.alloc(length);
  bytes.writeUInt16BE(MAGIC, 0);
  bytes[2] = VERSION;
  bytes[3] = KINDS.indexOf(kind) + 1;
  writeUuid(bytes, 4, pool);
  writeUuid(bytes, 20, head.from);
  writeUuid(bytes, 36, head.to);
  writeNumber(bytes, 52, head.number);
  content.copy(bytes, HEAD_BYTES);
  const end = length - TAG_BYTES;
  tagOf(key, bytes.subarray(0, end)).copy(bytes, end);
  return bytes;
}

/**
 * What is in a datagram that anybody may have sent. What costs least is looked at first, and nothing of the content
 * before the tag. Never throws.
 */
export function openDatagram(bytes: Buffer, context: CodecContext, keys: readonly Buffer[]): Opened {
  const { length } = bytes;
  const kind = KINDS[(bytes[3] ?? 0) - 1];
  if (kind === undefined || length < HEAD_BYTES + TAG_BYTES || length > longestOf(kind)) return MALFORMED;
  if (bytes.readUInt16BE(0) !== MAGIC || bytes[2] !== VERSION) return MALFORMED;
  if (context.pool !== null && !isUuidAt(bytes, 4, context.pool)) return { ok: false, why: "otherPool" };
  const end = length - TAG_BYTES;
  const [signed, tag] = [bytes.subarray(0, end), bytes.subarray(end)];
  const key = keys.find((one) => isTagOf(one, signed, tag));
  if (key === undefined) return { ok: false, why: "wrongTag" };
  const head = {
    from: hostUuid(readUuid(bytes, 20)),
    to: hostUuid(readUuid(bytes, 36)),
    number: readNumber(bytes, 52),
  };
  const content = signed.subarray(HEAD_BYTES);
  if (head.to !== context.self && (kind === "question" || kind === "answer")) {
    const isBetween =
      head.from !== head.to && [head.from, head.to].every((host) => context.hosts.includes(host));
    return { ok: false, why: "unknownHost", ...(isBetween ? { between: { kind, head, content } } : {}) };
  }
  if (head.to !== context.self || head.from === context.self) return { ok: false, why: "unknownHost" };
  if (context.hosts.includes(head.from)) return { ok: true, kind, head, content, key };
  return { ok: false, why: "unknownHost", greeter: { from: head.from, pool: poolUuid(readUuid(bytes, 4)) } };
}
