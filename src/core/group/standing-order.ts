import type { OwnState } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import type { HearingState } from "./hearing.ts";
import { hasResigned } from "./own-state.ts";
import { isHeardDirectly } from "./peer-state.ts";
import type { Voting } from "./voting.ts";

interface Sight {
  readonly nowMs: number;
  readonly own: OwnState;
  readonly successor: HostUuid | null;
}

/**
 * How many hosts that are heard should stand before this one: the XAPI master that the roll names, then the chosen successor if its xapi
 * works, then hosts that are enabled, then those with a working xapi, then those with a newer copy of the database, then by their place on
 * the roll. Who is the successor each host has read last, which may be long ago where its xapi is broken. It is an order and never a
 * condition: a pool in which no xapi works needs a leader all the same.
 */
export function standsBefore(
  voting: Voting,
  { peers }: HearingState,
  { nowMs, own, successor }: Sight,
): number {
  const { self, stored } = voting;
  const { roll } = stored;
  if (roll === null) return 0;
  const rank = (host: HostUuid, place: number, said: OwnState | null): readonly number[] => [
    host === roll.master && !hasResigned(said) ? 0 : 1,
    host === successor && said?.xapi === "serving" ? 0 : 1,
    said?.enabled === true ? 0 : 1,
    said?.xapi === "serving" ? 0 : 1,
    -(said?.changes ?? 0),
    place < 0 ? Number.POSITIVE_INFINITY : place,
  ];
  const mine = rank(
    self,
    roll.hosts.findIndex(({ host }) => host === self),
    own,
  );
  return roll.hosts.filter(({ host }, place) => {
    const peer = peers.get(host);
    return peer !== undefined && isHeardDirectly(peer, nowMs) && isBefore(rank(host, place, peer.own), mine);
  }).length;
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}
