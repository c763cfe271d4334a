import { type HeardEntry, type Heartbeat, type MessageNumber, MOST_HOSTS } from "../../core/group/message.ts";
import { type HostUuid, isUuid, type PoolUuid } from "../../core/model/ids.ts";
import { NUMBER_BYTES, readNumber, writeNumber } from "./bytes.ts";
import { type CodecContext, type Head, seal } from "./envelope.ts";
import { OWN_BYTES, readOwn, writeOwn } from "./own-state-codec.ts";

/*
 * The content of a heartbeat:
 *
 *   0  is there an answer (1) or not (0), the number that is answered
 *  23  what the sender says of itself
 *  45  how many are heard; for each of them: place (4), age in tenths of a second (1), low 32 bits of its number (4)
 */

const OWN_AT = 1 + NUMBER_BYTES;
const COUNT_AT = OWN_AT + OWN_BYTES;
const ENTRIES_AT = COUNT_AT + 1;
const ENTRY_BYTES = 9;
const AGE_UNIT_MS = 100;
const OLDEST = 255;

/** The bytes of a heartbeat; null when something in it has no place there (an id that is no uuid). */
export function encodeHeartbeat(message: Heartbeat, pool: PoolUuid, key: Buffer): Buffer | null {
  const { answers, own } = message;
  if (![answers?.bootId, own.master].every((uuid) => uuid == null || isUuid(uuid))) return null;
  const heard = message.heard.filter(({ host }) => isUuid(host)).slice(0, MOST_HOSTS);
  const content = Buffer.alloc(ENTRIES_AT + ENTRY_BYTES * heard.length);
  if (answers !== null) {
    content[0] = 1;
    writeNumber(content, 1, answers);
  }
  writeOwn(content, OWN_AT, own);
  content[COUNT_AT] = heard.length;
  for (const [index, entry] of heard.entries()) {
    const at = ENTRIES_AT + ENTRY_BYTES * index;
    content.writeUInt32BE(placeOf(entry.host), at);
    content[at + 4] = Math.min(OLDEST, Math.ceil(Math.max(0, entry.ageMs) / AGE_UNIT_MS));
    content.writeUInt32BE(Math.floor(entry.numberMs) % 2 ** 32, at + 5);
  }
  return seal("heartbeat", message, content, pool, key);
}

/**
 * The heartbeat in a genuine datagram; null: no host writes such a one. Strict: whatever is odd is refused, so that there
 * is one way to write each message. Never throws.
 */
export function readHeartbeat(head: Head, content: Buffer, context: CodecContext): Heartbeat | null {
  if (content.length < ENTRIES_AT) return null;
  const answers = readAnswer(content);
  const own = readOwn(content, OWN_AT);
  const heard = readHeard(content, context);
  return answers === "odd" || own === null || heard === null ? null : { ...head, answers, own, heard };
}

function readAnswer(content: Buffer): MessageNumber | null | "odd" {
  if (content[0] === 1) return readNumber(content, 1);
  return content.subarray(0, OWN_AT).every((byte) => byte === 0) ? null : "odd";
}

/** Places of hosts that are not known here are left out: the lists of two hosts may differ for a while. */
function readHeard(content: Buffer, { self, hosts }: CodecContext): readonly HeardEntry[] | null {
  const count = content[COUNT_AT] ?? 0;
  if (count > MOST_HOSTS || content.length !== ENTRIES_AT + ENTRY_BYTES * count) return null;
  const known = hostsByPlace([self, ...hosts]);
  const seen = new Set<number>();
  const heard: HeardEntry[] = [];
  for (let at = ENTRIES_AT; at < content.length; at += ENTRY_BYTES) {
    const place = content.readUInt32BE(at);
    if (seen.has(place)) return null;
    seen.add(place);
    const host = known.get(place);
    const ageMs = (content[at + 4] ?? OLDEST) * AGE_UNIT_MS;
    if (host != null) heard.push({ host, ageMs, numberMs: content.readUInt32BE(at + 5) });
  }
  return heard;
}

/** Two hosts of one place are nobody: a report about one must not count for the other. */
function hostsByPlace(hosts: readonly HostUuid[]): ReadonlyMap<number, HostUuid | null> {
  const places = new Map<number, HostUuid | null>();
  for (const host of hosts) places.set(placeOf(host), places.has(placeOf(host)) ? null : host);
  return places;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Four bytes that stand for a host of the pool: 32 bits of FNV-1a of its uuid, for 64 whole ones would be 1 KB. */
export function placeOf(host: HostUuid): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < host.length; index++)
    hash = Math.imul(hash ^ host.charCodeAt(index), FNV_PRIME);
  return hash >>> 0;
}
