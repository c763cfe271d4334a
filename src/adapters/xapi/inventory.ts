import { hostUuid } from "../../core/model/ids.ts";
import { showName } from "../../core/model/plain-text.ts";
import type { Attached, Inventory, InventoryVm, XapiResult } from "../../core/model/pool-view.ts";
import type { XapiContext } from "./context.ts";
import { FILLED_DRIVES, REAL_VMS } from "./filter.ts";
import * as records from "./inventory-records.ts";
import { type HostRecord, hostRecord } from "./records.ts";
import { all } from "./survey-list.ts";
import { isRealVm, writeHalted } from "./write-view.ts";

/**
 * Seven calls at the same time, and one more where a VM is in a group. Disks and virtual interfaces are not read: a repository
 * names its disks, a network its interfaces (adapters/xapi/README.md, "Starting a VM").
 */
export async function readInventory(
  { session }: Pick<XapiContext, "session">,
  signal: AbortSignal,
): Promise<XapiResult<Inventory>> {
  const [hosts, vms, drives, storages, plugs, networks, ports] = await Promise.all([
    all(session, "host", hostRecord, signal),
    all(session, "VM", records.inventoryVm, signal, REAL_VMS),
    all(session, "VBD", records.drive, signal, FILLED_DRIVES),
    all(session, "SR", records.storage, signal),
    all(session, "PBD", records.plug, signal),
    all(session, "network", records.network, signal),
    all(session, "PIF", records.port, signal),
  ]);
  if (!hosts.ok) return hosts;
  if (!vms.ok) return vms;
  if (!drives.ok) return drives;
  if (!storages.ok) return storages;
  if (!plugs.ok) return plugs;
  if (!networks.ok) return networks;
  if (!ports.ok) return ports;
  const isGrouped = [...vms.value.values()].some(({ groups = [] }) => groups.length > 0);
  const groups = isGrouped ? await all(session, "VM_group", records.group, signal) : null;
  return {
    ok: true,
    value: write({
      hosts: hosts.value,
      vms: vms.value,
      drives: drives.value,
      storages: storages.value,
      plugs: plugs.value,
      networks: networks.value,
      ports: ports.value,
      // Nothing but the wish to keep some apart depends on them.
      groups: groups?.ok === true ? groups.value : new Map(),
    }),
  };
}

type Records<T> = ReadonlyMap<string, T>;

interface Wire {
  readonly hosts: Records<HostRecord>;
  readonly vms: Records<records.InventoryVmRecord>;
  readonly drives: Records<records.DriveRecord>;
  readonly storages: Records<records.StorageRecord>;
  readonly plugs: Records<records.PlugRecord>;
  readonly networks: Records<records.NetworkRecord>;
  readonly ports: Records<records.PortRecord>;
  readonly groups: Records<records.GroupRecord>;
}

function write(wire: Wire): Inventory {
  const { hosts, storages, networks } = wire;
  const disks = new Map([...storages.values()].flatMap(({ uuid, VDIs }) => VDIs.map((ref) => [ref, uuid])));
  const cards = new Map(
    [...networks.values()]
      .filter(({ PIFs }) => PIFs.length > 0)
      .flatMap(({ uuid, VIFs }) => VIFs.map((ref) => [ref, uuid])),
  );
  const needed = new Map<string, Set<string>>();
  for (const { VM, VDI } of wire.drives.values()) {
    const storage = disks.get(VDI);
    if (storage !== undefined) needed.set(VM, (needed.get(VM) ?? new Set()).add(storage));
  }
  const nameOf = ({ uuid, name_label }: { uuid: string; name_label: string }): [string, string] => [
    uuid,
    showName(name_label),
  ];
  const vms = [...wire.vms].filter(([, vm]) => isRealVm(vm));
  return {
    vms: vms.map(([ref, vm]): InventoryVm => {
      const residentOn = hosts.get(vm.resident_on)?.uuid;
      const groups = (vm.groups ?? []).flatMap((group) => wire.groups.get(group) ?? []);
      return {
        ...writeHalted(vm, false, { appliances: null, hosts, clears: false }),
        ranOn: null,
        ranInBoot: null,
        name: showName(vm.name_label),
        powerState: vm.power_state,
        residentOn: residentOn === undefined ? null : hostUuid(residentOn),
        storages: [...(needed.get(ref) ?? [])],
        networks: [...new Set(vm.VIFs.flatMap((card) => cards.get(card) ?? []))],
        tags: vm.tags,
        groups: groups.filter(({ placement }) => placement === "anti_affinity").map(({ uuid }) => uuid),
      };
    }),
    hosts: new Map([...hosts].map(([ref, { uuid }]) => [hostUuid(uuid), attachedTo(ref, wire)])),
    names: new Map([...[...storages.values()].map(nameOf), ...[...networks.values()].map(nameOf)]),
  };
}

function attachedTo(host: string, { storages, plugs, networks, ports }: Wire): Attached {
  const isPlugged = (ref: string): boolean => {
    const plug = plugs.get(ref);
    return plug?.host === host && plug.currently_attached;
  };
  const plugged = [...storages.values()].filter(({ PBDs }) => PBDs.some(isPlugged));
  const reached = [...networks.values()].filter(({ PIFs }) =>
    PIFs.some((ref) => ports.get(ref)?.host === host),
  );
  return {
    storages: new Set(plugged.map(({ uuid }) => uuid)),
    networks: new Set(reached.map(({ uuid }) => uuid)),
  };
}
