import type { HostUuid, VmUuid } from "../model/ids.ts";
import type { HaltedVm, HostView, Inventory, InventoryVm } from "../model/pool-view.ts";
import type { PlacementSettings } from "../model/settings.ts";
import type { PlacementHost, PlacementVm } from "./problem.ts";

/** What is known of the pool when VMs are placed. */
export interface Pool {
  /** null: it could not be looked at, or there was no need to. */
  readonly inventory: Inventory | null;
  readonly settings: PlacementSettings;
}

export type Needs = ReadonlyMap<VmUuid, InventoryVm>;

export function needsOf(inventory: Inventory | null): Needs {
  return new Map((inventory?.vms ?? []).map((vm) => [vm.uuid, vm]));
}

/** A VM that is on its way to a host where the database does not have it yet. */
export interface Coming {
  readonly vm: VmUuid;
  readonly host: HostUuid;
  /** Bytes that the host does not count off yet; 0: XAPI has counted them off. */
  readonly bytes: number;
}

/** These hosts with what is free there, beside what runs there and what is coming. */
export function placementHosts(
  hosts: readonly HostView[],
  coming: readonly Coming[],
  { inventory, settings }: Pool,
): readonly PlacementHost[] {
  const needs = needsOf(inventory);
  const spare = new Set(settings.SPARE_HOSTS);
  return hosts.map((host): PlacementHost => {
    const attached = inventory?.hosts.get(host.uuid);
    const here = coming.filter((one) => one.host === host.uuid);
    const bytes = here.reduce((sum, one) => sum + one.bytes, 0);
    const less = (free: number | "unknown") => (free === "unknown" ? free : free - bytes);
    const vms = new Set([...host.residents.map(({ uuid }) => uuid), ...here.map(({ vm }) => vm)]);
    return {
      uuid: host.uuid,
      freeBytes: less(host.freeMemoryBytes),
      squeezedFreeBytes: less(host.squeezedFreeBytes),
      cpus: host.cpus,
      storages: attached?.storages ?? null,
      networks: attached?.networks ?? null,
      isSpare: spare.has(host.uuid),
      apart: [...vms].flatMap((uuid) => keptApart(needs.get(uuid), settings)),
    };
  });
}

/** What this VM needs; `needs` of a VM that the inventory does not have: nothing is known of its storage and networks. */
export function placementVm(
  vm: HaltedVm,
  rank: number,
  needs: InventoryVm | undefined,
  settings: PlacementSettings,
): PlacementVm {
  return {
    uuid: vm.uuid,
    rank,
    memoryBytes: vm.memoryBytes,
    leastMemoryBytes: vm.leastMemoryBytes,
    cpus: vm.cpus,
    storages: needs?.storages ?? [],
    networks: needs?.networks ?? [],
    affinity: vm.affinity,
    apart: keptApart(needs, settings),
  };
}

/** The groups that keep it apart from others: those of XAPI, and its tags that ANTI_AFFINITY_TAGS names. */
function keptApart(
  vm: InventoryVm | undefined,
  { ANTI_AFFINITY_TAGS }: PlacementSettings,
): readonly string[] {
  if (vm === undefined) return [];
  const tags = vm.tags.filter((tag) => ANTI_AFFINITY_TAGS.includes(tag));
  return [...new Set([...vm.groups.map((group) => `group ${group}`), ...tags.map((tag) => `tag ${tag}`)])];
}
