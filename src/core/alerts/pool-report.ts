import type { HostHealth } from "../memory/host-health.ts";
import type { Memory } from "../memory/memory.ts";
import type { HaFlag } from "../model/ha-flag.ts";
import type { HostUuid } from "../model/ids.ts";
import type { HostView, LocalView, PoolView } from "../model/pool-view.ts";

/** How the pool stands, for those who read a mail far from it. */
export interface PoolReport {
  readonly pool: string;
  /** Who tells this, and as what. */
  readonly host: string;
  readonly role: LocalView["role"]["kind"];
  /** Milliseconds since the pool database was read last; null when it never was. */
  readonly ageMs: number | null;
  readonly ha: HaFlag | null;
  readonly master: string | null;
  readonly successor: string | null;
  readonly hosts: readonly HostLine[];
  /** What is wrong now, in words. */
  readonly conditions: readonly string[];
}

export interface HostLine {
  readonly name: string;
  readonly address: string;
  readonly state: HostHealth["state"] | "maintenance" | "not probed";
  /** VMs that the database says run there; null when it cannot be read. */
  readonly vms: number | null;
}

/** The report of a host that knows nothing. */
export const UNSEEN_POOL: PoolReport = {
  pool: "",
  host: "",
  role: "unknown",
  ageMs: null,
  ha: null,
  master: null,
  successor: null,
  hosts: [],
  conditions: [],
};

/** The report of this host, from what it sees and remembers. */
export function reportPool(
  memory: Memory,
  self: LocalView,
  view: PoolView | null,
  nowMs: number,
): PoolReport {
  const { lastGood } = memory;
  const hosts = lastGood?.hosts ?? [];
  const nameOf = (uuid: HostUuid | undefined) => hosts.find((host) => host.uuid === uuid)?.name ?? null;
  const read = view?.database.ok === true ? view.database.value.hosts : [];
  const lines = hosts.map((host): HostLine => {
    const state = stateOf(host.uuid, host.enabled, memory, self);
    return { name: host.name, address: host.address, state, vms: countVms(read, host.uuid) };
  });
  return {
    pool: lastGood?.poolName ?? "",
    host: nameOf(self.uuid) ?? self.uuid,
    role: self.role.kind,
    ageMs: lastGood === null ? null : Math.max(0, nowMs - lastGood.atMs),
    ha: lastGood?.haFlag ?? null,
    master: nameOf(lastGood?.master),
    successor: nameOf(lastGood?.ranking.find((uuid) => uuid !== lastGood.master)),
    hosts: lines,
    conditions: Object.values(memory.alerts.active),
  };
}

function countVms(hosts: readonly HostView[], uuid: HostUuid): number | null {
  return hosts.find((host) => host.uuid === uuid)?.residents.length ?? null;
}

function stateOf(uuid: HostUuid, enabled: boolean, memory: Memory, self: LocalView): HostLine["state"] {
  if (uuid === self.uuid) return self.xapiAnswers ? "alive" : "xapi-down";
  const state = memory.health[uuid]?.state;
  if (state === undefined) return enabled ? "not probed" : "maintenance";
  return !enabled && state === "alive" ? "maintenance" : state;
}
