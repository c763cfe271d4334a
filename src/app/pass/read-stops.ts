import type { Settings } from "../../config/params.ts";
import type { Memory } from "../../core/memory/memory.ts";
import type { Asked } from "../../core/model/action.ts";
import { haFlagOf } from "../../core/model/ha-flag.ts";
import type { DatabaseView, PoolView } from "../../core/model/pool-view.ts";
import { stopsToRead } from "../../core/restart/stops.ts";
import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../../ports/deadline.ts";
import type { StopReader } from "../../ports/pool-database.ts";

interface Reader {
  readonly ports: { readonly clock: Clock };
  readonly xapi: StopReader;
  readonly settings: Settings;
}

/** The start waits for it, and what the hosts have said meanwhile becomes too old after two seconds: on a slow xapi it is done without. */
const LAST_LOOK_MS = 1_000;

/** Who stopped the VMs that are down, by XAPI's messages, where that is not known yet: in a pool that is well, no call. */
export async function readStops(
  { ports, xapi, settings, memory }: Reader & { readonly memory: Memory },
  database: DatabaseView,
  signal: AbortSignal,
): Promise<PoolView["stops"]> {
  if (haFlagOf(database.pool.otherConfig, settings.XC_FIELD_NAME) !== "on") return new Map();
  const vms = stopsToRead(memory, database, settings, ports.clock.uptimeMs());
  if (vms.length === 0) return new Map();
  return read({ ports, xapi }, vms, settings.XE_TIMEOUT * 1_000, signal);
}

function read(
  { ports, xapi }: Pick<Reader, "ports" | "xapi">,
  vms: Parameters<StopReader["readStops"]>[0],
  limitMs: number,
  signal: AbortSignal,
) {
  return withDeadline<PoolView["stops"]>(
    ports.clock,
    limitMs,
    signal,
    (inner) => xapi.readStops(vms, inner),
    () => new Map(),
  );
}

/**
 * Has a client stopped one of these VMs since its start was decided? XAPI writes its message some milliseconds after the VM is halted, so a
 * round may be too early for it. What cannot be read holds nothing.
 */
export async function isStoppedSince(
  asks: readonly Asked[],
  reader: Reader,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await read(
    reader,
    asks.map(({ vm }) => vm),
    LAST_LOOK_MS,
    signal,
  );
  return asks.some(({ vm, knownStopMs }) => {
    const { startedAtMs = null, stoppedAtMs = null } = found.get(vm) ?? {};
    if (stoppedAtMs === null || stoppedAtMs === (knownStopMs ?? null)) return false;
    return startedAtMs === null || startedAtMs <= stoppedAtMs;
  });
}
