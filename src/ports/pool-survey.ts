import type { HostUuid, VmUuid } from "../core/model/ids.ts";
import type { XapiResult } from "../core/model/pool-view.ts";

/** A disk, or an inserted CD, of a VM on storage that not every host has: only the hosts named can start it. */
export interface LocalDisk {
  readonly vm: VmUuid;
  readonly storage: string;
  /** Hosts that have this storage attached. */
  readonly hosts: readonly HostUuid[];
}

/**
 * What only people ask of the pool database, in a session of its own. No method rejects; on a slave every call is
 * forwarded to the master, so `signal` is not optional.
 */
export interface PoolSurvey {
  /** The disks that tie a VM to some hosts: six calls, whose size is that of all the pool's storage. */
  localDisks(signal: AbortSignal): Promise<XapiResult<readonly LocalDisk[]>>;
  /** The wall clock of a host, in milliseconds since the epoch; XAPI tells whole seconds. The host itself answers. */
  hostClock(host: HostUuid, signal: AbortSignal): Promise<XapiResult<number>>;
  /** Logs out and closes connections. Never rejects, takes no longer than a second. */
  close(): Promise<void>;
}
