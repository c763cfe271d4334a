import { bootTag } from "../../../src/core/group/boot-tag.ts";
import { NO_DISARM_WATCH } from "../../../src/core/group/disarm.ts";
import { type GroupState, newGroup } from "../../../src/core/group/group.ts";
import { newHearing } from "../../../src/core/group/hearing.ts";
import { type LeaseWatch, NO_LEASES } from "../../../src/core/group/lease-watch.ts";
import type { PeerState } from "../../../src/core/group/peer-state.ts";
import { NO_TERM } from "../../../src/core/group/term.ts";
import { NO_TIES } from "../../../src/core/group/ties.ts";
import type { Said } from "../../../src/core/group/vote-words.ts";
import type { Voting } from "../../../src/core/group/voting.ts";
import type { HostUuid } from "../../../src/core/model/ids.ts";
import { heard, knowing, LEADS, type LeaseHost, votingOf } from "./lease-hosts.ts";
import { isRelay, isTooLate, isVictim, type LeasesSize, longUnits } from "./lease-size.ts";
import { NOW_MS, UNIT_MS } from "./times.ts";

/** Without what no step of this search looks at, so that states that differ in it only are one. */
export function plain(one: LeaseHost, size: LeasesSize): LeaseHost {
  const { group, victim } = one;
  const { hearing, voting, leases } = group;
  if (victim?.isOff === true) {
    const stored = size.boots ? voting.stored : { term: NO_TERM, roll: null, before: null };
    const { self, bootId } = hearing;
    const nothing = newGroup(newHearing(self, bootId), votingOf(self, stored));
    return { group: nothing, ticked: 2, words: null, victim };
  }
  const keep = victim === null ? plainPeerOfLeader : plainPeerOfVictim;
  const done = isDone(one, size);
  const known = done ? knowing(heard(hearing.self, size), size) : hearing;
  const peers = new Map(
    [...known.peers].map(([host, peer]): [HostUuid, PeerState] => [host, keep(host, peer, group, size)]),
  );
  return {
    ...one,
    group: {
      hearing: { ...hearing, peers },
      voting: plainVoting(voting, peers, size),
      ties: NO_TIES,
      disarm: NO_DISARM_WATCH,
      leases: done ? NO_LEASES : plainLeases(leases, victim !== null, size),
    },
    // Whether it has ticked lately matters as long as it says something.
    ticked: one.ticked !== 0 && one.words === null ? 2 : one.ticked,
    victim: victim && { ...victim, slots: victim.slots.map((slot, at) => ({ ...slot, id: `${at + 1}` })) },
  };
}

/** It has led and will not lead again: it does not matter what it hears. */
export function isDone({ group, victim, words }: LeaseHost, size: LeasesSize): boolean {
  const { self, stored } = group.voting;
  const isOther = stored.term.host !== self && stored.term.count >= size.terms;
  return victim === null && isOther && (group.leases.led === null || words === null) && !isRelay(self, size);
}

function plainLeases(leases: LeaseWatch, isOfVictim: boolean, { leaseUnits }: LeasesSize): LeaseWatch {
  // What was heard before it led says nothing new to a leader: it runs from the election then.
  const heard = leases.led === null ? [] : leases.heard.filter(({ host }) => isVictim(host));
  return {
    ...leases,
    heard: leaseUnits !== null ? heard : heard.map((one) => ({ ...one, heardMs: NOW_MS })),
    ownAckedMs: isOfVictim ? leases.ownAckedMs : null,
  };
}

const BLANK = { own: null, ways: [], status: "silent", statusSinceMs: NOW_MS } as const;

function plainPeerOfLeader(
  host: HostUuid,
  peer: PeerState,
  { hearing, leases }: GroupState,
  size: LeasesSize,
): PeerState {
  const { reports, passes, versions } = size;
  const acked = leases.heard.find((one) => one.bootTag === bootTag(peer.newest?.bootId ?? ""));
  // What is acknowledged is not heard anew.
  const isAcked = acked !== undefined && peer.newest !== null && acked.ms >= peer.newest.ms;
  const isRecent = !isAcked && peer.newestMs !== null && !isOld(peer.newestMs);
  const isHeard = peer.heardMs !== null && !isOld(peer.heardMs);
  const { newest } = peer;
  const isKept = newest !== null && (isRecent || !isTooLate(newest.ms, size));
  const hears = isHeard && !isVictim(host) ? peer.hears.filter((one) => isVictim(one.host)) : [];
  // Who passes acknowledgements on, and reports nothing, does not say which number it has heard.
  const isSaid = reports || !isRelay(hearing.self, size);
  const ms = isKept && isSaid ? newest.ms : NOW_MS - longUnits(size) * UNIT_MS;
  const needsHeard = reports || passes || versions !== null;
  return {
    ...{ ...peer, ...BLANK, hears, acks: isHeard && !isVictim(host) ? peer.acks : [] },
    // The reports of another host may overtake each other.
    newest: isVictim(host) && newest ? { ...newest, ms } : null,
    newestMs: isRecent && isVictim(host) ? peer.newestMs : null,
    heardMs: needsHeard && isHeard ? peer.heardMs : null,
  };
}

/** The last message of its leader. */
function plainPeerOfVictim(
  host: HostUuid,
  peer: PeerState,
  { voting }: GroupState,
  size: LeasesSize,
): PeerState {
  const { newest } = peer;
  const blank = { ...peer, ...BLANK, hears: [], newestMs: null };
  if (size.versions === null || newest === null || host !== voting.stored.term.host)
    return { ...blank, acks: [], newest: null, heardMs: null };
  const ms = isTooLate(newest.ms, size) ? NOW_MS - longUnits(size) * UNIT_MS : newest.ms;
  return { ...blank, newest: { ...newest, ms }, heardMs: NOW_MS };
}

const isOld = (ms: number): boolean => NOW_MS - ms > UNIT_MS * 1.5;

function plainVoting(voting: Voting, peers: ReadonlyMap<HostUuid, PeerState>, size: LeasesSize): Voting {
  const { self, stored, answers } = voting;
  const votes = [...answers].filter(([host]) => !isVictim(host) || size.names.length === 2);
  const said = [...voting.said].flatMap(([host, one]): [HostUuid, Said][] =>
    isSaidKept(host, voting, peers, size) ? [[host, { ...one, atMs: NOW_MS, answersMs: NOW_MS }]] : [],
  );
  const { host: leader } = stored.term;
  // A host that passes acknowledgements on takes it for granted that its leader leads.
  if (size.passes && !isVictim(self) && leader !== null && leader !== self)
    said.push([leader, { words: LEADS, atMs: NOW_MS, answersMs: NOW_MS }]);
  return { ...votingOf(self, stored), answers: new Map(votes), said: new Map(said) };
}

/** The word of its leader, for the host with the lease; the word of that host, for the leader. */
function isSaidKept(
  host: HostUuid,
  { self, stored }: Voting,
  peers: ReadonlyMap<HostUuid, PeerState>,
  size: LeasesSize,
): boolean {
  const { versions } = size;
  if (versions === null || isRelay(self, size)) return false;
  return isVictim(self) ? host === stored.term.host : isVictim(host) && peers.get(host)?.heardMs != null;
}
