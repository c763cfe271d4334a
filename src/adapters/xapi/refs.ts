import type { ApplianceUuid, HostUuid, PoolUuid, VmUuid } from "../../core/model/ids.ts";
import { hostUuid, poolUuid } from "../../core/model/ids.ts";
import type { XapiResult } from "../../core/model/pool-view.ts";
import { malformed, readRef } from "./errors.ts";
import { parseRecords, parseValue, poolRecord, uuidText } from "./records.ts";
import type { Session } from "./session.ts";
import type { VmIndex } from "./vm-index.ts";

export interface PoolRef {
  readonly ref: string;
  readonly uuid: PoolUuid;
}

/** What a read has found; uuids are ours, references are XAPI's. */
export interface KnownRefs {
  readonly pool: PoolRef;
  readonly hosts: ReadonlyMap<HostUuid, string>;
  readonly appliances: ReadonlyMap<ApplianceUuid, string>;
}

/** From uuid to reference, by the last read of this pass, else by asking. */
export interface Refs {
  remember(known: KnownRefs): void;
  pool(signal: AbortSignal): Promise<XapiResult<PoolRef>>;
  host(uuid: HostUuid, signal: AbortSignal): Promise<XapiResult<string>>;
  vm(uuid: VmUuid, signal: AbortSignal): Promise<XapiResult<string>>;
  appliance(uuid: ApplianceUuid, signal: AbortSignal): Promise<XapiResult<string>>;
  hostUuid(ref: string, signal: AbortSignal): Promise<XapiResult<HostUuid>>;
  /** The host of this reference, by the last read alone; null when that had none. */
  hostOf(ref: string): HostUuid | null;
}

export function createRefs(session: Session, index: VmIndex): Refs {
  let known: KnownRefs | null = null;

  async function lookUp(
    cls: "host" | "VM" | "VM_appliance",
    uuid: string,
    found: string | undefined,
    signal: AbortSignal,
  ): Promise<XapiResult<string>> {
    if (found !== undefined) return { ok: true, value: found };
    return readRef(await session.call(`${cls}.get_by_uuid`, [uuid], signal));
  }

  async function askPool(signal: AbortSignal): Promise<XapiResult<PoolRef>> {
    const answer = await session.call("pool.get_all_records", [], signal);
    return onlyPool(parseRecords("pool.get_all_records", poolRecord, answer));
  }

  function hostOf(ref: string): HostUuid | null {
    for (const [uuid, hostRef] of known?.hosts ?? []) if (hostRef === ref) return uuid;
    return null;
  }

  async function askHostUuid(ref: string, signal: AbortSignal): Promise<XapiResult<HostUuid>> {
    const read = hostOf(ref);
    if (read !== null) return { ok: true, value: read };
    const answer = await session.call("host.get_uuid", [ref], signal);
    const uuid = parseValue("host.get_uuid", uuidText, answer);
    return uuid.ok ? { ok: true, value: hostUuid(uuid.value) } : uuid;
  }

  return {
    remember(next) {
      known = next;
    },
    pool: (signal) => (known === null ? askPool(signal) : Promise.resolve({ ok: true, value: known.pool })),
    host: (uuid, signal) => lookUp("host", uuid, known?.hosts.get(uuid), signal),
    vm: (uuid, signal) => lookUp("VM", uuid, index.refOf(uuid), signal),
    appliance: (uuid, signal) => lookUp("VM_appliance", uuid, known?.appliances.get(uuid), signal),
    hostUuid: askHostUuid,
    hostOf,
  };
}

/** There is exactly one pool, except while xapi starts and its database is still empty. */
export function onlyPool<T extends { readonly uuid: string }>(
  pools: XapiResult<ReadonlyMap<string, T>>,
): XapiResult<PoolRef & { readonly record: T }> {
  if (!pools.ok) return pools;
  const [first, ...others] = pools.value;
  if (first === undefined || others.length > 0)
    return malformed(`pool.get_all_records: ${pools.value.size} pools instead of one`);
  const [ref, record] = first;
  return { ok: true, value: { ref, uuid: poolUuid(record.uuid), record } };
}
