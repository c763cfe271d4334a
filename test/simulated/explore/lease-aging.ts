import { NO_DISARM_WATCH } from "../../../src/core/group/disarm.ts";
import type { GroupState } from "../../../src/core/group/group.ts";
import type { Ack } from "../../../src/core/group/message.ts";
import { NO_OWN_LEASE } from "../../../src/core/group/own-lease.ts";
import type { PeerState } from "../../../src/core/group/peer-state.ts";
import { NO_TIES } from "../../../src/core/group/ties.ts";
import type { HostUuid } from "../../../src/core/model/ids.ts";
import type { LeaseHost, Victim } from "./lease-hosts.ts";
import { plain } from "./lease-plain.ts";
import { floored, isRelay, type LeasesSize, longUnits, runUnits, unitOf } from "./lease-size.ts";
import { NOW_MS, UNIT_MS } from "./times.ts";

/** One unit of time later. */
export function agedHost(one: LeaseHost, size: LeasesSize): LeaseHost {
  const { group, victim } = one;
  const own = unitOf(group.hearing.self, size);
  const ticked = isRelay(group.hearing.self, size) ? 0 : one.ticked === 0 ? 1 : 2;
  const later = {
    ...one,
    group: agedGroup(group, own, size),
    ticked: ticked as LeaseHost["ticked"],
    words: (size.leaseUnits !== null || ticked === 0) && ticked < 2 && victim === null ? one.words : null,
    victim: victim && agedVictim(victim, size),
  };
  return plain(later, size);
}

function agedVictim(victim: Victim, size: LeasesSize): Victim {
  const { slots, lease } = victim;
  // Whichever was not disarmed in time resets the machine.
  if (slots.some(({ armedMs, timeoutMs }) => NOW_MS - armedMs >= timeoutMs))
    return { lease: NO_OWN_LEASE, slots: [], order: null, wishMs: victim.wishMs, isOff: true };
  const withdrawnMs =
    lease.withdrawnMs === null ? null : floored(lease.withdrawnMs - UNIT_MS, size.lateUnits + 1);
  return {
    ...victim,
    slots: slots.map((slot) => ({ ...slot, armedMs: floored(slot.armedMs - UNIT_MS, longUnits(size)) })),
    lease: { ...lease, withdrawnMs },
  };
}

function agedGroup({ hearing, voting, leases }: GroupState, own: number, size: LeasesSize): GroupState {
  const number = (host: HostUuid, ms: number) => ms - unitOf(host, size);
  const peers = [...hearing.peers].map(([host, peer]): [HostUuid, PeerState] => [
    host,
    {
      ...peer,
      newest: peer.newest && { ...peer.newest, ms: number(host, peer.newest.ms) },
      newestMs: peer.newestMs === null ? null : peer.newestMs - own,
      heardMs: peer.heardMs === null ? null : peer.heardMs - own,
      hears: peer.hears.map((entry) => ({ ...entry, numberMs: number(entry.host, entry.numberMs) })),
      acks: peer.acks.map((ack) => agedAck(ack, size)),
    },
  ]);
  return {
    hearing: { ...hearing, peers: new Map(peers) },
    voting,
    ties: NO_TIES,
    disarm: NO_DISARM_WATCH,
    leases: {
      ...leases,
      led: leases.led && {
        ...leases.led,
        sinceMs: floored(leases.led.sinceMs - own, runUnits(size)),
      },
      heard: leases.heard.map((ack) => ({
        ...agedAck(ack, size),
        heardMs: floored(ack.heardMs - own, runUnits(size)),
      })),
      over: leases.over.map((one) => ({ ...one, heardMs: null, overMs: floored(one.overMs - own, 1) })),
      ownAckedMs: leases.ownAckedMs === null ? null : floored(leases.ownAckedMs - UNIT_MS, longUnits(size)),
    },
  };
}

/** A number of the host with the lease. */
export const agedAck = <One extends Ack>(ack: One, size: LeasesSize): One => ({
  ...ack,
  ms: floored(ack.ms - UNIT_MS, longUnits(size)),
});
