import { hash32 } from "../../core/group/boot-tag.ts";
import { MOST_HOSTS } from "../../core/group/limits.ts";
import { lowBits } from "../../core/group/low-bits.ts";
import type { Ack, HeardEntry, Heartbeat } from "../../core/group/message.ts";
import type { HostUuid, PoolUuid } from "../../core/model/ids.ts";
import { ANSWER_BYTES, readAnswered, writeAnswered } from "./answered-codec.ts";
import { hasBytes } from "./bytes.ts";
import { type CodecContext, HEAD_BYTES, type Head, LONGEST_BYTES, seal } from "./envelope.ts";
import { hasOwnBytes, OWN_BYTES, readOwn, writeOwn } from "./own-state-codec.ts";
import { TAG_BYTES } from "./tag.ts";
import { hasVoteBytes, readVote, VOTE_BYTES, writeVote } from "./vote-codec.ts";

/*
 * The content of a heartbeat:
 *
 *   0  is there an answer (1) or not (0), the number that is answered
 *  23  what the sender says of itself
 *  71  what it says of its vote
 * 138  how many are heard; for each of them: place (4), age in tenths of a second (1), flags (1), low 32 bits of its number (4) and its boot (4),
 *      and by the flags low 32 bits of when it had listed domains that agree, or of the number that is acknowledged (4)
 *      then how many acknowledgements of others follow; for each of them: place (4), boot (4), low 32 bits of the number (4)
 */

const OWN_AT = ANSWER_BYTES;
const VOTE_AT = OWN_AT + OWN_BYTES;
const COUNT_AT = VOTE_AT + VOTE_BYTES;
const ENTRIES_AT = COUNT_AT + 1;
const ENTRY_BYTES = 18;
const ACK_BYTES = 12;
const AGE_UNIT_MS = 100;
const OLDEST = 255;
/** What the last four bytes of an entry are, and that its very number is acknowledged. */
const FLAG = { agreed: 1, acked: 2, ackedIsNumber: 4 } as const;
const FLAGS: ReadonlySet<number> = new Set([
  0,
  FLAG.agreed,
  FLAG.acked,
  FLAG.ackedIsNumber,
  FLAG.agreed | FLAG.ackedIsNumber,
]);

/**
 * The bytes of a heartbeat; null when something in it has no place there (an id that is no uuid). `said` is what
 * encodeSaid made of it: the heartbeats of one second share it.
 */
export function encodeHeartbeat(
  message: Heartbeat,
  pool: PoolUuid,
  key: Buffer,
  said: Buffer | null = encodeSaid(message),
  kind: "heartbeat" | "news" = "heartbeat",
): Buffer | null {
  const { answers } = message;
  if (said === null || (answers !== null && !hasBytes(answers.bootId))) return null;
  const content = Buffer.alloc(OWN_AT + said.length);
  writeAnswered(content, 0, answers);
  said.copy(content, OWN_AT);
  return seal(kind, message, content, pool, key);
}

/** What a heartbeat says to everybody: its sender's own state and vote, whom it hears, and what it acknowledges. null: an id is no uuid. */
export function encodeSaid({
  own,
  vote,
  heard: all,
  acks,
}: Pick<Heartbeat, "own" | "vote" | "heard" | "acks">): Buffer | null {
  if (!hasVoteBytes(vote) || !hasOwnBytes(own)) return null;
  const heard = all.filter(({ host }) => hasBytes(host)).slice(0, MOST_HOSTS);
  const left = new Map(acks.filter(({ host }) => hasBytes(host)).map((ack) => [ack.host, ack]));
  const entries = Buffer.alloc(ENTRY_BYTES * heard.length);
  for (const [index, entry] of heard.entries()) {
    const ack = left.get(entry.host) ?? null;
    if (writeEntry(entries, ENTRY_BYTES * index, entry, ack)) left.delete(entry.host);
  }
  const others = [...left.values()].slice(0, mostAcks(heard.length));
  const start = ENTRIES_AT - OWN_AT;
  const said = Buffer.alloc(start + entries.length + 1 + ACK_BYTES * others.length);
  writeOwn(said, 0, own);
  writeVote(said, VOTE_AT - OWN_AT, vote);
  said[COUNT_AT - OWN_AT] = heard.length;
  entries.copy(said, start);
  let at = start + entries.length;
  said[at++] = others.length;
  for (const { host, bootTag, ms } of others) {
    said.writeUInt32BE(placeOf(host), at);
    said.writeUInt32BE(bootTag, at + 4);
    said.writeUInt32BE(lowBits(ms), at + 8);
    at += ACK_BYTES;
  }
  return said;
}

/** Whoever has no room is left out: it is the more urgent for others that hear fewer hosts. */
function mostAcks(heard: number): number {
  const left = LONGEST_BYTES - HEAD_BYTES - TAG_BYTES - ENTRIES_AT - ENTRY_BYTES * heard - 1;
  return Math.max(0, Math.min(MOST_HOSTS, Math.floor(left / ACK_BYTES)));
}

