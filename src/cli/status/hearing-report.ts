import { HEARD_MS } from "../../core/group/peer-state.ts";
import type { HeardPeer, Hearing } from "../../core/model/hearing.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { readChanges } from "../../core/model/pool-keys.ts";
import { nameOf, type Sight } from "../sight/sight.ts";
import type { HeardHostReport, HearingReport } from "./status-report.ts";

/** Who hears whom, by the monitor of this host; null: it has published nothing within the last three seconds. */
export function hearingReport(sight: Sight, nowMs: number): HearingReport | null {
  const { hearing } = sight;
  if (hearing === null) return null;
  const { trouble, refused, peers } = hearing;
  return { trouble, refused, hosts: peers.map((peer) => hostReport(peer, hearing, sight, nowMs)) };
}

function hostReport(peer: HeardPeer, hearing: Hearing, sight: Sight, nowMs: number): HeardHostReport {
  const name = (uuid: HostUuid) => nameOf(sight, uuid);
  const { host, heard, by, ageMs, sinceMs, ways, hears } = peer;
  const others = [hearing.self, ...hearing.peers.map((one) => one.host)].filter((uuid) => uuid !== host);
  const heardThere = new Set(hears?.map((one) => one.host));
  return {
    uuid: host,
    name: name(host),
    heard,
    by: by === null ? null : name(by),
    sinceS: Math.max(0, Math.round((nowMs - sinceMs) / 1_000)),
    ageS: ageMs === null ? null : Math.round(ageMs / 100) / 10,
    addresses:
      heard === "direct" ? ways.filter((way) => way.ageMs <= HEARD_MS).map(({ address }) => address) : [],
    hears: hears === null ? null : others.filter((uuid) => heardThere.has(uuid)).map(name),
    isCopyOld: isCopyOld(peer, hearing, sight),
    misses: hears === null ? null : others.filter((uuid) => !heardThere.has(uuid)).map(name),
  };
}

function isCopyOld({ own }: HeardPeer, { peers }: Hearing, { master, database }: Sight): boolean | null {
  if (own?.role !== "slave" || own.master !== master || own.changes === null) return null;
  const told = peers.find(({ host }) => host === master)?.own?.changes ?? null;
  const changes = database.ok ? readChanges(database.value.pool.otherConfig) : told;
  return changes === null ? null : own.changes < changes;
}
