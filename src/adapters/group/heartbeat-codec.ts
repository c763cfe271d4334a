import { MOST_HOSTS } from "../../core/group/limits.ts";
import type { HeardEntry, Heartbeat } from "../../core/group/message.ts";
import type { HostUuid, PoolUuid } from "../../core/model/ids.ts";
import { ANSWER_BYTES, readAnswered, writeAnswered } from "./answered-codec.ts";
import { hasBytes } from "./bytes.ts";
import { type CodecContext, type Head, seal } from "./envelope.ts";
import { hasOwnBytes, OWN_BYTES, readOwn, writeOwn } from "./own-state-codec.ts";
import { hasVoteBytes, readVote, VOTE_BYTES, writeVote } from "./vote-codec.ts";

/*
 * The content of a heartbeat:
 *
 *   0  is there an answer (1) or not (0), the number that is answered
 *  23  what the sender says of itself
 *  71  what it says of its vote
 * 136  how many are heard; for each of them: place (4), age in tenths of a second (1), low 32 bits of its number (4), and of when it had
 *      listed domains that agree (4; zero: nothing is said of that)
 */

const OWN_AT = ANSWER_BYTES;
const VOTE_AT = OWN_AT + OWN_BYTES;
const COUNT_AT = VOTE_AT + VOTE_BYTES;
const ENTRIES_AT = COUNT_AT + 1;
const ENTRY_BYTES = 13;
const AGE_UNIT_MS = 100;
const OLDEST = 255;
const MOST_LOW = 2 ** 32 - 1;
const lowBits = (ms: number): number => Math.floor(ms) % 2 ** 32;

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

/** What a heartbeat says to everybody: its sender's own state and vote, and whom it hears. null: an id is no uuid. */
export function encodeSaid({
  own,
  vote,
  heard: all,
}: Pick<Heartbeat, "own" | "vote" | "heard">): Buffer | null {
  if (!hasVoteBytes(vote) || !hasOwnBytes(own)) return null;
  const heard = all.filter(({ host }) => hasBytes(host)).slice(0, MOST_HOSTS);
  const said = Buffer.alloc(ENTRIES_AT - OWN_AT + ENTRY_BYTES * heard.length);
  writeOwn(said, 0, own);
  writeVote(said, VOTE_AT - OWN_AT, vote);
  said[COUNT_AT - OWN_AT] = heard.length;
  let at = ENTRIES_AT - OWN_AT;
  for (const { host, ageMs, numberMs, agreedMs } of heard) {
    said.writeUInt32BE(placeOf(host), at);
    said[at + 4] = Math.min(OLDEST, Math.ceil(Math.max(0, ageMs) / AGE_UNIT_MS));
    said.writeUInt32BE(lowBits(numberMs), at + 5);
    // Zero says nothing; a millisecond earlier says no more than there is.
    if (agreedMs !== null) said.writeUInt32BE(lowBits(agreedMs) || MOST_LOW, at + 9);
    at += ENTRY_BYTES;
  }
  return said;
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
  const heard = readHeard(content, context);
  if (answers === "odd" || own === null || vote === null || heard === null) return null;
  return { ...head, answers, own, vote, heard };
}

/** Places of hosts that are not known here are left out: the lists of two hosts may differ for a while. */
function readHeard(content: Buffer, context: CodecContext): readonly HeardEntry[] | null {
  const count = content[COUNT_AT] ?? 0;
  if (count > MOST_HOSTS || content.length !== ENTRIES_AT + ENTRY_BYTES * count) return null;
  const known = hostsByPlace(context);
  const seen = new Set<number>();
  const heard: HeardEntry[] = [];
  for (let at = ENTRIES_AT; at < content.length; at += ENTRY_BYTES) {
    const place = content.readUInt32BE(at);
    if (seen.has(place)) return null;
    seen.add(place);
    const host = known.get(place);
    const ageMs = (content[at + 4] ?? OLDEST) * AGE_UNIT_MS;
    const [numberMs, agreedMs] = [content.readUInt32BE(at + 5), content.readUInt32BE(at + 9)];
    if (host != null) heard.push({ host, ageMs, numberMs, agreedMs: agreedMs || null });
  }
  return heard;
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

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Places that were computed, of the hosts of one pool: 36 steps for each are too many for every second. */
const placesOfHosts = new Map<HostUuid, number>();

/** Four bytes that stand for a host of the pool: 32 bits of FNV-1a of its uuid, for 64 whole ones would be 1 KB. */
export function placeOf(host: HostUuid): number {
  const known = placesOfHosts.get(host);
  if (known !== undefined) return known;
  let hash = FNV_OFFSET;
  for (let index = 0; index < host.length; index++)
    hash = Math.imul(hash ^ host.charCodeAt(index), FNV_PRIME);
  // Hosts come and go, and nothing here grows.
  if (placesOfHosts.size >= 4 * MOST_HOSTS) placesOfHosts.clear();
  placesOfHosts.set(host, hash >>> 0);
  return hash >>> 0;
}
