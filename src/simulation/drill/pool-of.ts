import type { HostUuid } from "../../core/model/ids.ts";
import type { HostView, InventoryVm } from "../../core/model/pool-view.ts";
import type { DrillRequest } from "../../ports/drill.ts";
import type { SimPoolOptions } from "../pool.ts";
import { type HostSpec, type PlaceSpec, POOL_UUID, type VmSpec } from "../spec.ts";
import { AS_MEASURED } from "../timings.ts";

/** A simulated pool, and which of its hosts is which. */
export interface DrilledPool {
  readonly options: SimPoolOptions;
  /** By number, from 1: the master first. */
  readonly hosts: readonly HostView[];
}

/** The pool of the request as the simulated one is described: its hosts, their memory, storage and networks, its VMs and its parameters. */
export function drilledPool(request: DrillRequest): DrilledPool {
  const { database, inventory, params, assumed } = request;
  const master = database.pool.master;
  const hosts = database.hosts.toSorted((a, b) => Number(b.uuid === master) - Number(a.uuid === master));
  const numberOf = (uuid: HostUuid | null): number => hosts.findIndex((host) => host.uuid === uuid) + 1;
  const places = (of: "storages" | "networks"): readonly PlaceSpec[] => {
    const all = new Set(request.vms.flatMap((vm) => vm[of]));
    return [...all].map((uuid) => ({
      uuid,
      name: inventory.names.get(uuid) ?? uuid,
      hosts: hosts.flatMap((host) =>
        inventory.hosts.get(host.uuid)?.[of].has(uuid) === true ? [numberOf(host.uuid)] : [],
      ),
    }));
  };
  return {
    hosts,
    options: {
      ha: "true",
      watches: true,
      params,
      externals: request.answering,
      timings: { ...AS_MEASURED, bmcMs: assumed.agentMs },
      hosts: hosts.map(hostSpec),
      storages: places("storages"),
      networks: places("networks"),
      vms: request.vms.map((vm) => vmSpec(vm, numberOf, request)),
    },
  };
}

function hostSpec({ uuid, name, address, cpus, squeezedFreeBytes }: HostView): HostSpec {
  return {
    uuid,
    name,
    ...(address === "" ? {} : { address }),
    ...(cpus === null ? {} : { cpus }),
    ...(squeezedFreeBytes === "unknown" ? {} : { squeezedFreeBytes }),
  };
}

function vmSpec(
  vm: InventoryVm,
  numberOf: (uuid: HostUuid | null) => number,
  { database, assumed }: DrillRequest,
): VmSpec {
  const on = numberOf(vm.residentOn);
  const affinity = numberOf(vm.affinity);
  const [group] = vm.groups;
  return {
    uuid: vm.uuid,
    // Two VMs may have one name.
    name: vm.uuid,
    label: vm.name,
    ...(on > 0 ? { on } : {}),
    ...(affinity > 0 ? { affinity } : {}),
    ...(group === undefined ? {} : { group }),
    ...(vm.restartPriority === "" ? {} : { restartPriority: vm.restartPriority }),
    order: vm.order,
    startDelayS: vm.startDelayS,
    memoryBytes: vm.memoryBytes,
    leastMemoryBytes: vm.leastMemoryBytes,
    overheadBytes: 0,
    cpus: vm.cpus,
    tags: vm.tags,
    disk: "none",
    storages: vm.storages,
    networks: vm.networks,
    startBlocked: vm.startBlocked,
    startMs: assumed.vmStartMs,
    guest: { toolsMs: assumed.guestMs, addressMs: assumed.guestMs },
    otherConfig: atHome(vm.otherConfig, database.pool.uuid),
  };
}

/** The simulated pool has a uuid of its own. */
function atHome(
  otherConfig: Readonly<Record<string, string>>,
  pool: string,
): Readonly<Record<string, string>> {
  return otherConfig["home-pool"] === pool ? { ...otherConfig, "home-pool": POOL_UUID } : otherConfig;
}
