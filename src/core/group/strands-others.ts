import type { HostUuid } from "../model/ids.ts";
import type { GroupState } from "./group.ts";
import { isHeardAtAll } from "./peer-state.ts";
import { type Claims, isMoreThanHalf, type Roll } from "./roll.ts";

/**
 * Would hosts with a lease be left without a majority if this one went? Then their watchdogs would reset them, so it does not go without a further
 * word: in a pool of two the master, in one of three the second service that is stopped.
 */
export function strandsOthers({ hearing, voting }: GroupState): boolean {
  const { self, stored, held } = voting;
  const { roll } = stored;
  if (roll === null || !roll.ha) return false;
  const isLeased = roll.hosts.some(({ host, leaseMs }) => host !== self && leaseMs !== null);
  const isLeft = (host: HostUuid): boolean => {
    const peer = hearing.peers.get(host);
    return host !== self && peer !== undefined && isHeardAtAll(peer);
  };
  return isLeased && !isMoreThanHalf(roll, isLeft, doubledOf(roll, isLeft, { self, held }));
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
