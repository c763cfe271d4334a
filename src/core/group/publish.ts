import type { GroupSight } from "../model/group-sight.ts";
import type { HeardPeer, Hearing, Refused } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import type { HearingState } from "./hearing.ts";
import { hearingOf, type PeerState } from "./peer-state.ts";

/** What stands beside the state in what is published: how the transport fares. */
export interface Transport {
  readonly refused: Refused;
  readonly trouble: string | null;
}

/** What is published, as plain data: who is heard, how, since when and over which addresses, and the group. */
export function publishHearing(
  state: HearingState,
  group: GroupSight,
  nowMs: number,
  transport: Transport,
): Hearing {
  const peers = [...state.peers].map(([host, peer]) => publishPeer(host, peer, state, nowMs));
  return { self: state.self, bootId: state.bootId, atMs: nowMs, peers, group, ...transport };
}

function publishPeer(host: HostUuid, peer: PeerState, state: HearingState, nowMs: number): HeardPeer {
  const { heard, report } = hearingOf(host, peer, state.peers, nowMs);
  const direct = heard === "direct";
  const directAgeMs = peer.heardMs === null ? null : nowMs - peer.heardMs;
  return {
    host,
    heard,
    sinceMs: heard === peer.status ? peer.statusSinceMs : nowMs,
    ageMs: report?.ageMs ?? directAgeMs,
    by: report?.by ?? null,
    ways: peer.ways.map(({ address, lastMs, sinceMs }) => ({ address, ageMs: nowMs - lastMs, sinceMs })),
    own: direct ? peer.own : null,
    hears: direct ? peer.hears.map(({ host: other, ageMs }) => ({ host: other, ageMs })) : null,
  };
}

/** In words, since the monitor began: what was refused, and how often. */
export function refusedText({ malformed, otherPool, wrongTag, unknownHost }: Refused): string {
  const parts: readonly (readonly [number, string])[] = [
    [wrongTag, "with a wrong signature"],
    [otherPool, "of another pool"],
    [unknownHost, "from or for a host that is not in this pool"],
    [malformed, "that are no heartbeats of this version"],
  ];
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return said.length === 0 ? "none" : said.join(", ");
}

/** How many were refused, all in all. */
export function refusedCount(refused: Refused): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}
