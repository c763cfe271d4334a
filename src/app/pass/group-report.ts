import type { Settings } from "../../config/params.ts";
import { MOST_HOSTS } from "../../core/group/message.ts";
import type { GroupReport } from "../../core/group/own-state.ts";
import { waysTo } from "../../core/group/ways.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { HostUuid } from "../../core/model/ids.ts";

/**
 * What the monitor needs to exchange heartbeats: the pool as the last good view has it, so that a host which has just
 * booted, and whose master is dead, is heard by the others all the same. null: this host has never seen its pool.
 */
export function groupReport(
  self: HostUuid,
  { lastGood }: Memory,
  { HEARTBEAT_PORT: port }: Pick<Settings, "HEARTBEAT_PORT">,
): GroupReport | null {
  if (lastGood === null) return null;
  const { pool, hosts, haFlag } = lastGood;
  const others = hosts.filter(({ uuid }) => uuid !== self).slice(0, MOST_HOSTS - 1);
  return {
    self,
    pool,
    port,
    // A host without an address cannot be written to, and may be heard all the same.
    peers: others.map((host) => ({ host: host.uuid, addresses: waysTo([host]) })),
    enabled: hosts.find(({ uuid }) => uuid === self)?.enabled ?? null,
    haWished: haFlag === "unset" ? null : haFlag === "on",
  };
}
