import type { OwnLeaseSight } from "../../core/model/group-sight.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { nameOf, type Sight } from "../sight/sight.ts";
import type { GroupStatus, OwnLeaseStatus } from "./status-report.ts";
import { tieStatus } from "./tie-status.ts";

/** The group as the monitor of this host sees it; null: it has published nothing within the last three seconds. */
export function groupStatus(sight: Sight, nowMs: number): GroupStatus | null {
  const { hearing } = sight;
  if (hearing === null) return null;
  const { group, peers, self } = hearing;
  const { lead, leader, sinceMs, mandateUntilMs, roll, awaited, trouble } = group;
  const name = (host: HostUuid) => nameOf(sight, host);
  const isHeard = (host: HostUuid) =>
    host === self || peers.some((peer) => peer.host === host && peer.heard !== "silent");
  const counts = roll?.hosts ?? [];
  return {
    lead,
    leader: leader === null ? null : { uuid: leader, name: name(leader) },
    sinceS: Math.max(0, Math.round((nowMs - sinceMs) / 1_000)),
    mayAct: mandateUntilMs !== null && nowMs <= mandateUntilMs,
    counts: counts.map(name),
    heard: counts.filter(isHeard).map(name),
    leftOut:
      roll === null
        ? []
        : [self, ...peers.map(({ host }) => host)].filter((host) => !counts.includes(host)).map(name),
    master: roll === null ? null : { uuid: roll.master, name: name(roll.master) },
    isSettled: roll?.settled ?? null,
    ha: roll?.ha ?? null,
    disarmed: (roll?.disarms ?? []).map(({ host, leftMs }) => ({
      host: host === null ? null : { uuid: host, name: name(host) },
      leftS: Math.max(0, Math.ceil((leftMs - (nowMs - hearing.atMs)) / 1_000)),
    })),
    awaited: awaited.map(name),
    leases: group.leases.map(({ host, leaseMs, endsMs }) => ({
      host: name(host),
      leaseS: leaseMs / 1_000,
      endsInS: Math.max(0, Math.ceil((endsMs - nowMs) / 1_000)),
    })),
    ownLease: ownLease(group.ownLease, nowMs),
    tie: tieStatus(group, sight.resolved.settings, (uuid) => ({ uuid, name: name(uuid) }), nowMs),
    trouble,
  };
}

function ownLease(lease: OwnLeaseSight | null, nowMs: number): OwnLeaseStatus | null {
  if (lease === null) return null;
  const { leaseMs, armed, ackedMs, firesMs, trouble } = lease;
  return {
    leaseS: leaseMs === null ? null : leaseMs / 1_000,
    armed,
    answeredS: ackedMs === null ? null : Math.max(0, Math.round((nowMs - ackedMs) / 100) / 10),
    firesInS: firesMs === null ? null : Math.max(0, Math.ceil((firesMs - nowMs) / 1_000)),
    trouble,
  };
}
