import type { HeardPeer, OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { MOST_WAYS } from "./limits.ts";
import type { Ack, HeardEntry, Heartbeat, MessageNumber } from "./message.ts";

/** A message that answers a number of this age or younger is fresh (core/group/README.md, "Fresh"). */
export const FRESH_MS = 4_000;
/** Who was heard within this time is heard: a second each for four datagrams, three of which may be lost. */
export const HEARD_MS = 4_000;
/** Boots of one host that are known to be over. Fewer would do: each needs a boot of minutes. */
const MOST_ENDED = 4;

export interface Way {
  readonly address: string;
  readonly sinceMs: number;
  readonly lastMs: number;
}

/** What is known of one other host. Times are this host's uptime. */
export interface PeerState {
  readonly addresses: readonly string[];
  /** Its newest number, of a fresh message or not: it is what the next message answers. */
  readonly newest: MessageNumber | null;
  /** When that came; null: nothing ever did. */
  readonly newestMs: number | null;
  /** Boots that a fresh message of a later boot has ended: an old datagram of theirs counts for nothing, for ever. */
  readonly endedBoots: readonly string[];
  /** When the last fresh message came; null: none ever did. */
  readonly heardMs: number | null;
  /** Of that message. */
  readonly own: OwnState | null;
  readonly hears: readonly HeardEntry[];
  readonly acks: readonly Ack[];
  readonly ways: readonly Way[];
  /** As the last tick judged it, and since when. */
  readonly status: HeardPeer["heard"];
  readonly statusSinceMs: number;
}

/** A host of which nothing has been heard yet. */
export function newPeer(addresses: readonly string[], nowMs: number): PeerState {
  return {
    addresses,
    newest: null,
    newestMs: null,
    endedBoots: [],
    heardMs: null,
    own: null,
    hears: [],
    acks: [],
    ways: [],
    status: "silent",
    statusSinceMs: nowMs,
  };
}

/** Has a fresh message come from it lately? */
export function isHeardDirectly(peer: PeerState, nowMs: number): boolean {
  return peer.heardMs !== null && nowMs - peer.heardMs <= HEARD_MS;
}

/** Directly or by a report, as the last tick has judged it. */
export const isHeardAtAll = ({ status }: PeerState): boolean => status !== "silent";

/** Does this message answer a number that this host sent within the last four seconds of this boot? */
export function isFresh({ answers }: Pick<Heartbeat, "answers">, bootId: string, nowMs: number): boolean {
  if (answers === null || answers.bootId !== bootId) return false;
  const ageMs = nowMs - answers.ms;
  return ageMs >= 0 && ageMs <= FRESH_MS;
}

/** The state of a peer after one of its messages, which came from `address`. */
export function takeMessage(
  peer: PeerState,
  message: Heartbeat,
  at: { readonly nowMs: number; readonly bootId: string; readonly address: string },
): PeerState {
  const { nowMs, bootId, address } = at;
  const fresh = isFresh(message, bootId, nowMs);
  const { newest } = peer;
  const { number } = message;
  if (newest !== null && newest.bootId === number.bootId) {
    if (number.ms < newest.ms) return peer;
    // The same message by another way, or once more: it says nothing new but that this way is open.
    if (number.ms === newest.ms && peer.heardMs !== null)
      return fresh ? { ...peer, ways: takeWay(peer.ways, address, nowMs) } : peer;
  } else if (newest !== null && !mayReplaceBoot(peer, number.bootId, fresh, nowMs)) return peer;
  if (!fresh) return { ...peer, newest: number, newestMs: nowMs };
  return {
    ...peer,
    newest: number,
    newestMs: nowMs,
    endedBoots: endBoot(peer, number.bootId),
    heardMs: nowMs,
    own: message.own,
    hears: message.heard,
    acks: message.acks,
    ways: takeWay(peer.ways, address, nowMs),
  };
}

/** A number of another boot: of a later one, or an old datagram that somebody has kept. Boot ids have no order. */
function mayReplaceBoot(peer: PeerState, bootId: string, fresh: boolean, nowMs: number): boolean {
  if (peer.endedBoots.includes(bootId)) return false;
  // No host boots within the time for which it is heard.
  return fresh || !isHeardDirectly(peer, nowMs);
}

function endBoot({ endedBoots, newest }: PeerState, bootId: string): readonly string[] {
  if (newest === null || newest.bootId === bootId) return endedBoots;
  return [newest.bootId, ...endedBoots].slice(0, MOST_ENDED);
}

function takeWay(ways: readonly Way[], address: string, nowMs: number): readonly Way[] {
  const known = ways.find((way) => way.address === address);
  const isOpen = known !== undefined && nowMs - known.lastMs <= HEARD_MS;
  const way: Way = { address, sinceMs: isOpen ? known.sinceMs : nowMs, lastMs: nowMs };
  if (known !== undefined) return ways.map((one) => (one === known ? way : one));
  // The oldest one goes.
  const kept = ways.length < MOST_WAYS ? ways : [...ways].sort((a, b) => b.lastMs - a.lastMs).slice(0, -1);
  return [...kept, way];
}

/** Who reports `host`, and how old its last fresh message there is by now. */
export interface ReportOf {
  readonly by: HostUuid;
  readonly ageMs: number;
}

/** The youngest report of `host` among peers that are heard directly; null: there is none young enough. */
export function youngestReport(
  host: HostUuid,
  peers: ReadonlyMap<HostUuid, PeerState>,
  nowMs: number,
): ReportOf | null {
  let youngest: ReportOf | null = null;
  for (const [by, peer] of peers) {
    if (by === host || !isHeardDirectly(peer, nowMs)) continue;
    const entry = peer.hears.find((one) => one.host === host);
    if (entry === undefined) continue;
    const ageMs = entry.ageMs + nowMs - (peer.heardMs ?? nowMs);
    if (ageMs <= HEARD_MS && (youngest === null || ageMs < youngest.ageMs)) youngest = { by, ageMs };
  }
  return youngest;
}

/** How it is heard now, and by whose report where it is not heard directly. */
export function hearingOf(
  host: HostUuid,
  peer: PeerState,
  peers: ReadonlyMap<HostUuid, PeerState>,
  nowMs: number,
): { readonly heard: HeardPeer["heard"]; readonly report: ReportOf | null } {
  if (isHeardDirectly(peer, nowMs)) return { heard: "direct", report: null };
  const report = youngestReport(host, peers, nowMs);
  return { heard: report === null ? "silent" : "reported", report };
}
