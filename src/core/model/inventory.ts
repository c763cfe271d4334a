import type { HostUuid } from "./ids.ts";
import type { HaltedVm } from "./pool-view.ts";

/** What VMs need of a host, and what the hosts have: one look at the whole database, taken now and then. */
export interface Inventory {
  /** Every VM, whatever its power state; no template, snapshot or control domain. */
  readonly vms: readonly InventoryVm[];
  /** What each host has attached, by its uuid. */
  readonly hosts: ReadonlyMap<HostUuid, Attached>;
  /** The names of storage repositories and networks, by uuid. */
  readonly names: ReadonlyMap<string, string>;
}

export interface Attached {
  /** Storage repositories, by uuid. */
  readonly storages: ReadonlySet<string>;
  /** Networks, by uuid, to which it has an interface. */
  readonly networks: ReadonlySet<string>;
}

export interface InventoryVm extends HaltedVm {
  readonly powerState: "Halted" | "Paused" | "Running" | "Suspended";
  readonly residentOn: HostUuid | null;
  /** Storage repositories of its disks and inserted CDs, by uuid. */
  readonly storages: readonly string[];
  /** Networks of its interfaces, by uuid, without those that no host has an interface to. */
  readonly networks: readonly string[];
  readonly tags: readonly string[];
  /** Groups that keep their VMs apart, by uuid. */
  readonly groups: readonly string[];
}
