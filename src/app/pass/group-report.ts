import type { Settings } from "../../config/params.ts";
import { asksHeuristicIps, tieClaims } from "../../config/tie-breaker.ts";
import { MOST_HOSTS } from "../../core/group/limits.ts";
import type { GroupReport } from "../../core/group/own-state.ts";
import { waysTo } from "../../core/group/ways.ts";
import { fetchAfterMs } from "../../core/members/own-copy.ts";
import type { LastGoodView } from "../../core/memory/last-good.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { DisarmWord } from "../../core/model/disarm-words.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { countsOnLease } from "../../core/model/lease-method.ts";

/**
 * What the monitor needs to exchange heartbeats: the pool as the last good view has it, so that a host which has just
 * booted, and whose master is dead, is heard by the others all the same. One that has never seen its pool answers whoever
 * greets it.
 */
export function groupReport(
  self: HostUuid,
  { lastGood, copy, incidents }: Pick<Memory, "lastGood" | "copy" | "incidents">,
  settings: Pick<
    Settings,
    | "HEARTBEAT_PORT"
    | "PROMOTE_SLAVE"
    | "TIE_BREAKER"
    | "TIE_BREAKER_PLACE"
    | "FENCE_USE_IP_HEURISTICS"
    | "FENCE_QUORUM_REQUIRED"
    | LeaseSetting
  >,
): GroupReport {
  const port = settings.HEARTBEAT_PORT;
  if (lastGood === null) return { ...NO_LIST, self, port };
  const { pool, hosts, forgotten, ranking, haFlag } = lastGood;
  // A host that an older database has lost is still one of the pool.
  const others = [...hosts, ...forgotten].filter(({ uuid }) => uuid !== self).slice(0, MOST_HOSTS - 1);
  // Whom somebody's start has disabled is enabled again in a moment.
  const own = hosts.find(({ uuid }) => uuid === self);
  // Who may not take a master's place leaves the lead to one that may.
  const mayReplace = lastGood.master === self || settings.PROMOTE_SLAVE;
  return {
    self,
    pool,
    port,
    // A host without an address cannot be written to, and may be heard all the same.
    peers: others.map((host) => ({ host: host.uuid, addresses: waysTo([host]) })),
    successor: ranking[0] ?? null,
    needsCompany: asksHeuristicIps(settings) || !settings.FENCE_QUORUM_REQUIRED,
    without: lastGood.without,
    maintenance: lastGood.master === self ? inMaintenance(lastGood, incidents) : [],
    enabled: mayReplace && own !== undefined ? own.enabled || own.disabledByStart : null,
    haWished: lastGood.atMs === 0 || haFlag === "unset" ? null : haFlag === "on",
    changes: changesOf(self, lastGood, copy),
    office: lastGood.office,
    fetchAfterMs: fetchAfterMs(lastGood, self),
    leaseMs: leaseWished(settings),
    tie: tieClaims(settings),
    disarm: disarmWords(self, lastGood),
  };
}

/** The words about a rest of HA in the pool database, as its master reads them; none on any other host. */
export const disarmWords = (self: HostUuid, lastGood: LastGoodView | null): readonly DisarmWord[] =>
  lastGood?.master === self ? lastGood.disarm : [];

const NO_LIST = {
  pool: null,
  peers: [],
  successor: null,
  needsCompany: false,
  without: [],
  maintenance: [],
  enabled: null,
  haWished: null,
  changes: null,
  office: null,
  fetchAfterMs: 0,
  leaseMs: null,
  tie: null,
  disarm: [],
} satisfies Partial<GroupReport>;

type LeaseSetting = "FENCE_ENABLED" | "FENCE_METHOD" | "FENCE_WATCHDOG_TIMEOUT";

/** Whoever fences by the watchdog has one. */
function leaseWished(settings: Pick<Settings, LeaseSetting>): number | null {
  const isUsed = settings.FENCE_ENABLED && countsOnLease(settings.FENCE_METHOD);
  return isUsed ? settings.FENCE_WATCHDOG_TIMEOUT * 1_000 : null;
}

/** Somebody works on them: they are disabled, by nobody's start and by no failure. */
function inMaintenance(
  { hosts, members }: LastGoodView,
  incidents: Memory["incidents"],
): readonly HostUuid[] {
  return hosts
    .filter(({ uuid, enabled, disabledByStart }) => !enabled && !disabledByStart && !members.includes(uuid))
    .filter(({ uuid }) => incidents[uuid] === undefined)
    .map(({ uuid }) => uuid);
}

/** The master has the database itself; a copy of another master's database says nothing about this one's. */
function changesOf(self: HostUuid, { master, changes }: LastGoodView, copy: Memory["copy"]): number | null {
  if (master === self) return changes;
  return copy?.master === master ? copy.changes : null;
}
