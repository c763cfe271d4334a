import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { ADDRESSED_PIFS } from "../../../../src/adapters/xapi/filter.ts";
import type { DatabaseView, XapiResult } from "../../../../src/core/model/pool-view.ts";
import type { ReadScope } from "../../../../src/ports/pool-database.ts";
import {
  createMemoryStore,
  createScript,
  createTestClock,
  type Handler,
  never,
  type Reply,
  recordsOf,
  value,
} from "./fixtures.ts";

type Records = Record<string, Record<string, unknown>>;

export const POOL = "OpaqueRef:d71198e4-8633-5b88-77e4-fbb710c3d15c";
export const HOST_1 = "OpaqueRef:32f0fb56-7d78-016c-5033-28449e3c91bd";
export const HOST_2 = "OpaqueRef:1776a84e-c405-b06e-42d3-b56138cbf6d5";
export const DOM0_1 = "OpaqueRef:e83808be-9787-57e5-3764-f34bb312d963";
export const DOM0_2 = "OpaqueRef:b0e421c0-e9b5-e180-b0ab-c8d2f1c6da5b";
export const PLAIN: ReadScope = { appliances: false, storage: false, addresses: false, domains: null };

export type RecordedPool = ReturnType<typeof createPool>;

/** The recorded pool as a database that can be changed, and xapi's reads of it. */
export function createPool() {
  const halted = recordsOf('VM where (field "is_a_template"');
  const dom0 = recordsOf('field "resident_on"')[DOM0_1] ?? {};
  const tables = {
    pool: recordsOf("pool.get_all_records"),
    host: recordsOf("host.get_all_records"),
    host_metrics: recordsOf("host_metrics.get_all_records"),
    VM_appliance: recordsOf("VM_appliance.get_all_records"),
    vms: {
      ...halted,
      [DOM0_1]: dom0,
      [DOM0_2]: { ...dom0, uuid: "00000002-2222-4222-8222-222222222222", resident_on: HOST_2 },
    } as Records,
  };
  const where = (filter: unknown): Reply => value(select(tables.vms, String(filter)));
  const handlers: Readonly<Record<string, Handler>> = {
    "pool.get_all_records": () => value(tables.pool),
    "host.get_all_records": () => value(tables.host),
    "host_metrics.get_all_records": () => value(tables.host_metrics),
    "VM_appliance.get_all_records": () => value(tables.VM_appliance),
    "VM.get_all_records_where": ([, filter]) => where(filter),
  };
  return { tables, handlers };
}

/** The same pool with these interfaces, as XAPI's filter leaves them. */
export function withPifs(pool: RecordedPool, pifs: Records): Pick<RecordedPool, "handlers"> {
  const answer: Handler = ([, filter]) => {
    if (filter !== ADDRESSED_PIFS) throw new Error(`other PIFs are asked for: ${String(filter)}`);
    return value(pifs);
  };
  return { handlers: { ...pool.handlers, "PIF.get_all_records_where": answer } };
}

/** As much of xapi's filter language as is used: equalities, joined by `and` or by `or`. */
export function select(vms: Records, filter: string): Records {
  const terms = [...filter.matchAll(/\(field "(\w+)" = "([^"]*)"\)/g)];
  const rebuilt = terms.map(([term]) => term);
  const isAnd = rebuilt.join(" and ") === filter;
  if (!isAnd && rebuilt.join(" or ") !== filter) throw new Error(`xapi would not understand: ${filter}`);
  const holds = (ref: string, vm: Record<string, unknown>, field = "", wanted = "") =>
    (field === "_ref" ? ref : String(vm[field])) === wanted;
  return Object.fromEntries(
    Object.entries(vms).filter(([ref, vm]) =>
      isAnd
        ? terms.every(([, field, wanted]) => holds(ref, vm, field, wanted))
        : terms.some(([, field, wanted]) => holds(ref, vm, field, wanted)),
    ),
  );
}

export function addRunning(pool: RecordedPool, count: number, host = HOST_1): readonly string[] {
  const template = Object.values(pool.tables.vms)[0] ?? {};
  const refs = Array.from({ length: count }, (_, i) => `OpaqueRef:running-${i}`);
  for (const [i, ref] of refs.entries()) {
    const uuid = `aaaaaaaa-0000-4000-8000-${String(i).padStart(12, "0")}`;
    const other_config = { "home-pool": "some-pool", "ha-lizard-ran": uuid };
    pool.tables.vms[ref] = { ...template, uuid, power_state: "Running", resident_on: host, other_config };
  }
  const record = pool.tables.host[host] ?? {};
  pool.tables.host[host] = { ...record, resident_VMs: [...(record["resident_VMs"] as string[]), ...refs] };
  return refs;
}

export function open(
  pool: Pick<RecordedPool, "handlers"> = createPool(),
  store = createMemoryStore(),
  clock = createTestClock(),
) {
  const script = createScript(pool.handlers);
  const xapi = createXapi({ transport: script.transport, clock, store, xeTimeoutMs: 5_000 });
  return { ...script, xapi, store, clock };
}

export async function readPool(pool: RecordedPool, scope = PLAIN): Promise<DatabaseView> {
  return granted(await open(pool).xapi.read(scope, never()));
}

export function granted<T>(result: XapiResult<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

export function faultOf(result: XapiResult<unknown>): string {
  if (result.ok) return "none";
  return result.fault.kind === "malformed" ? `malformed ${result.fault.detail}` : result.fault.kind;
}
