import type { HostUuid } from "../model/ids.ts";
import { bootTag } from "./boot-tag.ts";
import type { HearingState } from "./hearing.ts";
import { isLaterLow, lowBits, wholeMs } from "./low-bits.ts";
import type { Ack, Heartbeat } from "./message.ts";
import { HEARD_MS, isFresh, isHeardDirectly } from "./peer-state.ts";
import type { VoteWords } from "./vote-words.ts";

/** A number that the leader has acknowledged, and when it was first heard of, by the leader's uptime. */
export interface Acked extends Ack {
  readonly heardMs: number;
}

const isSameBoot = (a: Ack, b: Ack): boolean => a.host === b.host && a.bootTag === b.bootTag;

/**
 * What the leader acknowledges after this moment: the newest number of each host and boot, whether it came from that host or others report it.
 * The same number once more is not heard anew. Of a host that is silent the last one stays.
 */
export function stepAcked(last: readonly Acked[], hearing: HearingState, nowMs: number): readonly Acked[] {
  let acked = last;
  for (const one of numbersHeard(hearing, nowMs)) {
    const known = acked.find((other) => isSameBoot(other, one));
    if (known === undefined) acked = [...acked, one];
    else if (isLaterLow(one.ms, known.ms)) acked = acked.map((other) => (other === known ? one : other));
  }
  return acked;
}

function* numbersHeard({ peers }: HearingState, nowMs: number): Generator<Acked> {
  for (const [host, { newest, newestMs, heardMs, hears }] of peers) {
    if (newest !== null && newestMs !== null && nowMs - newestMs <= HEARD_MS)
      yield { host, bootTag: bootTag(newest.bootId), ms: lowBits(newest.ms), heardMs: newestMs };
    if (heardMs === null || nowMs - heardMs > HEARD_MS) continue;
    for (const { host: other, bootTag: tag, numberMs } of hears)
      if (peers.has(other)) yield { host: other, bootTag: tag, ms: lowBits(numberMs), heardMs };
  }
}

/** What this host passes on: the leader's acknowledgements, unchanged, for those whom it hears itself. */
export function passedOn({ peers }: HearingState, { lead }: VoteWords, nowMs: number): readonly Ack[] {
  if (lead.kind !== "hears") return [];
  const leader = peers.get(lead.leader);
  if (leader === undefined || !isHeardDirectly(leader, nowMs)) return [];
  const isHeard = (host: HostUuid): boolean => {
    const peer = peers.get(host);
    return peer !== undefined && isHeardDirectly(peer, nowMs);
  };
  return leader.acks.filter(({ host }) => isHeard(host));
}

/** The newest number of this host that a message acknowledges, by its own uptime; null: none, or the message is not fresh. */
export function ownAckMs(
  { self, bootId }: HearingState,
  message: Pick<Heartbeat, "answers" | "acks">,
  nowMs: number,
): number | null {
  if (!isFresh(message, bootId, nowMs)) return null;
  const own = message.acks.find(({ host, bootTag: tag }) => host === self && tag === bootTag(bootId));
  return own === undefined ? null : wholeMs(own.ms, nowMs);
}
