import { applianceUuid, type HostUuid, hostUuid, type VmUuid, vmUuid } from "../../core/model/ids.ts";
import { showName } from "../../core/model/plain-text.ts";
import { homePoolOf } from "../../core/model/pool-keys.ts";
import type {
  ApplianceView,
  DatabaseView,
  DomainRecord,
  HaltedVm,
  HostView,
  ResidentVm,
} from "../../core/model/pool-view.ts";
import { stopOf } from "../../core/model/stop.ts";
import { NULL_REF } from "./errors.ts";
import { otherAddresses } from "./host-addresses.ts";
import type {
  ApplianceRecord,
  DomainWireRecord,
  HaltedRecord,
  HostMetricsRecord,
  HostRecord,
  PbdRecord,
  PifRecord,
  PoolRecord,
  ResidentRecord,
} from "./records.ts";
import type { PoolRef } from "./refs.ts";
import type { IndexedVm, Sighting, VmIndex } from "./vm-index.ts";

/** The records that every read asks for, by reference. */
export interface WireRecords {
  readonly pool: PoolRef & { readonly record: PoolRecord };
  readonly hosts: ReadonlyMap<string, HostRecord>;
  readonly metrics: ReadonlyMap<string, HostMetricsRecord>;
  readonly halted: ReadonlyMap<string, HaltedRecord>;
  readonly appliances: ReadonlyMap<string, ApplianceRecord> | null;
  readonly storage: ReadonlyMap<string, PbdRecord> | null;
  readonly pifs: ReadonlyMap<string, PifRecord> | null;
}

/**
 * From XAPI's records to the words of the core; pure. `index` knows every resident that still exists. Names are for people
 * alone, so they are here already what stands in a sentence: whoever may name a VM writes into logs and mails of root.
 */
export function writeView(
  wire: WireRecords,
  index: Pick<VmIndex, "get" | "ranOn">,
): Omit<DatabaseView, "domains"> {
  const { record } = wire.pool;
  const master = wire.hosts.get(record.master);
  const residents = new Set([...wire.hosts.values()].flatMap((host) => host.resident_VMs));
  const starting = [...wire.halted.values()].filter(
    ({ scheduled_to_be_resident_on: ref = NULL_REF }) => ref !== NULL_REF,
  );
  const addresses = wire.pifs && otherAddresses(wire.hosts, [...wire.pifs.values()]);
  return {
    pool: {
      uuid: wire.pool.uuid,
      name: showName(record.name_label),
      master: master === undefined ? null : hostUuid(master.uuid),
      haEnabled: record.ha_enabled,
      otherConfig: record.other_config,
    },
    hosts: [...wire.hosts].map(([ref, host]) => ({
      ...writeHost(
        host,
        starting.filter((vm) => vm.scheduled_to_be_resident_on === ref),
        wire,
        index,
      ),
      otherAddresses: addresses?.get(ref) ?? null,
    })),
    halted: [...wire.halted]
      .filter(([, vm]) => isHaltedVm(vm))
      .map(([ref, vm]) => ({
        ...writeHalted(vm, residents.has(ref), { ...wire, clears: clearsAlwaysRun(record) }),
        ...whereItRan(wire.hosts, index.ranOn(ref)),
        name: showName(vm.name_label),
      })),
    appliances: wire.appliances && [...wire.appliances.values()].map((one) => writeAppliance(one, wire)),
    storage: wire.storage && attachedIn([...wire.storage.values()]),
  };
}

function whereItRan(
  hosts: WireRecords["hosts"],
  seen: Sighting | null,
): Pick<HaltedVm, "ranOn" | "ranInBoot"> {
  const host = seen === null ? undefined : hosts.get(seen.host);
  if (host === undefined) return { ranOn: null, ranInBoot: null };
  return { ranOn: hostUuid(host.uuid), ranInBoot: seen?.boot ?? null };
}

/** By the host's own clock, in seconds as text; null: its xapi has never said. */
export const bootTimeOf = (host: HostRecord): string | null => host.other_config["boot_time"] ?? null;

/** Then ha_always_run does not say who has halted a VM. */
function clearsAlwaysRun({ ha_reboot_vm_on_internal_shutdown: reboots }: PoolRecord): boolean {
  return reboots === false;
}

function attachedIn(pbds: readonly PbdRecord[]): readonly string[] {
  return pbds.filter(({ currently_attached }) => currently_attached).map(({ uuid }) => uuid);
}

/** What the index keeps of a VM. */
export function indexedVm(vm: ResidentRecord): IndexedVm {
  return {
    uuid: vmUuid(vm.uuid),
    homePool: homePoolOf(vmUuid(vm.uuid), vm.other_config),
    ...memoryOf(vm),
    isControlDomain: vm.is_control_domain,
    hasStop: stopOf(vmUuid(vm.uuid), vm.other_config) !== null,
  };
}

type VmMemory = Pick<IndexedVm, "memoryBytes" | "leastMemoryBytes">;

/** As XAPI reckons (adapters/xapi/README.md, "Starting a VM"). */
function memoryOf(vm: ResidentRecord | HaltedRecord): VmMemory {
  const overheadBytes = vm.memory_overhead ?? 0;
  const least = vm.memory_dynamic_min ?? 0;
  const canBeSqueezed = !vm.is_control_domain && least > 0 && least < vm.memory_static_max;
  return {
    memoryBytes: vm.memory_static_max + overheadBytes,
    leastMemoryBytes: (canBeSqueezed ? least : vm.memory_static_max) + overheadBytes,
  };
}

