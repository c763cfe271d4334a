import { type HostRow, hostRows, rowOf } from "../members/host-rows.ts";
import type { HostHealth } from "../memory/host-health.ts";
import type { KnownHost } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import type { HaFlag } from "../model/ha-flag.ts";
import type { HostUuid } from "../model/ids.ts";
import type { LocalView, PoolView } from "../model/pool-view.ts";

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

/** The report of this host, from what it sees and remembers; `view` null: it sees nothing now. */
export function reportPool(
  memory: Memory,
  self: LocalView,
  view: PoolView | null,
  nowMs: number,
): PoolReport {
  const { lastGood } = memory;
  const rows = hostRows(memory, view ?? unseenView(self, nowMs));
  const nameOf = (uuid: HostUuid | undefined) =>
    uuid === undefined ? null : (rowOf(rows, uuid).known?.name ?? null);
  return {
    pool: lastGood?.poolName ?? "",
    host: rowOf(rows, self.uuid).name,
    role: self.role.kind,
    ageMs: lastGood === null ? null : Math.max(0, nowMs - lastGood.atMs),
    ha: lastGood?.haFlag ?? null,
    master: nameOf(lastGood?.master),
    successor: nameOf(lastGood?.ranking.find((uuid) => uuid !== lastGood.master)),
    hosts: (lastGood?.hosts ?? []).map((host) => lineOf(rowOf(rows, host.uuid), host, self)),
    conditions: Object.values(memory.alerts.active),
  };
}

function unseenView(self: LocalView, nowMs: number): PoolView {
  const database = { ok: false, fault: { kind: "timeout" } } as const;
  return {
    nowMs,
    wallMs: 0,
    self,
    database,
    probes: new Map(),
    hearing: "unknown",
    runs: new Map(),
    differing: [],
    stops: new Map(),
    ready: new Set(),
    heuristics: "not-asked",
    inventory: null,
    fencingResumedAtMs: null,
  };
}

function lineOf({ record, health, isSelf }: HostRow, known: KnownHost, self: LocalView): HostLine {
  const { name, address, enabled } = known;
  return { name, address, state: stateOf(), vms: record?.residents.length ?? null };

  function stateOf(): HostLine["state"] {
    if (isSelf) return self.xapiAnswers ? "alive" : "xapi-down";
    if (health === null) return enabled ? "not probed" : "maintenance";
    return !enabled && health.state === "alive" ? "maintenance" : health.state;
  }
}
