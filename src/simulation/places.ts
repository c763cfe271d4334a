import type { ClassName, Database, Fields } from "./database.ts";
import { TEMPLATES } from "./records/templates.ts";
import { type PlaceSpec, type PoolSpec, refOf, type VmSpec } from "./spec.ts";
import type { SimHost, SimVm } from "./world.ts";
import { lockKey } from "./xapi/locks.ts";
import { squeezedMemory } from "./xapi/vm-state.ts";

const srRef = (uuid: string): string => refOf("sr", uuid);
const networkRef = (uuid: string): string => refOf("network", uuid);

/** Storage repositories and networks that are not the same everywhere: each host has those that name it. */
export function addPlaces(
  database: Database,
  hosts: readonly SimHost[],
  { storages = [], networks = [] }: Pick<PoolSpec, "storages" | "networks">,
): void {
  for (const storage of storages) addStorage(database, hosts, storage);
  for (const network of networks) addNetwork(database, hosts, network);
}

function addStorage(
  database: Database,
  hosts: readonly SimHost[],
  { uuid, name, hosts: with_ }: PlaceSpec,
): void {
  const plugs = hosts
    .filter(({ number }) => with_.includes(number))
    .map((host) => {
      const ref = refOf("pbd", `${uuid}-${host.number}`);
      const fields = {
        uuid: `pbd-${uuid}-${host.number}`,
        host: host.ref,
        SR: srRef(uuid),
        currently_attached: true,
      };
      database.insert("PBD", ref, { ...TEMPLATES.PBD, ...fields });
      append(database, "host", host.ref, "PBDs", ref);
      return ref;
    });
  const fields = { uuid, name_label: name, shared: plugs.length > 1, PBDs: plugs, VDIs: [] };
  database.insert("SR", srRef(uuid), { ...TEMPLATES.SR, ...fields });
}

function addNetwork(
  database: Database,
  hosts: readonly SimHost[],
  { uuid, name, hosts: with_ }: PlaceSpec,
): void {
  const ports = hosts
    .filter(({ number }) => with_.includes(number))
    .map((host) => {
      const ref = refOf("pif", `${uuid}-${host.number}`);
      const bare = {
        ip_configuration_mode: "None",
        ipv6_configuration_mode: "None",
        IP: "",
        management: false,
      };
      const fields = {
        uuid: `pif-${uuid}-${host.number}`,
        host: host.ref,
        network: networkRef(uuid),
        device: "eth6",
      };
      database.insert("PIF", ref, { ...TEMPLATES.PIF, ...fields, ...bare });
      append(database, "host", host.ref, "PIFs", ref);
      return ref;
    });
  database.insert("network", networkRef(uuid), {
    ...TEMPLATES.network,
    uuid,
    name_label: name,
    PIFs: ports,
    VIFs: [],
  });
}

/** A disk on each of its storages, locked by the host on which it runs, and a card in each of its networks. */
export function attachPlaces(
  database: Database,
  vm: SimVm,
  { storages = [], networks = [] }: Pick<VmSpec, "storages" | "networks">,
  on: SimHost | null,
): void {
  for (const storage of storages) {
    const [vdi, vbd] = [refOf("vdi", `${vm.uuid}-${storage}`), refOf("vbd", `${vm.uuid}-${storage}`)];
    const sm_config: Fields = on === null ? {} : { [lockKey(on.ref)]: "RW" };
    const disk = { uuid: `vdi-${vm.uuid}-${storage}`, SR: srRef(storage), VBDs: [vbd], sm_config };
    database.insert("VDI", vdi, { ...TEMPLATES.VDI, ...disk });
    database.insert("VBD", vbd, {
      ...TEMPLATES.VBD,
      uuid: `vbd-${vm.uuid}-${storage}`,
      VM: vm.ref,
      VDI: vdi,
    });
    append(database, "SR", srRef(storage), "VDIs", vdi);
    append(database, "VM", vm.ref, "VBDs", vbd);
  }
  for (const network of networks) {
    const card = refOf("vif", `${vm.uuid}-${network}`);
    const fields = { uuid: `vif-${vm.uuid}-${network}`, VM: vm.ref, network: networkRef(network) };
    database.insert("VIF", card, { ...TEMPLATES.VIF, ...fields });
    append(database, "network", networkRef(network), "VIFs", card);
    append(database, "VM", vm.ref, "VIFs", card);
  }
}

function append(database: Database, kind: ClassName, ref: string, field: string, one: string): void {
  const list = database.must(kind, ref)[field] as readonly string[];
  database.update(kind, ref, { [field]: [...list, one] });
}

/** Gives the host as much memory that so much of it is free when every guest there is squeezed. */
export function setFree(database: Database, host: SimHost, bytes: number): void {
  const metrics = database.must("host_metrics", host.metricsRef);
  const total = Number(metrics["memory_total"]) + bytes - squeezedMemory(database, host.ref);
  database.update("host_metrics", host.metricsRef, { memory_total: total });
}
