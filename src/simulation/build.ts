import { type SimClock, WORLD_BEGIN_WALL_MS } from "./clock.ts";
import { Database, type Fields, NULL_REF } from "./database.ts";
import { bootedRate } from "./host-clock.ts";
import { addPlaces, attachPlaces, setFree } from "./places.ts";
import { createRandom } from "./random.ts";
import { TEMPLATES } from "./records/templates.ts";
import {
  CONTROL_DOMAIN_MEMORY,
  DEFAULT_HOST_MEMORY,
  DEFAULT_VM_MEMORY,
  type HostSpec,
  hostDefaults,
  POOL_UUID,
  type PoolSpec,
  pbdUuid,
  pifUuid,
  refOf,
  secondAddressOf,
  type VmSpec,
  vmDefaultUuid,
} from "./spec.ts";
import { DEFAULT_TIMINGS, type Timings } from "./timings.ts";
import { type SimHost, type SimVm, World } from "./world.ts";

/** The pool runs when the world begins, and has done so for a while. */
const BEGIN_S = WORLD_BEGIN_WALL_MS / 1_000;

export const SHARED_SR = refOf("sr", "shared");
export const localSr = (host: number): string => refOf("sr", `local${host}`);

/**
 * Builds a healthy pool: every host has power and a whole xapi, every slave a fresh copy of the database. Its xapi
 * processes are started by `startWorld` (xapi/process.ts), so that the building is free of time.
 */
export function buildWorld(
  spec: PoolSpec,
  clock: SimClock,
  options: { seed?: number; timings?: Timings } = {},
): World {
  const world = new World(clock, createRandom(options.seed ?? 1), options.timings ?? DEFAULT_TIMINGS);
  const database = new Database();
  const hosts = typeof spec.hosts === "number" ? Array<HostSpec>(spec.hosts).fill({}) : spec.hosts;
  for (const [index, host] of hosts.entries()) {
    const second = spec.secondNetwork === true ? { secondAddress: secondAddressOf(index + 1) } : {};
    world.hosts.push(buildHost({ ...second, ...host }, index + 1, database));
  }
  const master = world.host(1);
  addPool(database, spec, master);
  for (const host of world.hosts) {
    host.poolConf = host === master ? "master" : `slave:${master.address}`;
    addHost(database, host);
  }
  for (const [index, { powerOn }] of hosts.entries())
    if (powerOn !== undefined) addPowerOn(world, database, world.host(index + 1), powerOn);
  addStorage(database, world);
  addPlaces(database, world.hosts, spec);
  for (const appliance of spec.appliances ?? []) addAppliance(database, appliance);
  const field = spec.params?.["XC_FIELD_NAME"];
  for (const [index, vm] of (spec.vms ?? []).entries()) addVm(world, database, vm, index + 1, field);
  for (const [index, { squeezedFreeBytes }] of hosts.entries())
    if (squeezedFreeBytes !== undefined) setFree(database, world.host(index + 1), squeezedFreeBytes);
  for (const address of spec.externals ?? []) world.externals.set(address, true);
  for (const host of world.hosts) host.database = host === master ? database : database.copy();
  return world;
}

function addPowerOn(
  world: World,
  database: Database,
  host: SimHost,
  { address, user, password }: NonNullable<HostSpec["powerOn"]>,
): void {
  const secret = `5ec2e700-0000-4000-8000-${String(host.number).padStart(12, "0")}`;
  world.secrets.set(secret, password);
  const config = { power_on_ip: address, power_on_user: user, power_on_password_secret: secret };
  database.update("host", host.ref, { power_on_mode: "IPMI", power_on_config: config });
}

