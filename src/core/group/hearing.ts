import type { OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { agreedOf } from "./agreed.ts";
import { bootTag } from "./boot-tag.ts";
import { MOST_HOSTS, MOST_WAYS } from "./limits.ts";
import type { Ack, Datagram, GroupPeer, HeardEntry, Heartbeat } from "./message.ts";
import type { AgreedHost } from "./own-state.ts";
import { hearingOf, isHeardDirectly, newPeer, type PeerState, takeMessage } from "./peer-state.ts";
import type { VoteWords } from "./vote-words.ts";

/** What this host knows of who hears whom. All times are its uptime in milliseconds. */
export interface HearingState {
  readonly self: HostUuid;
  readonly bootId: string;
  readonly peers: ReadonlyMap<HostUuid, PeerState>;
}

/** What can happen. Whether a datagram is genuine has been checked before it comes here. */
export type HearingEvent =
  /** Once a second. */
  | {
      readonly kind: "tick";
      readonly nowMs: number;
      readonly own: OwnState;
      readonly vote: VoteWords;
      /** What is said of that now (agreed.ts). */
      readonly agreed: readonly AgreedHost[];
      readonly acks: readonly Ack[];
    }
  | {
      readonly kind: "datagram";
      readonly nowMs: number;
      readonly message: Heartbeat;
      /** The address it came from: the way, which names nobody. */
      readonly address: string;
    }
  /** The other hosts of the pool, all of them. */
  | { readonly kind: "peers"; readonly nowMs: number; readonly peers: readonly GroupPeer[] };

export interface HearingStep {
  readonly state: HearingState;
  readonly datagrams: readonly Datagram[];
}

/** A host that has heard nobody yet. */
export function newHearing(self: HostUuid, bootId: string): HearingState {
  return { self, bootId, peers: new Map() };
}

/** One event. Pure: the same state and event give the same answer, so that every story can be played again. */
export function stepHearing(state: HearingState, event: HearingEvent): HearingStep {
  switch (event.kind) {
    case "tick":
      return tick(state, event);
    case "datagram":
      return { state: take(state, event), datagrams: [] };
    case "peers":
      return { state: changePeers(state, event.peers, event.nowMs), datagrams: [] };
  }
}

function tick(state: HearingState, event: HearingEvent & { kind: "tick" }): HearingStep {
  const peers = judge(state.peers, event.nowMs);
  const next = peers === state.peers ? state : { ...state, peers };
  return { state: next, datagrams: heartbeats(next, event) };
}

/** Who is heard now; since when is what a tick has seen first, so it is never more than a second late. */
function judge(peers: ReadonlyMap<HostUuid, PeerState>, nowMs: number): ReadonlyMap<HostUuid, PeerState> {
  let changed: Map<HostUuid, PeerState> | null = null;
  for (const [host, peer] of peers) {
    const { heard: status } = hearingOf(host, peer, peers, nowMs);
    if (status === peer.status) continue;
    changed ??= new Map(peers);
    changed.set(host, { ...peer, status, statusSinceMs: nowMs });
  }
  return changed ?? peers;
}

/**
 * Hosts that were heard in the first state and are silent in the second, as ticks have judged them: a reason to look at
 * once and not at the next pass.
 */
export function fallenSilent(before: HearingState, after: HearingState): readonly HostUuid[] {
  if (before.peers === after.peers) return [];
  return [...after.peers].flatMap(([host, { status }]) => {
    const was = before.peers.get(host)?.status;
    return status === "silent" && was !== undefined && was !== "silent" ? [host] : [];
  });
}

/** One message to every address of every other host. They differ in what they answer only. */
function heartbeats(
  { self, bootId, peers }: HearingState,
  { nowMs, own, vote, agreed, acks }: HearingEvent & { kind: "tick" },
): readonly Datagram[] {
  const number = { bootId, ms: nowMs };
  const all: readonly HeardEntry[] = [...peers].flatMap(([host, peer]) =>
    peer.heardMs !== null && peer.newest !== null && isHeardDirectly(peer, nowMs)
      ? [
          {
            ...{ host, ageMs: nowMs - peer.heardMs, numberMs: peer.newest.ms },
            bootTag: bootTag(peer.newest.bootId),
            agreedMs: agreedOf(agreed, host, peer.newest),
          },
        ]
      : [],
  );
  return [...peers].flatMap(([to, { addresses, newest: answers }]) => {
    const message: Heartbeat = { from: self, to, number, answers, own, vote, heard: all, acks };
    return addresses.map((address) => ({ address, message }));
  });
}

/** Dropped are messages of hosts that the pool does not have, and those that were meant for somebody else. */
function take(
  state: HearingState,
  { nowMs, message, address }: HearingEvent & { kind: "datagram" },
): HearingState {
  const peer = state.peers.get(message.from);
  if (peer === undefined || message.to !== state.self) return state;
  const next = takeMessage(peer, message, { nowMs, bootId: state.bootId, address });
  return next === peer ? state : { ...state, peers: new Map(state.peers).set(message.from, next) };
}

/** What is known of a host that stays is kept, whatever its addresses are now. */
function changePeers(state: HearingState, given: readonly GroupPeer[], nowMs: number): HearingState {
  const others = given.filter(({ host }) => host !== state.self).slice(0, MOST_HOSTS - 1);
  const peers = new Map(
    others.map(({ host, addresses }): [HostUuid, PeerState] => {
      const ways = [...new Set(addresses)].slice(0, MOST_WAYS);
      const known = state.peers.get(host);
      return [host, known === undefined ? newPeer(ways, nowMs) : { ...known, addresses: ways }];
    }),
  );
  return { ...state, peers };
}
