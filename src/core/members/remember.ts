import { isSettled } from "../fencing/incident.ts";
import type { LastGoodView, Memory } from "../memory/memory.ts";
import { haFlagOf, isSetByPeople } from "../model/ha-flag.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView, HostView, PoolView } from "../model/pool-view.ts";
import { RANKING_KEY, readRanking, SUCCESSOR_KEY } from "../takeover/successor.ts";
import { countMembers, type MembershipInput, rememberHosts } from "./membership.ts";
import { isSlaveOf } from "./slave-of.ts";

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
  const isStarting = (uuid: HostUuid): boolean =>
    hosts.find((host) => host.uuid === uuid)?.disabledByStart === true;
  const input: MembershipInput = {
    previous,
    hosts: database.hosts,
    master: pool.master,
    nowMs,
    frozen: memory.promotion !== null,
    fenced: fencedHosts(memory),
    answers: (host) =>
      (!isStarting(host.uuid) || isLongBack(memory, host.uuid, nowMs)) &&
      answersMaster(host, pool.master, database, view),
  };
  const hosts = rememberHosts(input);
  return {
    atMs: nowMs,
    pool: pool.uuid,
    poolName: pool.name,
    master: pool.master,
    haFlag: haFlagOf(pool.otherConfig, fieldName),
    hosts,
    members: countMembers(input, hosts),
    ranking: readRanking(pool.otherConfig),
    parameters: previous?.parameters ?? "",
  };
}

/** A slave's xapi that lost its master tries again after 256 s at the latest, and is disabled until then (xapi.md §2.5). */
const RECONNECT_MS = 300_000;

/** A host that was disabled by a start, and silent until a moment ago, says nothing yet about being in maintenance. */
function isLongBack(memory: Memory, host: HostUuid, nowMs: number): boolean {
  const health = memory.health[host];
  return health === undefined || (health.state === "alive" && nowMs - health.sinceMs >= RECONNECT_MS);
}

/** A master hears it from the host itself; a slave has only the master's word, that it is live. */
function answersMaster(
  host: HostView,
  master: HostUuid | null,
  database: DatabaseView,
  view: PoolView,
): boolean {
  if (host.uuid === view.self.uuid) return true;
  if (view.self.role.kind !== "master") return host.live;
  const own = database.hosts.find((candidate) => candidate.uuid === master);
  return isSlaveOf(view.probes.get(host.uuid), own?.address);
}

/** Hosts whose fencing is behind us, with the proof or without. */
function fencedHosts(memory: Memory): ReadonlyMap<HostUuid, boolean> {
  const settled = Object.values(memory.incidents).filter(isSettled);
  return new Map(settled.map((incident) => [incident.host, incident.proved]));
}

/**
 * The pool's parameters in one text, to see a change: what HA-Lizard keeps in `pool.other_config`, nothing of other
 * programs. Compared, never parsed.
 */
export function fingerprintParameters(otherConfig: Readonly<Record<string, string>>): string {
  const ours = Object.entries(otherConfig).filter(
    ([key]) => isSetByPeople(key) || key === EPOCH_KEY || key === SUCCESSOR_KEY || key === RANKING_KEY,
  );
  const text = ours
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join("\n");
  return `${ours.length}:${hashText(text)}`;
}

/** Counts the take-overs of this pool; a master that was replaced has an older one in its database. */
export const EPOCH_KEY = "ha-lizard-epoch";

/** FNV-1a, 32 bit. */
function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, "0");
}
