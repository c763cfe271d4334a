/** What a pool is made of. Hosts are numbered from 1; host 1 is the master in the beginning. */
export interface PoolSpec {
  /** A number, or one entry per host. */
  readonly hosts: number | readonly HostSpec[];
  readonly vms?: readonly VmSpec[];
  readonly appliances?: readonly { readonly name: string; readonly uuid?: string }[];
  /** HA_<NAME> keys of the pool's other_config, without the prefix. */
  readonly params?: Readonly<Record<string, string>>;
  /** The pool's HA flag; `null` leaves it unset. Default `true`. */
  readonly ha?: string | null;
  /** Addresses outside the pool that answer ping. */
  readonly externals?: readonly string[];
  /** false: the monitors do not speak to each other. */
  readonly heartbeats?: boolean;
  /** The monitors watch XAPI's events, their master and their own xapi's start, as in Dom0 (watches.ts). Default: false. */
  readonly watches?: boolean;
  /** Every host has a second network with an address of its own, over which XAPI does not talk. */
  readonly secondNetwork?: boolean;
  /** Storage repositories besides the shared one and the local ones, and networks: what only some hosts have (places.ts). */
  readonly storages?: readonly PlaceSpec[];
  readonly networks?: readonly PlaceSpec[];
}

/** A storage repository or a network, and the numbers of the hosts that have it. */
export interface PlaceSpec {
  readonly uuid: string;
  readonly name: string;
  readonly hosts: readonly number[];
}

export interface HostSpec {
  readonly name?: string;
  readonly uuid?: string;
  readonly address?: string;
  /** On its second network; absent or null: it has none. */
  readonly secondAddress?: string | null;
  readonly memoryBytes?: number;
  /** So much is free when every guest there is squeezed as far as it allows; goes before `memoryBytes`. */
  readonly squeezedFreeBytes?: number;
  /** Processors; absent: as many as the recorded host had. */
  readonly cpus?: number;
  /** Its BMC, as XAPI knows it (`power_on_mode` IPMI); the password becomes a secret of XAPI. */
  readonly powerOn?: { readonly address: string; readonly user: string; readonly password: string };
  /** The address of its BMC, as the host itself says it by XCP-ng's plugin; absent: it has no such plugin. */
  readonly ipmiAddress?: string;
  /** Directory under which the host's pool.conf and cookie are kept as real files. */
  readonly root?: string;
}

export interface VmSpec {
  readonly name: string;
  /** Its name in the pool database, where several may have the same; absent: `name`. */
  readonly label?: string;
  readonly uuid?: string;
  /** Host it runs on in the beginning; absent: halted. */
  readonly on?: number;
  readonly order?: number;
  readonly startDelayS?: number;
  readonly memoryBytes?: number;
  /** What Xen needs beside that; absent: what was measured. */
  readonly overheadBytes?: number;
  /** Uuids of `PoolSpec.storages` on which it has a disk, and of `PoolSpec.networks` in which it has a card. */
  readonly storages?: readonly string[];
  readonly networks?: readonly string[];
  /** The whole of its other_config; goes before `ha` and `homePool`. */
  readonly otherConfig?: Readonly<Record<string, string>>;
  /** `shared` (default): on the shared SR; a number: on the local SR of that host; `none`: no disk. */
  readonly disk?: "shared" | "none" | number;
  /** The VM's own HA flag; absent: unset. */
  readonly ha?: string;
  /** It has run in this pool, by its keys. Default: true; `copied`: by the keys of the VM that it is a clone of. */
  readonly homePool?: boolean | "copied";
  readonly appliance?: string;
  readonly template?: boolean;
  readonly startBlocked?: boolean;
  /** The host of which it is at home, by number. */
  readonly affinity?: number;
  readonly tags?: readonly string[];
  /** The name of its VM group, which keeps its VMs apart (`placement` = `anti_affinity`). */
  readonly group?: string;
  readonly cpus?: number;
  readonly restartPriority?: "restart" | "best-effort";
  /** Down to this its guest can be squeezed (`memory_dynamic_min`); absent: not at all. */
  readonly leastMemoryBytes?: number;
  /** A network that only this host has; absent: none. */
  readonly network?: number;
  /** What its start takes, in milliseconds; absent: what every start takes. */
  readonly startMs?: number;
  /** Absent: it has no guest agent. */
  readonly guest?: GuestSpec;
}

/** What the guest agent of a VM says, and when, in milliseconds after the start of its domain. */
export interface GuestSpec {
  readonly toolsMs: number;
  /** Not before `toolsMs`; absent: it never has an address. */
  readonly addressMs?: number;
}

const GIB = 1024 ** 3;
export const DEFAULT_HOST_MEMORY = 64 * GIB;
export const DEFAULT_VM_MEMORY = GIB;
export const CONTROL_DOMAIN_MEMORY = 2 * GIB;

export const POOL_UUID = "00000001-0000-4000-8000-000000000001";
export const ROOT_PASSWORD = "rootpw";
export const POOL_SECRET = "7d0a3c1e-5f0b-4a86-9a35-8f1f6c2d9b10/4b1f0c52-7c3e-4f6b-8a1d-2c9e5d7f3a64";

/** Uuid, name and address of the `number`th host where its specification names none. */
export function hostDefaults(number: number): { uuid: string; name: string; address: string } {
  const end = String(number).padStart(2, "0");
  return {
    uuid: `000000${end}-1111-4111-8111-1111111111${end}`,
    name: `h${number}`,
    address: `10.77.0.${10 + number}`,
  };
}

/** The address of the `number`th host on the second network. */
export const secondAddressOf = (number: number): string => `10.78.0.${10 + number}`;

export function vmDefaultUuid(number: number): string {
  return `${String(number).padStart(8, "0")}-3333-4333-8333-333333333333`;
}

/** The uuid of a host's connection to the shared storage, or to its local one. */
export function pbdUuid(sr: "shared" | "local", host: number): string {
  return `000000${String(host).padStart(2, "0")}-${sr === "shared" ? "5555" : "6666"}-4555-8555-555555555555`;
}

/** The uuid of a host's interface to the network that XAPI uses, or to its second one. */
export function pifUuid(network: "management" | "second", host: number): string {
  return `000000${String(host).padStart(2, "0")}-${network === "management" ? "8888" : "9999"}-4888-8888-888888888888`;
}

/** References are made from uuids, so that they are the same in every copy of the database and in every run. */
export const refOf = (kind: string, uuid: string): string => `OpaqueRef:${kind}-${uuid}`;