export function buildHost(spec: HostSpec, number: number, database: Database): SimHost {
  const identity = { ...hostDefaults(number), ...spec };
  return {
    number,
    uuid: identity.uuid,
    name: identity.name,
    address: identity.address,
    secondAddress: spec.secondAddress ?? null,
    ref: refOf("host", identity.uuid),
    metricsRef: refOf("host_metrics", identity.uuid),
    memoryBytes: spec.memoryBytes ?? DEFAULT_HOST_MEMORY,
    cpus: spec.cpus ?? null,
    root: spec.root ?? null,
    power: true,
    routes: new Set(),
    bootCount: 1,
    bootedAtMs: 0,
    rate: bootedRate(0),
    poolConf: "",
    initComplete: true,
    initCompleteWallMs: WORLD_BEGIN_WALL_MS,
    database,
    stored: null,
    databaseDiskFull: false,
    databaseAtMs: 0,
    messages: new Map(),
    xapi: null,
    xapiStopped: false,
    xapiBroken: false,
    heldSinceMs: null,
    stayDisabled: false,
    haArmed: false,
    watchdog: { slots: [], count: 0, foreign: 0, isMissing: false, slowMs: 0 },
    ipmiAddress: spec.ipmiAddress ?? null,
    bmc: "up",
    bmcOf: number,
    bmcDelayMs: 0,
    gone: false,
    slowMs: 0,
    noise: { errorLines: 0, failedLogins: 0 },
    wallStepMs: 0,
    domains: new Map(),
    starts: new Map(),
  };
}

function addPool(database: Database, spec: PoolSpec, master: SimHost): void {
  const params = Object.entries(spec.params ?? {}).map(([name, value]) => [`HA_${name}`, value]);
  const field = spec.params?.["XC_FIELD_NAME"] ?? "ha-lizard-enabled";
  const flag = spec.ha === null ? {} : { [`XenCenter.CustomFields.${field}`]: spec.ha ?? "true" };
  const template = TEMPLATES.pool;
  database.insert("pool", refOf("pool", POOL_UUID), {
    ...template,
    uuid: POOL_UUID,
    name_label: "simulated",
    master: master.ref,
    default_SR: SHARED_SR,
    other_config: { ...(template["other_config"] as Fields), ...Object.fromEntries(params), ...flag },
  });
}

export function addHost(database: Database, host: SimHost): void {
  const controlDomain = refOf("dom0", host.uuid);
  database.insert("host_metrics", host.metricsRef, {
    ...TEMPLATES.host_metrics,
    uuid: host.uuid.replace("1111-4111", "1111-4112"),
    memory_total: host.memoryBytes,
    live: true,
  });
  database.insert("VM", controlDomain, {
    ...TEMPLATES.control_domain,
    uuid: host.uuid.replace("1111-4111", "2222-4222"),
    name_label: `Control domain on host: ${host.name}`,
    resident_on: host.ref,
    affinity: host.ref,
    memory_static_max: CONTROL_DOMAIN_MEMORY,
  });
  database.insert("host", host.ref, {
    ...TEMPLATES.host,
    uuid: host.uuid,
    name_label: host.name,
    hostname: host.name,
    address: host.address,
    enabled: true,
    metrics: host.metricsRef,
    cpu_info: cpuInfoOf(host),
    control_domain: controlDomain,
    resident_VMs: [controlDomain],
    PIFs: addInterfaces(database, host),
    PBDs: [refOf("pbd", `shared${host.number}`), refOf("pbd", `local${host.number}`)],
    other_config: otherConfigOf(host),
  });
}

function cpuInfoOf({ cpus }: SimHost): Fields {
  const recorded = TEMPLATES.host["cpu_info"] as Fields;
  return cpus === null ? recorded : { ...recorded, cpu_count: String(cpus) };
}

function addInterfaces(database: Database, host: SimHost): readonly string[] {
  const networks = [
    ["management", host.address],
    ["second", host.secondAddress],
  ] as const;
  return networks.flatMap(([network, address], index) => {
    if (address === null) return [];
    const ref = pifRef(network, host);
    const fields = {
      uuid: pifUuid(network, host.number),
      host: host.ref,
      device: `eth${index}`,
      IP: address,
    };
    database.insert("PIF", ref, { ...TEMPLATES.PIF, ...fields, management: network === "management" });
    return [ref];
  });
}

export const pifRef = (network: "management" | "second", { number }: SimHost): string =>
  refOf("pif", `${network}${number}`);

/** At rest: xapi has started long ago. */
function otherConfigOf(host: SimHost): Fields {
  const started = `${BEGIN_S - 600 + host.number}.`;
  return { agent_start_time: started, boot_time: `${BEGIN_S}.` };
}

