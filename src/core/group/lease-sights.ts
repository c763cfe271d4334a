import type { LeaseOver, LeaseSight } from "../model/group-sight.ts";
import type { HostUuid } from "../model/ids.ts";
import type { GroupState } from "./group.ts";
import { leasesOf } from "./lease-watch.ts";
import { isHeardDirectly } from "./peer-state.ts";

/**
 * The hosts of the roll that are heard in the boot which the roll has, this one among them. One that has booted since is entered anew in a
 * moment; until then the roll may show a lease of the boot before, and nothing is placed there that a proof by it would forget.
 */
export function enteredHosts({ hearing, voting }: GroupState, nowMs: number): readonly HostUuid[] {
  const hosts = voting.stored.roll?.hosts ?? [];
  const isEntered = (host: HostUuid, bootId: string | null): boolean => {
    if (host === voting.self) return bootId === hearing.bootId;
    const peer = hearing.peers.get(host);
    return peer !== undefined && isHeardDirectly(peer, nowMs) && peer.newest?.bootId === bootId;
  };
  return hosts.filter(({ host, bootId }) => isEntered(host, bootId)).map(({ host }) => host);
}

/** What is published of the leases of other hosts. */
export interface LeaseSights {
  readonly leases: readonly LeaseSight[];
  readonly leaseOver: readonly LeaseOver[];
  readonly entered: readonly HostUuid[];
}

export function leaseSights(state: GroupState, nowMs: number): LeaseSights {
  const { leases, voting } = state;
  return {
    leases: leasesOf(leases, voting).map(({ host, leaseMs, endsMs }) => ({ host, leaseMs, endsMs })),
    leaseOver: leases.over.filter(({ isBack }) => !isBack).map(({ host, heardMs }) => ({ host, heardMs })),
    entered: enteredHosts(state, nowMs),
  };
}
