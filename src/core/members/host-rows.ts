import { isDisarmed } from "../group/disarmed.ts";
import type { HostHealth } from "../memory/host-health.ts";
import type { Incident } from "../memory/incident.ts";
import type { KnownHost } from "../memory/last-good.ts";
import { incidentOf, type Memory } from "../memory/memory.ts";
import { type HostUuid, hostUuid } from "../model/ids.ts";
import type { HostView, PeerProbe, PoolView } from "../model/pool-view.ts";
import { type Heard, heardOf } from "./heard.ts";
import { isAlive } from "./host-health.ts";

/** One host in one round: what the database, the memory and its probe say of it, side by side. */
export interface HostRow {
  readonly uuid: HostUuid;
  /** The name people know it by; its uuid when nothing better is known. */
  readonly name: string;
  /** As last known; null when it never was. */
  readonly address: string | null;
  readonly isSelf: boolean;
  /** Its record in the pool database; null when that cannot be read, or does not have the host. */
  readonly record: HostView | null;
  /** As the last good view has it; null when no good view ever had it. */
  readonly known: KnownHost | null;
  /** It counts for quorum (core/members/membership.ts). */
  readonly isMember: boolean;
  /** null: it has not been probed yet, as this host itself never is. */
  readonly health: HostHealth | null;
  /** By its health, which may be of an earlier round. This host itself is not asked, so it is not. */
  readonly isAlive: boolean;
  /** Probed in this very round and alive, or this host itself. An old probe has no vote. */
  readonly isHeard: boolean;
  /** How the monitors hear it now; unknown for this host itself. */
  readonly heard: Heard;
  /** The probe of this round; null when there was none, which is not silence. */
  readonly probe: PeerProbe | null;
  /** In this round it has said that it follows the master at this host's address. Silence is no. */
  readonly followsThisHost: boolean;
  /** Somebody disabled it to work on it; a host whose xapi has just started is disabled for a moment, too. */
  readonly isInMaintenance: boolean;
  /** May it be fenced at all, as far as maintenance goes? */
  readonly isFenceable: boolean;
  /** HA rests for it, alone or with the whole pool (core/README.md, "Disarmed"). */
  readonly isDisarmed: boolean;
  /** Its failure that is not over yet; null when there is none. */
  readonly incident: Incident | null;
}

export type HostRows = ReadonlyMap<HostUuid, HostRow>;

/** A row for every host that the database, the last good view, a probe or an incident knows. */
export function hostRows(memory: Memory, view: PoolView): HostRows {
  const records = new Map(
    (view.database.ok ? view.database.value.hosts : []).map((host) => [host.uuid, host]),
  );
  const { hosts = [], forgotten = [] } = memory.lastGood ?? {};
  const known = new Map([...forgotten, ...hosts].map((host) => [host.uuid, host]));
  const members = new Set(memory.lastGood?.members ?? []);
  const self = view.self.uuid;
  const ownAddress = records.get(self)?.address ?? known.get(self)?.address ?? null;
  const uuids = new Set<HostUuid>([
    self,
    ...records.keys(),
    ...known.keys(),
    ...members,
    ...view.probes.keys(),
    ...Object.keys(memory.health).map(hostUuid),
    ...Object.keys(memory.incidents).map(hostUuid),
  ]);
  const row = (uuid: HostUuid): HostRow => {
    const record = records.get(uuid) ?? null;
    const before = known.get(uuid) ?? null;
    const health = memory.health[uuid] ?? null;
    const probe = view.probes.get(uuid) ?? null;
    const isMember = members.has(uuid);
    return {
      uuid,
      name: before?.name ?? uuid,
      address: record?.address ?? before?.address ?? null,
      isSelf: uuid === self,
      record,
      known: before,
      isMember,
      health,
      isAlive: isAlive(health),
      isHeard: uuid === self || (probe !== null && isAlive(health)),
      heard: heardOf(view.hearing, uuid),
      probe,
      followsThisHost: followsAddress(probe, ownAddress),
      isInMaintenance: before?.enabled === false && !before.disabledByStart,
      isFenceable: isFenceable(uuid, before, isMember, memory),
      isDisarmed: isDisarmed(view, uuid),
      incident: incidentOf(memory, uuid) ?? null,
    };
  };
  return new Map([...uuids].map((uuid) => [uuid, row(uuid)]));
}

/** The row of a host; of one that nobody knows, a row in which nothing is known. */
export function rowOf(rows: HostRows, uuid: HostUuid): HostRow {
  return (
    rows.get(uuid) ?? {
      uuid,
      name: uuid,
      address: null,
      isSelf: false,
      record: null,
      known: null,
      isMember: false,
      health: null,
      isAlive: false,
      isHeard: false,
      heard: "unknown",
      probe: null,
      followsThisHost: false,
      isInMaintenance: false,
      isFenceable: false,
      isDisarmed: false,
      incident: null,
    }
  );
}

/** Has this peer said that it follows the master at `address`? Silence, and an unknown address, are no. */
export function followsAddress(probe: PeerProbe | null, address: string | null): boolean {
  const follows = probe?.follows;
  return follows?.kind === "slave-of" && follows.address === address;
}

/** The name people know a host by; its uuid when nothing better is known. */
export function hostName(memory: Pick<Memory, "lastGood">, uuid: HostUuid): string {
  return memory.lastGood?.hosts.find((host) => host.uuid === uuid)?.name ?? uuid;
}

/**
 * Enabled, or disabled by our own declaration that it is dead, after which it was switched on again; or a member that is
 * disabled because somebody's xapi started: then, and while a take-over is open, the
 * database calls hosts disabled that nobody has put in maintenance.
 */
function isFenceable(uuid: HostUuid, known: KnownHost | null, isMember: boolean, memory: Memory): boolean {
  const wasOff = typeof incidentOf(memory, uuid)?.offSinceMs === "number";
  if (known?.enabled === true || wasOff) return true;
  return isMember && (memory.promotion !== null || known?.disabledByStart === true);
}
