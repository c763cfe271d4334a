import type { HostUuid, VmUuid } from "../core/model/ids.ts";
import type { XapiResult } from "../core/model/pool-view.ts";

/** A disk, or an inserted CD, of a VM on storage that not every host has: only the hosts named can start it. */
export interface LocalDisk {
  readonly vm: VmUuid;
  readonly storage: string;
  /** Hosts that have this storage attached. */
  readonly hosts: readonly HostUuid[];
}

/** A network of a VM that not every host has: only the hosts named can start it. */
export interface LocalNetwork {
  readonly vm: VmUuid;
  readonly network: string;
  readonly hosts: readonly HostUuid[];
}

/** An IPv4 address of a host, and the interface that has it. */
export interface HostInterface {
  readonly host: HostUuid;
  /** `eth0`; the same for all the VLANs of one card. */
  readonly device: string;
  readonly isBond: boolean;
  readonly address: string;
  /** The network that it is in: `192.0.2.0/24`; null when its mask cannot be understood. */
  readonly network: string | null;
  /** XAPI talks over it. */
  readonly isManagement: boolean;
  readonly byDhcp: boolean;
}

/** What the pool database has of a host besides what a pass reads. */
export interface HostFacts {
  readonly host: HostUuid;
  /** Of XenServer or XCP-ng, with the build. */
  readonly version: string;
  /** How XAPI would switch it on, from `power_on_mode` and `power_on_config`; the password is not read. null: not at all. */
  readonly powerOn: { readonly mode: string; readonly address: string | null } | null;
}

/** What is known of a host's BMC without its list. */
export interface KnownBmc {
  readonly host: HostUuid;
  /** By `power_on_config`, else by the host itself (XCP-ng's plugin `ipmitool.py`); null: neither knows it. */
  readonly address: string | null;
  readonly user: string | null;
  /** The uuid of the secret that is its password (`PoolSurvey.secret`). */
  readonly secret: string | null;
}

/** A storage repository. */
export interface StorageFacts {
  readonly uuid: string;
  readonly name: string;
  /** `nfs`, `lvmoiscsi`, `ext` and so on. */
  readonly type: string;
  /** More than one host may have it, by XAPI. */
  readonly shared: boolean;
  /** Hosts that have it attached. */
  readonly hosts: readonly HostUuid[];
}

/**
 * What only people ask of the pool database, in a session of its own. No method rejects; on a slave every call is
 * forwarded to the master, so `signal` is not optional.
 */
export interface PoolSurvey {
  /** The disks that tie a VM to some hosts: six calls, whose size is that of all the pool's storage. */
  localDisks(signal: AbortSignal): Promise<XapiResult<readonly LocalDisk[]>>;
  /** The networks that tie a VM to some hosts: five calls. One without any interface is nobody's. */
  localNetworks(signal: AbortSignal): Promise<XapiResult<readonly LocalNetwork[]>>;
  /** Every IPv4 address of the pool's hosts: two calls. */
  interfaces(signal: AbortSignal): Promise<XapiResult<readonly HostInterface[]>>;
  /** Every SR: three calls. */
  storages(signal: AbortSignal): Promise<XapiResult<readonly StorageFacts[]>>;
  /** One call. */
  hostFacts(signal: AbortSignal): Promise<XapiResult<readonly HostFacts[]>>;
  /** The BMCs of all hosts: one call, and one for each host in `live` whose BMC has no address in the database; up to 30 s. */
  bmcs(live: readonly HostUuid[], signal: AbortSignal): Promise<XapiResult<readonly KnownBmc[]>>;
  /** The text of a secret: two calls. A password: it must not be shown, logged, or stand on a command line. */
  secret(uuid: string, signal: AbortSignal): Promise<XapiResult<string>>;
  /** The wall clock of a host, in milliseconds since the epoch; XAPI tells whole seconds. The host itself answers. */
  hostClock(host: HostUuid, signal: AbortSignal): Promise<XapiResult<number>>;
  /** Logs out and closes connections. Never rejects, takes no longer than a second. */
  close(): Promise<void>;
}