/** Operations of XAPI after which no VM runs on a host. */
const EMPTYING: ReadonlySet<string> = new Set(["evacuate", "shutdown", "reboot"]);

function writeHost(
  host: HostRecord,
  starting: readonly HaltedRecord[],
  wire: WireRecords,
  index: Pick<VmIndex, "get">,
): Omit<HostView, "otherAddresses"> {
  const metrics = wire.metrics.get(host.metrics);
  const here = host.resident_VMs.flatMap((ref) => index.get(ref) ?? []);
  const coming = starting.filter((vm) => here.every(({ uuid }) => uuid !== vm.uuid)).map(memoryOf);
  const totalBytes = metrics?.memory_total ?? 0;
  const freeAfter = (bytesOf: (memory: VmMemory) => number): number | "unknown" => {
    const usedBytes = [...here, ...coming].reduce((sum, vm) => sum + bytesOf(vm), host.memory_overhead ?? 0);
    return totalBytes > 0 ? Math.max(totalBytes - usedBytes, 0) : "unknown";
  };
  const processors = Number.parseInt(host.cpu_info?.["cpu_count"] ?? "", 10);
  return {
    uuid: hostUuid(host.uuid),
    name: showName(host.name_label),
    address: host.address,
    enabled: host.enabled,
    isEmptied: Object.values(host.current_operations ?? {}).some((operation) => EMPTYING.has(operation)),
    // A host without metrics is one that XAPI has yet to hear from.
    live: metrics?.live ?? false,
    xapiStartTime: host.other_config["agent_start_time"] ?? null,
    bootTime: bootTimeOf(host),
    otherConfig: host.other_config,
    residents: here.filter((vm) => !vm.isControlDomain).map(writeResident),
    freeMemoryBytes: freeAfter(({ memoryBytes }) => memoryBytes),
    squeezedFreeBytes: freeAfter(({ leastMemoryBytes }) => leastMemoryBytes),
    cpus: processors > 0 ? processors : null,
  };
}

function writeResident({ uuid, homePool, hasStop }: IndexedVm): ResidentVm {
  return { uuid, homePool, ...(hasStop ? { hasStop } : {}) };
}

/** The filter has asked for nothing else; that XAPI understood it is checked, for what is halted may be started. */
function isHaltedVm(vm: HaltedRecord): boolean {
  return vm.power_state === "Halted" && isRealVm(vm);
}

/** Neither template, snapshot nor control domain. */
export function isRealVm(vm: HaltedRecord): boolean {
  return !vm.is_control_domain && !vm.is_a_template && !vm.is_a_snapshot;
}

/**
 * Hosts and VMs are read at the same time, so a VM can be seen both as halted and as resident: it is just starting or
 * stopping, an operation in progress like the ones XAPI lists.
 */
export function writeHalted(
  vm: HaltedRecord,
  isResident: boolean,
  wire: Pick<WireRecords, "appliances" | "hosts"> & { readonly clears: boolean },
): Omit<HaltedVm, "ranOn" | "ranInBoot"> {
  const hostOf = (ref = NULL_REF): HostUuid | null => {
    const host = wire.hosts.get(ref);
    return host === undefined ? null : hostUuid(host.uuid);
  };
  const priority = vm.ha_restart_priority;
  const appliance = wire.appliances?.get(vm.appliance);
  const busy = isResident || vm.resident_on !== NULL_REF || hasKeys(vm.current_operations);
  return {
    uuid: vmUuid(vm.uuid),
    name: vm.name_label,
    order: vm.order,
    startDelayS: vm.start_delay,
    restartPriority: priority === "restart" || priority === "best-effort" ? priority : "",
    ...memoryOf(vm),
    cpus: vm.VCPUs_max ?? 1,
    affinity: hostOf(vm.affinity),
    scheduledOn: hostOf(vm.scheduled_to_be_resident_on),
    busy,
    startBlocked: "start" in vm.blocked_operations || "start_on" in vm.blocked_operations,
    otherConfig: vm.other_config,
    // Known only when appliances were asked for.
    appliance: appliance === undefined ? null : applianceUuid(appliance.uuid),
    alwaysRun:
      vm.ha_restart_priority === "restart" && !wire.clears ? (vm.ha_always_run ?? "unknown") : "unknown",
  };
}

function hasKeys(map: Readonly<Record<string, string>>): boolean {
  return Object.keys(map).length > 0;
}

function writeAppliance(appliance: ApplianceRecord, wire: WireRecords): ApplianceView {
  const haltedVms: VmUuid[] = appliance.VMs.flatMap((ref) => {
    const vm = wire.halted.get(ref);
    return vm === undefined || !isHaltedVm(vm) ? [] : [vmUuid(vm.uuid)];
  });
  return {
    uuid: applianceUuid(appliance.uuid),
    name: showName(appliance.name_label),
    busy: hasKeys(appliance.current_operations),
    haltedVms,
  };
}

/** On a host that was not read means "somewhere unknown", which must not be taken for "nowhere": it counts as busy. */
/** `hostOf`: the host that has this reference; null when none does. */
export function writeDomain(
  domain: DomainWireRecord,
  hostOf: (ref: string) => HostUuid | null,
): DomainRecord {
  const residentOn = hostOf(domain.resident_on);
  const isSomewhereUnknown = residentOn === null && domain.resident_on !== NULL_REF;
  return {
    uuid: vmUuid(domain.uuid),
    name: showName(domain.name_label),
    residentOn,
    powerState: domain.power_state,
    busy: isSomewhereUnknown || hasKeys(domain.current_operations),
  };
}
