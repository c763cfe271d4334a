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

/**
 * The newest number of each host and boot after this moment, whether it came from that host or others report it, and when it was first heard of: the
 * same number once more is not heard anew. Of a host that is silent the last one stays.
 */
export function stepHeard(last: readonly Acked[], hearing: HearingState, nowMs: number): readonly Acked[] {
  const heard = new Map(last.map((one) => [keyOf(one), one]));
  let isSame = true;
  for (const one of numbersHeard(hearing, nowMs)) {
    const known = heard.get(keyOf(one));
    if (known !== undefined && !isLaterLow(one.ms, known.ms)) continue;
    heard.set(keyOf(one), one);
    isSame = false;
  }
  return isSame ? last : [...heard.values()];
}

const keyOf = ({ host, bootTag: tag }: Ack): string => `${host} ${tag}`;

function* numbersHeard({ peers }: HearingState, nowMs: number): Generator<Acked> {
  let isAnySilent = false;
  for (const [host, { newest, newestMs }] of peers) {
    if (newest !== null && newestMs !== null && nowMs - newestMs <= HEARD_MS)
      yield { host, bootTag: bootTag(newest.bootId), ms: lowBits(newest.ms), heardMs: newestMs };
    else isAnySilent = true;
  }
  // With 64 hosts these are thousands, and where every host is heard they say nothing new.
  if (!isAnySilent) return;
  for (const { heardMs, hears } of peers.values()) {
    if (heardMs === null || nowMs - heardMs > HEARD_MS) continue;
    for (const { host, bootTag: tag, numberMs } of hears)
      if (peers.has(host)) yield { host, bootTag: tag, ms: lowBits(numberMs), heardMs };
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
