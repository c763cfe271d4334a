import type { LastGoodView } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import { readDisarmWords } from "../model/disarm-words.ts";
import { haFlagOf } from "../model/ha-flag.ts";
import type { HostUuid } from "../model/ids.ts";
import { readChanges, readOffice, readRanking, readWithout } from "../model/pool-keys.ts";
import type { DatabaseView, HostView, PoolView } from "../model/pool-view.ts";
import { hostRows, rowOf } from "./host-rows.ts";
import {
  countMembers,
  hasMasterStarted,
  type MembershipInput,
  rememberForgotten,
  rememberHosts,
} from "./membership.ts";

/** Who is asking: the view of a round, and the field that holds the HA flag. */
export interface RememberContext {
  readonly view: PoolView;
  readonly fieldName: string;
}

/** The last good view after one more complete read of the pool database. */
export function rememberView(
  memory: Memory,
  database: DatabaseView,
  context: RememberContext,
): LastGoodView | null {
  const { pool } = database;
  const { view, fieldName } = context;
  const { nowMs } = view;
  if (pool.master === null) return memory.lastGood;
  const previous = memory.lastGood?.pool === pool.uuid ? memory.lastGood : null;
  const rows = hostRows(memory, view);
  const starts = { previous, hosts: database.hosts, master: pool.master, nowMs };
  const hosts = rememberHosts(starts);
  const starting = new Set(hosts.filter(({ disabledByStart }) => disabledByStart).map(({ uuid }) => uuid));
  // A master hears it from the host itself; a slave has only the master's word, that it is live.
  const belongs = (host: HostView): boolean => {
    const { isSelf, followsThisHost } = rowOf(rows, host.uuid);
    return isSelf || (view.self.role.kind === "master" ? followsThisHost : host.live);
  };
  const input: MembershipInput = {
    ...starts,
    frozen: memory.promotion !== null,
    fenced: fencedHosts(memory),
    answers: (host) => (!starting.has(host.uuid) || isLongBack(memory, host.uuid, nowMs)) && belongs(host),
  };
  const haFlag = haFlagOf(pool.otherConfig, fieldName);
  return {
    atMs: nowMs,
    pool: pool.uuid,
    poolName: pool.name,
    master: pool.master,
    masterStartedAtMs: hasMasterStarted(starts) ? nowMs : (previous?.masterStartedAtMs ?? null),
    haFlag,
    hosts,
    forgotten: haFlag === "on" ? rememberForgotten(starts) : [],
    members: countMembers(input, hosts),
    ranking: readRanking(pool.otherConfig),
    addressesAtMs: areAddressesRead(database) ? nowMs : (previous?.addressesAtMs ?? null),
    parameters: previous?.parameters ?? "",
    without: readWithout(pool.otherConfig),
    office: pool.master === view.self.uuid ? readOffice(pool.otherConfig) : null,
    disarm: readDisarmWords(pool.otherConfig),
    // A key is missing for a moment while it is written.
    changes: readChanges(pool.otherConfig) ?? (previous?.master === pool.master ? previous.changes : null),
  };
}

const areAddressesRead = ({ hosts }: DatabaseView) =>
  hosts.some(({ otherAddresses }) => otherAddresses !== null);

/** A slave's xapi that lost its master tries again after 256 s at the latest, and is disabled until then (adapters/xapi/README.md, "A slave whose master is dead"). */
const RECONNECT_MS = 300_000;

/** A host that was disabled by a start, and silent until a moment ago, says nothing yet about being in maintenance. */
function isLongBack(memory: Memory, host: HostUuid, nowMs: number): boolean {
  const health = memory.health[host];
  return health === undefined || (health.state === "alive" && nowMs - health.sinceMs >= RECONNECT_MS);
}

/** Hosts that were declared dead: with the proof that they are off, or without. */
function fencedHosts(memory: Memory): ReadonlyMap<HostUuid, boolean> {
  const declared = Object.values(memory.incidents).filter(({ phase }) => phase === "declared");
  return new Map(declared.map(({ host, proved }) => [host, proved]));
}
