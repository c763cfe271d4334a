import { applianceUuid, hostUuid, type VmUuid } from "../../core/model/ids.ts";
import type { DomainRecord, XapiResult } from "../../core/model/pool-view.ts";
import type { PoolReader, ReadScope } from "../../ports/pool-database.ts";
import type { XapiContext } from "./context.ts";
import { malformed } from "./errors.ts";
import { ADDRESSED_PIFS, anyOf, HALTED_VMS, VMS_WITH_DOMAIN } from "./filter.ts";
import { readInventory } from "./inventory.ts";
import * as records from "./records.ts";
import { onlyPool } from "./refs.ts";
import type { Session } from "./session.ts";
import { bootTimeOf, indexedVm, type WireRecords, writeDomain, writeView } from "./write-view.ts";

/** More unknown residents than this are not named one by one: all VMs with a domain are read instead. */
const MAX_NAMED = 150;

type Records<T> = Promise<XapiResult<ReadonlyMap<string, T>>>;

/**
 * Reads the database in at most eight calls, login and logout included, whatever the number of VMs: pool, hosts, their
 * metrics, halted VMs, and where wanted appliances and addresses, at the same time; after them, and only when there are any,
 * the records of residents that the index does not know, and of domains that are no residents. (With all of these and the
 * storage it is eleven.)
 */
export function createReader(context: XapiContext): PoolReader {
  return {
    async read(scope, signal) {
      const wire = await readWire(context, scope, signal);
      if (!wire.ok) return wire;
      const indexed = await completeIndex(context, wire.value, signal);
      if (!indexed.ok) return indexed;
      await context.index.save();
      rememberRefs(context, wire.value);
      const domains = await readStrangers(context, scope, wire.value, signal);
      if (!domains.ok) return domains;
      const view = { ...writeView(wire.value, context.index), domains: domains.value };
      return { ok: true, value: view };
    },
    readInventory: (signal) => readInventory(context, signal),
    readVms: (vms, signal) => readVms(context, vms, signal),
  };
}

async function readWire(
  { session }: XapiContext,
  scope: ReadScope,
  signal: AbortSignal,
): Promise<XapiResult<WireRecords>> {
  const all = async <T>(cls: string, shape: records.Shape<T>): Records<T> => {
    const method = `${cls}.get_all_records`;
    return records.parseRecords(method, shape, await session.call(method, [], signal));
  };
  const [pools, hosts, metrics, halted, appliances, storage, pifs] = await Promise.all([
    all("pool", records.poolRecord),
    all("host", records.hostRecord),
    all("host_metrics", records.hostMetricsRecord),
    where({ session, cls: "VM", shape: records.haltedRecord }, HALTED_VMS, signal),
    scope.appliances ? all("VM_appliance", records.applianceRecord) : NOT_ASKED,
    scope.storage ? all("PBD", records.pbdRecord) : NOT_ASKED,
    scope.addresses
      ? where({ session, cls: "PIF", shape: records.pifRecord }, ADDRESSED_PIFS, signal)
      : NOT_ASKED,
  ]);
  const pool = onlyPool(pools);
  if (!pool.ok) return pool;
  if (!hosts.ok) return hosts;
  if (!metrics.ok) return metrics;
  if (!halted.ok) return halted;
  if (!appliances.ok) return appliances;
  if (hosts.value.size === 0) return malformed("host.get_all_records: a pool without a host");
  return {
    ok: true,
    value: {
      pool: pool.value,
      hosts: hosts.value,
      metrics: metrics.value,
      halted: halted.value,
      appliances: appliances.value,
      // Nothing depends on it but how soon a failed start is tried again: what is not known then is no gain.
      storage: storage.ok ? storage.value : null,
      // Nor does anything but how many ways there are to a host: those that are known stay.
      pifs: pifs.ok ? pifs.value : null,
    },
  };
}

const NOT_ASKED = Promise.resolve({ ok: true, value: null } as const);

interface Wanted<T> {
  readonly session: Session;
  readonly cls: "VM" | "PIF";
  readonly shape: records.Shape<T>;
}

async function where<T>({ session, cls, shape }: Wanted<T>, filter: string, signal: AbortSignal): Records<T> {
  const method = `${cls}.get_all_records_where`;
  return records.parseRecords(method, shape, await session.call(method, [filter], signal));
}

/**
 * The domains that run on a host and are none of its residents: what the database says of them. In a pool that is well
 * there are none, and a host's VMs are a megabyte of records that nobody has to read.
 */
function readStrangers(
  context: XapiContext,
  { domains }: ReadScope,
  { hosts }: WireRecords,
  signal: AbortSignal,
): Promise<XapiResult<readonly DomainRecord[]>> {
  const host = [...hosts.values()].find(({ uuid }) => uuid === domains?.host);
  const residents = new Set(host?.resident_VMs.map((ref) => context.index.get(ref)?.uuid));
  const strangers = (domains?.vms ?? []).filter((vm) => !residents.has(vm));
  return readVms(context, strangers, signal);
}

/** What the database says of these VMs; their hosts are those of the last read. */
async function readVms(
  { session, refs }: XapiContext,
  vms: readonly VmUuid[],
  signal: AbortSignal,
): Promise<XapiResult<readonly DomainRecord[]>> {
  if (vms.length === 0) return { ok: true, value: [] };
  const read = await where({ session, cls: "VM", shape: records.domainRecord }, anyOf("uuid", vms), signal);
  if (!read.ok) return read;
  return { ok: true, value: [...read.value.values()].map((vm) => writeDomain(vm, refs.hostOf)) };
}

/** Every resident in the index, and nothing else than residents and halted VMs. */
async function completeIndex(
  { session, index }: XapiContext,
  wire: WireRecords,
  signal: AbortSignal,
): Promise<XapiResult<void>> {
  const residents = new Set([...wire.hosts.values()].flatMap((host) => host.resident_VMs));
  const missing = await index.missing([...residents], wire.pool.record.master);
  if (missing.length > 0) {
    const filter = missing.length > MAX_NAMED ? VMS_WITH_DOMAIN : anyOf("_ref", missing);
    const read = await where({ session, cls: "VM", shape: records.residentRecord }, filter, signal);
    if (!read.ok) return read;
    // One that is not in the answer is gone since the hosts were read.
    for (const [ref, vm] of read.value) if (residents.has(ref)) index.put(ref, indexedVm(vm));
  }
  // Halted VMs too, for nothing: after a failover they are residents that need not be read.
  for (const [ref, vm] of wire.halted) if (!residents.has(ref)) index.put(ref, indexedVm(vm));
  for (const [ref, host] of wire.hosts)
    index.noteResidents({ host: ref, boot: bootTimeOf(host) }, host.resident_VMs);
  index.noteHalted([...wire.halted.keys()].filter((ref) => !residents.has(ref)));
  index.keepOnly(new Set([...residents, ...wire.halted.keys()]));
  return { ok: true, value: undefined };
}

function rememberRefs({ refs }: XapiContext, wire: WireRecords): void {
  const byUuid = <U extends string, T extends { readonly uuid: string }>(
    map: ReadonlyMap<string, T>,
    brand: (text: string) => U,
  ): ReadonlyMap<U, string> => new Map([...map].map(([ref, { uuid }]) => [brand(uuid), ref]));
  refs.remember({
    pool: wire.pool,
    hosts: byUuid(wire.hosts, hostUuid),
    appliances: byUuid(wire.appliances ?? new Map<string, records.ApplianceRecord>(), applianceUuid),
  });
}