/** Returns whether the acknowledgement has found its place there. */
function writeEntry(bytes: Buffer, at: number, entry: HeardEntry, ack: Ack | null): boolean {
  const { host, ageMs, numberMs, bootTag, agreedMs } = entry;
  const numberLow = lowBits(numberMs);
  const isOfBoot = ack !== null && ack.bootTag === bootTag;
  const isNumber = isOfBoot && lowBits(ack.ms) === numberLow;
  const isApart = isOfBoot && !isNumber && agreedMs === null;
  bytes.writeUInt32BE(placeOf(host), at);
  bytes[at + 4] = Math.min(OLDEST, Math.ceil(Math.max(0, ageMs) / AGE_UNIT_MS));
  bytes[at + 5] =
    (agreedMs === null ? 0 : FLAG.agreed) | (isApart ? FLAG.acked : 0) | (isNumber ? FLAG.ackedIsNumber : 0);
  bytes.writeUInt32BE(numberLow, at + 6);
  bytes.writeUInt32BE(bootTag, at + 10);
  if (agreedMs !== null) bytes.writeUInt32BE(lowBits(agreedMs), at + 14);
  if (isApart) bytes.writeUInt32BE(lowBits(ack.ms), at + 14);
  return isNumber || isApart;
}

/**
 * The heartbeat in a genuine datagram; null: no host writes such a one. Strict: whatever is odd is refused, so that there
 * is one way to write each message. Never throws.
 */
export function readHeartbeat(head: Head, content: Buffer, context: CodecContext): Heartbeat | null {
  if (content.length < ENTRIES_AT) return null;
  const answers = readAnswered(content, 0);
  const own = readOwn(content, OWN_AT);
  const vote = readVote(content, VOTE_AT);
  const read = readEntries(content, context);
  if (answers === "odd" || own === null || vote === null || read === null) return null;
  return { ...head, answers, own, vote, ...read };
}

/** Places of hosts that are not known here are left out: the lists of two hosts may differ for a while. */
function readEntries(content: Buffer, context: CodecContext): Pick<Heartbeat, "heard" | "acks"> | null {
  const count = content[COUNT_AT] ?? 0;
  const end = ENTRIES_AT + ENTRY_BYTES * count;
  if (count > MOST_HOSTS || content.length < end + 1) return null;
  const known = hostsByPlace(context);
  const seen = new Set<number>();
  const heard: HeardEntry[] = [];
  const acks: Ack[] = [];
  for (let at = ENTRIES_AT; at < end; at += ENTRY_BYTES) {
    const [place, flags] = [content.readUInt32BE(at), content[at + 5] ?? 0];
    const [numberMs, bootTag, last] = [
      content.readUInt32BE(at + 6),
      content.readUInt32BE(at + 10),
      content.readUInt32BE(at + 14),
    ];
    const isEmpty = (flags & (FLAG.agreed | FLAG.acked)) === 0;
    if (seen.has(place) || !FLAGS.has(flags) || (isEmpty && last !== 0)) return null;
    if ((flags & FLAG.acked) !== 0 && last === numberMs) return null;
    seen.add(place);
    const host = known.get(place);
    if (host == null) continue;
    const ageMs = (content[at + 4] ?? OLDEST) * AGE_UNIT_MS;
    heard.push({ host, ageMs, numberMs, bootTag, agreedMs: (flags & FLAG.agreed) === 0 ? null : last });
    if ((flags & FLAG.acked) !== 0) acks.push({ host, bootTag, ms: last });
    if ((flags & FLAG.ackedIsNumber) !== 0) acks.push({ host, bootTag, ms: numberMs });
  }
  const others = readAcks(content, end, known);
  return others === null ? null : { heard, acks: [...acks, ...others] };
}

function readAcks(
  content: Buffer,
  start: number,
  known: ReadonlyMap<number, HostUuid | null>,
): readonly Ack[] | null {
  const count = content[start] ?? 0;
  if (count > MOST_HOSTS || content.length !== start + 1 + ACK_BYTES * count) return null;
  const seen = new Set<number>();
  const acks: Ack[] = [];
  for (let at = start + 1; at < content.length; at += ACK_BYTES) {
    const place = content.readUInt32BE(at);
    if (seen.has(place)) return null;
    seen.add(place);
    const host = known.get(place);
    const [bootTag, ms] = [content.readUInt32BE(at + 4), content.readUInt32BE(at + 8)];
    if (host != null) acks.push({ host, bootTag, ms });
  }
  return acks;
}

/** Of one context, as long as it is used. */
const places = new WeakMap<CodecContext, ReadonlyMap<number, HostUuid | null>>();

/** Two hosts of one place are nobody: a report about one must not count for the other. */
function hostsByPlace(context: CodecContext): ReadonlyMap<number, HostUuid | null> {
  const known = places.get(context);
  if (known !== undefined) return known;
  const made = new Map<number, HostUuid | null>();
  for (const host of [context.self, ...context.hosts])
    made.set(placeOf(host), made.has(placeOf(host)) ? null : host);
  places.set(context, made);
  return made;
}

/** Places that were computed, of the hosts of one pool: 36 steps for each are too many for every second. */
const placesOfHosts = new Map<HostUuid, number>();

/** Four bytes that stand for a host of the pool: 32 bits of FNV-1a of its uuid, for 64 whole ones would be 1 KB. */
export function placeOf(host: HostUuid): number {
  const known = placesOfHosts.get(host);
  if (known !== undefined) return known;
  const place = hash32(host);
  // Hosts come and go, and nothing here grows.
  if (placesOfHosts.size >= 4 * MOST_HOSTS) placesOfHosts.clear();
  placesOfHosts.set(host, place);
  return place;
}