/** What the program writes into a VM that runs, which a clone brings along with all the rest. */
export function homeKeys(vm: string, homePool: boolean | "copied"): Record<string, string> {
  if (homePool === false) return {};
  return { "home-pool": POOL_UUID, "ha-lizard-ran": homePool === "copied" ? vmDefaultUuid(99) : vm };
}

function addStorage(database: Database, world: World): void {
  const pbd = (sr: string, kind: "shared" | "local", host: SimHost): string => {
    const ref = refOf("pbd", `${kind}${host.number}`);
    const fields = { uuid: pbdUuid(kind, host.number), host: host.ref, SR: sr, currently_attached: true };
    database.insert("PBD", ref, { ...TEMPLATES.PBD, ...fields });
    return ref;
  };
  const shared = world.hosts.map((host) => pbd(SHARED_SR, "shared", host));
  database.insert("SR", SHARED_SR, {
    ...TEMPLATES.SR,
    uuid: "sr-shared",
    PBDs: shared,
    VDIs: [],
    shared: true,
  });
  for (const host of world.hosts) {
    const ref = localSr(host.number);
    const own = [pbd(ref, "local", host)];
    const fields = { uuid: `sr-local${host.number}`, name_label: `local ${host.name}`, shared: false };
    database.insert("SR", ref, { ...TEMPLATES.SR, ...fields, PBDs: own, VDIs: [] });
  }
}

/** A uuid that is the same for the same name. */
function applianceUuid(name: string): string {
  const digits = [...name].map((letter) => letter.charCodeAt(0).toString(16)).join("");
  return `aaaaaaaa-7777-4777-8777-${digits.padEnd(12, "0").slice(0, 12)}`;
}

function addAppliance(database: Database, spec: { name: string; uuid?: string }): void {
  const uuid = spec.uuid ?? applianceUuid(spec.name);
  const fields = { uuid, name_label: spec.name, VMs: [] };
  database.insert("VM_appliance", refOf("appliance", spec.name), { ...TEMPLATES.VM_appliance, ...fields });
}

/** Puts a VM into the database of `database` and, with `on`, onto its host. */
export function addVm(
  world: World,
  database: Database,
  spec: VmSpec,
  number: number,
  fieldName = "ha-lizard-enabled",
): SimVm {
  const uuid = spec.uuid ?? vmDefaultUuid(number);
  const ref = refOf("vm", uuid);
  const disk = spec.disk === "none" ? null : typeof spec.disk === "number" ? spec.disk : 0;
  const vm: SimVm = {
    uuid,
    ref,
    name: spec.name,
    disk,
    startMs: spec.startMs ?? null,
    guest: spec.guest ?? null,
  };
  world.vms.set(uuid, vm);
  const memory = spec.memoryBytes ?? DEFAULT_VM_MEMORY;
  const on = spec.on === undefined ? null : world.host(spec.on);
  const appliance = spec.appliance === undefined ? NULL_REF : refOf("appliance", spec.appliance);
  const field = `XenCenter.CustomFields.${fieldName}`;
  database.insert("VM", ref, {
    ...TEMPLATES.VM,
    uuid,
    name_label: spec.label ?? spec.name,
    is_a_template: spec.template === true,
    power_state: on === null ? "Halted" : "Running",
    resident_on: on?.ref ?? NULL_REF,
    order: spec.order ?? 0,
    start_delay: spec.startDelayS ?? 0,
    memory_static_max: memory,
    memory_dynamic_max: memory,
    memory_dynamic_min: spec.leastMemoryBytes ?? memory,
    memory_overhead: spec.overheadBytes ?? vmOverhead(memory),
    VCPUs_max: spec.cpus ?? TEMPLATES.VM["VCPUs_max"] ?? 1,
    affinity: spec.affinity === undefined ? NULL_REF : world.host(spec.affinity).ref,
    tags: spec.tags ?? [],
    groups: spec.group === undefined ? [] : [joinGroup(database, spec.group, ref)],
    ha_restart_priority: spec.restartPriority ?? "",
    VIFs: spec.network === undefined ? [] : [addCard(database, world.host(spec.network), uuid, ref)],
    appliance,
    blocked_operations: spec.startBlocked === true ? { start: "blocked", start_on: "blocked" } : {},
    VBDs: disk === null ? [] : [refOf("vbd", uuid)],
    other_config: spec.otherConfig ?? {
      ...homeKeys(uuid, spec.homePool ?? true),
      ...(spec.ha === undefined ? {} : { [field]: spec.ha }),
    },
  });
  if (appliance !== NULL_REF) {
    const members = database.must("VM_appliance", appliance)["VMs"] as string[];
    database.update("VM_appliance", appliance, { VMs: [...members, ref] });
  }
  if (disk !== null) addDisk(database, vm, disk, on);
  attachPlaces(database, vm, spec, on);
  if (on === null) return vm;
  on.domains.set(uuid, { vm: uuid, sinceMs: world.nowMs() });
  const residents = database.must("host", on.ref)["resident_VMs"] as string[];
  database.update("host", on.ref, { resident_VMs: [...residents, ref] });
  return vm;
}

