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

function addStorage(database: Database, hosts: readonly SimHost[], place: PlaceSpec): void {
  const { uuid, name } = place;
  const plugs = onEach(database, hosts, place, ["PBD", "pbd"], { SR: srRef(uuid), currently_attached: true });
  const fields = { uuid, name_label: name, shared: plugs.length > 1, PBDs: plugs, VDIs: [] };
  database.insert("SR", srRef(uuid), { ...TEMPLATES.SR, ...fields });
}

function addNetwork(database: Database, hosts: readonly SimHost[], place: PlaceSpec): void {
  const { uuid, name } = place;
  const bare = { ip_configuration_mode: "None", ipv6_configuration_mode: "None", IP: "", management: false };
  const ports = onEach(database, hosts, place, ["PIF", "pif"], {
    ...{ network: networkRef(uuid), device: "eth6" },
    ...bare,
  });
  database.insert("network", networkRef(uuid), {
    ...TEMPLATES.network,
    uuid,
    name_label: name,
    PIFs: ports,
    VIFs: [],
  });
}

/** What connects each of its hosts to a place, with these fields besides; their references. */
function onEach(
  database: Database,
  hosts: readonly SimHost[],
  { uuid, hosts: with_ }: PlaceSpec,
  [kind, short]: readonly ["PBD", "pbd"] | readonly ["PIF", "pif"],
  fields: Fields,
): readonly string[] {
  return hosts
    .filter(({ number }) => with_.includes(number))
    .map((host) => {
      const name = `${uuid}-${host.number}`;
      const ref = refOf(short, name);
      database.insert(kind, ref, {
        ...TEMPLATES[kind],
        ...{ uuid: `${short}-${name}`, host: host.ref },
        ...fields,
      });
      append(database, "host", host.ref, `${kind}s`, ref);
      return ref;
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
