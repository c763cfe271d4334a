import { bootTag } from "../../../../src/core/group/boot-tag.ts";
import { NO_DISARM_WATCH } from "../../../../src/core/group/disarm.ts";
import type { GroupState } from "../../../../src/core/group/group.ts";
import { newHearing } from "../../../../src/core/group/hearing.ts";
import { NO_LEASES } from "../../../../src/core/group/lease-watch.ts";
import { newPeer, type PeerState } from "../../../../src/core/group/peer-state.ts";
import type { Roll } from "../../../../src/core/group/roll.ts";
import { NO_TIES } from "../../../../src/core/group/ties.ts";
import type { OwnState } from "../../../../src/core/model/hearing.ts";
import { type HostUuid, hostUuid } from "../../../../src/core/model/ids.ts";
import { OWN } from "./group.ts";
import { A, ago, type Voter, voter } from "./votes.ts";

/** What an XAPI master says of itself. */
export const MASTER: OwnState = { ...OWN, role: "master", master: A };

/** Another host of the pool as this one hears it: by default a second ago, a slave of a, in the boot `boot-<letter>`. */
export interface Other extends Partial<OwnState> {
  /** Seconds since its last fresh message. */
  readonly age?: number;
  readonly boot?: string;
  /** Whom it says that it hears, just now. */
  readonly hears?: string;
  /** Since when, by their own uptime, it says that their lists of domains agree. */
  readonly agreed?: Readonly<Record<string, number>>;
  /** As the last tick judged it, and since when, in seconds. */
  readonly silent?: number;
}

/** null: in the pool, and never heard. */
export type Others = Readonly<Record<string, Other | null>>;

/** A monitor that votes so and hears these. Its own boot is `boot-<letter>`, and so are those on its rolls. */
export function groupState(given: Voter, others: Others, bootId?: string): GroupState {
  const voting = voter(given);
  const { self, stored } = voting;
  const peers = Object.entries(others).map(([letter, other]): [HostUuid, PeerState] => [
    hostUuid(letter),
    other === null ? newPeer([], 0) : peerOf(letter, other),
  ]);
  return {
    hearing: { ...newHearing(self, bootId ?? `boot-${self}`), peers: new Map(peers) },
    voting: { ...voting, stored: { ...stored, roll: booted(stored.roll), before: booted(stored.before) } },
    leases: NO_LEASES,
    ties: NO_TIES,
    disarm: NO_DISARM_WATCH,
  };
}

function peerOf(
  letter: string,
  { age = 1, boot = `boot-${letter}`, hears = "", agreed = {}, silent, ...own }: Other,
): PeerState {
  const newest = { bootId: boot, ms: 500 };
  const entries = [...new Set([...hears, ...Object.keys(agreed)])].map((host) => ({
    ...{ host: hostUuid(host), ageMs: 0, numberMs: 500, bootTag: bootTag(`boot-${host}`) },
    agreedMs: agreed[host] ?? null,
  }));
  const status = silent === undefined ? "direct" : "silent";
  const judged = { status, statusSinceMs: ago(silent ?? 60) } as const;
  const heard = { newest, newestMs: ago(age), heardMs: ago(age), own: { ...OWN, ...own }, hears: entries };
  return { ...newPeer([], 0), ...heard, ...judged };
}

function booted(roll: Roll | null): Roll | null {
  return roll && { ...roll, hosts: roll.hosts.map((one) => ({ ...one, bootId: `boot-${one.host}` })) };
}