/** The group's reference; it is made when it is first named. */
function joinGroup(database: Database, name: string, vm: string): string {
  const ref = refOf("vm_group", name);
  const known = database.get("VM_group", ref);
  const uuid = `group-${name}`;
  if (known === undefined)
    database.insert("VM_group", ref, { ...TEMPLATES.VM_group, uuid, name_label: name, VMs: [vm] });
  else database.update("VM_group", ref, { VMs: [...(known["VMs"] as readonly string[]), vm] });
  return ref;
}

/** A card in the network that only this host has. */
function addCard(database: Database, host: SimHost, uuid: string, vm: string): string {
  const [card, network, port] = ["vif", "network", "own-pif"].map((kind) =>
    refOf(kind, kind === "vif" ? uuid : `own${host.number}`),
  ) as [string, string, string];
  database.insert("VIF", card, { ...TEMPLATES.VIF, uuid: `vif-${uuid}`, VM: vm, network });
  const known = database.get("network", network);
  if (known !== undefined) {
    database.update("network", network, { VIFs: [...(known["VIFs"] as readonly string[]), card] });
    return card;
  }
  const label = `network of ${host.name}`;
  const fields = { uuid: `network-own${host.number}`, name_label: label, VIFs: [card], PIFs: [port] };
  database.insert("network", network, { ...TEMPLATES.network, ...fields });
  const bare = { ip_configuration_mode: "None", ipv6_configuration_mode: "None", IP: "", management: false };
  const own = { uuid: `pif-own${host.number}`, host: host.ref, network, device: "eth7", ...bare };
  database.insert("PIF", port, { ...TEMPLATES.PIF, ...own });
  const ports = database.must("host", host.ref)["PIFs"] as readonly string[];
  database.update("host", host.ref, { PIFs: [...ports, port] });
  return card;
}

function addDisk(database: Database, vm: SimVm, disk: number, on: SimHost | null): void {
  const sr = disk === 0 ? SHARED_SR : localSr(disk);
  const vdi = refOf("vdi", vm.uuid);
  const vbd = refOf("vbd", vm.uuid);
  const lock: Fields = on === null ? {} : { [`host_${on.ref}`]: "RW" };
  database.insert("VDI", vdi, {
    ...TEMPLATES.VDI,
    uuid: `vdi-${vm.uuid}`,
    SR: sr,
    VBDs: [vbd],
    sm_config: lock,
  });
  const disks = database.must("SR", sr)["VDIs"] as readonly string[];
  database.update("SR", sr, { VDIs: [...disks, vdi] });
  database.insert("VBD", vbd, { ...TEMPLATES.VBD, uuid: `vbd-${vm.uuid}`, VM: vm.ref, VDI: vdi });
}

/** Memory that Xen needs beside a VM's own: seen on a real xapi. */
export function vmOverhead(staticMaxBytes: number): number {
  const mib = 1024 ** 2;
  return Math.ceil(staticMaxBytes / mib / 128) * mib + 3 * mib;
}
