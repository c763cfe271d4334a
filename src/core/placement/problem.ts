import type { HostUuid, VmUuid } from "../model/ids.ts";

/** A host that may be given VMs. What is not known refuses nothing: XAPI is asked then. */
export interface PlacementHost {
  readonly uuid: HostUuid;
  /** Bytes free when every guest there has all that it may use. */
  readonly freeBytes: number | "unknown";
  /** Bytes free when XAPI has squeezed every guest there as far as it allows. */
  readonly squeezedFreeBytes: number | "unknown";
  /** Physical processors. */
  readonly cpus: number | null;
  /** Storage repositories that are attached, and networks that the host has an interface to. */
  readonly storages: ReadonlySet<string> | null;
  readonly networks: ReadonlySet<string> | null;
  /** It gets a VM only when no other host can run it. */
  readonly isSpare: boolean;
  /** The groups (`PlacementVm.apart`) of the VMs that are there already, one entry for each VM and group. */
  readonly apart: readonly string[];
}

/** A VM that needs a host. */
export interface PlacementVm {
  readonly uuid: VmUuid;
  /** A lower one gets its place first. */
  readonly rank: number;
  /** Bytes: all that it may use, and the least with which XAPI starts it. */
  readonly memoryBytes: number;
  readonly leastMemoryBytes: number;
  /** Virtual processors. */
  readonly cpus: number;
  /** What it needs of its host; empty also where that is not known. */
  readonly storages: readonly string[];
  readonly networks: readonly string[];
  /** The host on which it is at home. */
  readonly affinity: HostUuid | null;
  /** Two VMs with one of these in common are kept on different hosts where that is possible. */
  readonly apart: readonly string[];
}

/** Why a host cannot run a VM. */
export type Obstacle =
  | { readonly host: HostUuid; readonly kind: "storage" | "network"; readonly missing: string }
  | { readonly host: HostUuid; readonly kind: "cpus" | "memory" }
  /** There would be room, but VMs that go before it need it. */
  | { readonly host: HostUuid; readonly kind: "taken" };

export interface Placed {
  readonly vm: VmUuid;
  readonly host: HostUuid;
  /** The host, and after it all others that could run the VM, the best first. */
  readonly candidates: readonly HostUuid[];
  /** Another VM of one of its groups is on that host. */
  readonly isTogether: boolean;
}

export interface Unplaced {
  readonly vm: VmUuid;
  /** One for each host. */
  readonly obstacles: readonly Obstacle[];
}

export interface Placement {
  readonly placed: readonly Placed[];
  readonly unplaced: readonly Unplaced[];
}
