import type { HostUuid } from "../model/ids.ts";
import type { GroupState } from "./group.ts";
import { isHeardAtAll } from "./peer-state.ts";
import { type Claims, isMajority, isMoreThanHalf, type Roll } from "./roll.ts";

/**
 * Would hosts with a lease be left without a majority if this one went? Then their watchdogs would reset them, so it does not go without a further
 * word: in a pool of two the master, in one of three the second service that is stopped.
 */
export function strandsOthers({ hearing, voting }: GroupState): boolean {
  const { self, stored, held } = voting;
  const { roll, before } = stored;
  if (roll === null || !roll.ha) return false;
  // As long as the newest roll is not settled, the one before counts.
  const isLeased = [roll, before].some((one) =>
    one?.hosts.some(({ host, leaseMs }) => host !== self && leaseMs !== null),
  );
  const isLeft = (host: HostUuid): boolean => {
    const peer = hearing.peers.get(host);
    return host !== self && peer !== undefined && isHeardAtAll(peer) && peer.own?.leaving !== true;
  };
  return isLeased && !isMoreThanHalf(roll, isLeft, doubledOf(roll, isLeft, { self, held }));
}

/**
 * Will this host be left without a majority by those that say that they leave? They wait for the end of its lease, or its watchdog would reset it. A
 * tie counts only if this host has it: who leaves may have it.
 */
export function isStranded({ hearing, voting }: GroupState): boolean {
  const { self, stored, held } = voting;
  const { roll } = stored;
  if (roll === null || !roll.ha) return false;
  const heard = (host: HostUuid) => {
    const peer = hearing.peers.get(host);
    return peer !== undefined && isHeardAtAll(peer) ? peer : null;
  };
  const leaves = (host: HostUuid) => heard(host)?.own?.leaving === true;
  const isLeft = (host: HostUuid) => host === self || (heard(host) !== null && !leaves(host));
  if (!roll.hosts.some(({ host }) => leaves(host))) return false;
  return !isMajority(roll, isLeft, { self, held });
}

/** Has the host that leads said that it leaves? It may be silent by now: under it no lease begins. */
export function isLeaderLeaving({ hearing, voting }: GroupState): boolean {
  const { host: leader } = voting.stored.term;
  return leader !== null && hearing.peers.get(leader)?.own?.leaving === true;
}

/** Who is left can claim a tie, unless this host has. */
function doubledOf(
  { hosts, master, tie }: Roll,
  isLeft: (host: HostUuid) => boolean,
  { self, held }: Claims,
): HostUuid | null {
  if (hosts.length % 2 !== 0) return null;
  if (tie === null) return master;
  return held.has(tie) ? self : (hosts.find(({ host }) => isLeft(host))?.host ?? null);
}
