import { type Check, isNumber, isText, listOf, nullOr, objectOf, oneOf } from "../core/memory/shape.ts";
import type { HostUuid, VmUuid } from "../core/model/ids.ts";
import type { Attached, Inventory, PoolView, XapiFault } from "../core/model/pool-view.ts";
import { isHearing } from "./hearing-shapes.ts";
import {
  isDatabaseView,
  isDomainRecord,
  isHost,
  isHostRuns,
  isInventoryVm,
  isLocalView,
  isPeerProbe,
  isStopMessages,
  isVm,
  isXapiFault,
  pairOf,
  unknownOr,
} from "./shapes.ts";

type Pairs<M> = M extends ReadonlyMap<infer K, infer V> ? readonly (readonly [K, V])[] : never;

interface PlainAttached {
  readonly storages: readonly string[];
  readonly networks: readonly string[];
}

interface PlainInventory {
  readonly vms: Inventory["vms"];
  readonly hosts: readonly (readonly [HostUuid, PlainAttached])[];
  readonly names: Pairs<Inventory["names"]>;
}

type PlainDatabase =
  | { readonly ok: true; readonly value: Extract<PoolView["database"], { ok: true }>["value"] }
  | { readonly ok: false; readonly fault: XapiFault };

/** A view as JSON has it: its maps are lists of pairs, in their order, and its sets are lists. */
export interface PlainView
  extends Omit<PoolView, "database" | "probes" | "runs" | "stops" | "ready" | "inventory"> {
  readonly database: PlainDatabase;
  readonly probes: Pairs<PoolView["probes"]>;
  readonly runs: Pairs<PoolView["runs"]>;
  readonly stops: Pairs<PoolView["stops"]>;
  readonly ready: readonly VmUuid[];
  readonly inventory: PlainInventory | null;
}

export function plainView(view: PoolView): PlainView {
  return {
    ...view,
    probes: [...view.probes],
    runs: [...view.runs],
    stops: [...view.stops],
    ready: [...view.ready],
    inventory: view.inventory === null ? null : plainInventory(view.inventory),
  };
}

export function viewOf(plain: PlainView): PoolView {
  return {
    ...plain,
    probes: new Map(plain.probes),
    runs: new Map(plain.runs),
    stops: new Map(plain.stops),
    ready: new Set(plain.ready),
    inventory: plain.inventory === null ? null : inventoryOf(plain.inventory),
  };
}

function plainInventory({ vms, hosts, names }: Inventory): PlainInventory {
  const plain = ({ storages, networks }: Attached) => ({
    storages: [...storages],
    networks: [...networks],
  });
  return { vms, hosts: [...hosts].map(([host, has]) => [host, plain(has)]), names: [...names] };
}

function inventoryOf({ vms, hosts, names }: PlainInventory): Inventory {
  const attached = ({ storages, networks }: PlainAttached): Attached => ({
    storages: new Set(storages),
    networks: new Set(networks),
  });
  return { vms, hosts: new Map(hosts.map(([host, has]) => [host, attached(has)])), names: new Map(names) };
}

const isPlainInventory = objectOf<PlainInventory>({
  vms: listOf(isInventoryVm),
  hosts: listOf(
    pairOf(isHost, objectOf<PlainAttached>({ storages: listOf(isText), networks: listOf(isText) })),
  ),
  names: listOf(pairOf(isText, isText)),
});

const isPlainDatabase: Check<PlainDatabase> = (value): value is PlainDatabase => {
  const { ok, value: read, fault } = Object(value) as Readonly<Record<string, unknown>>;
  return ok === true ? isDatabaseView(read) : ok === false && isXapiFault(fault);
};

export const isPlainView = objectOf<PlainView>({
  nowMs: isNumber,
  wallMs: isNumber,
  self: isLocalView,
  database: isPlainDatabase,
  probes: listOf(pairOf(isHost, isPeerProbe)),
  hearing: unknownOr(isHearing),
  runs: listOf(pairOf(isHost, isHostRuns)),
  differing: listOf(isDomainRecord),
  stops: listOf(pairOf(isVm, isStopMessages)),
  ready: listOf(isVm),
  heuristics: oneOf({ "all-answered": true, "not-all-answered": true, "not-asked": true }),
  inventory: nullOr(isPlainInventory),
  fencingResumedAtMs: nullOr(isNumber),
});
