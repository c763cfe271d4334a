import type { Hearing, HostRuns } from "./hearing.ts";
import type { ApplianceUuid, HostUuid, PoolUuid, VmUuid } from "./ids.ts";
import type { StopMessages } from "./stop.ts";

/** `"unknown"` is a status of its own: it could not be learnt, and decides nothing. */
export type Unknown = "unknown";

/** The two roles of a host, as pool.conf names them; `broken` is xapi's own word. */
export type Role =
  | { readonly kind: "master" }
  | { readonly kind: "slave"; readonly masterAddress: string }
  | { readonly kind: "broken" }
  | { readonly kind: "unknown"; readonly why: string };

/** What this host knows of itself without asking XAPI. */
export interface LocalView {
  readonly uuid: HostUuid;
  readonly role: Role;
  /** Changes with every boot, so that times in the memory of an earlier boot are not compared with ours. */
  readonly bootId: string;
  /**
   * Since when `/var/run/xapi_init_complete.cookie` stands, in wall milliseconds: xapi's whole start sequence is done.
   * null: it does not.
   */
  readonly initCompleteAtMs: number | null;
  /** VMs whose domains really run here, or unknown when the tool did not answer. */
  readonly domains: readonly VmUuid[] | Unknown;
  /** Own xapi answered a probe over the loopback address (this needs no master, no session). */
  readonly xapiAnswers: boolean;
  /**
   * Since when, by this host's uptime, the own xapi is held in this boot: kept from starting until the master's database
   * agrees with what runs here; null: it is not. While it is being stopped, or after an administrator has started it
   * nevertheless, `xapiAnswers` may be true as well.
   */
  readonly heldSinceMs: number | null;
  /** Addresses that this host has blocked by an unreachable route, by its own note; none where that cannot be understood. */
  readonly blockedRoutes: readonly string[];
}

/** What is known of a peer in this round: what a probe found, and what it says itself. */
export interface PeerProbe {
  /** `unknown`: it was not pinged, for its XAPI answered; or the ping program could not be run, so nothing was learnt. */
  readonly icmp: "answered" | "silent" | Unknown;
  readonly xapi: "answered" | "silent";
  /** By its own heartbeat, or its answer to "who runs these VMs?". Nobody asks its XAPI: that would be a failed login. */
  readonly follows: Follows;
}

export type Follows =
  | { readonly kind: "slave-of"; readonly address: string }
  | { readonly kind: "is-master" }
  /** It is in emergency mode: the master it looks for does not take it. */
  | { readonly kind: "lost" }
  | { readonly kind: "unknown" };

/** A member of the pool, as the pool database has it. */
export interface HostView {
  readonly uuid: HostUuid;
  readonly name: string;
  readonly address: string;
  /** Where else it can be reached: addresses of its other networks; null when not asked for or not readable. */
  readonly otherAddresses: readonly string[] | null;
  /** `false` is maintenance, or a host whose xapi has not finished its start. */
  readonly enabled: boolean;
  /** `current_operations` has one that empties or ends the host: evacuate, shutdown, reboot. */
  readonly isEmptied: boolean;
  /** As XAPI has it, where `enabled` is what HA takes it for (core/members/keep-maintenance.ts); absent where nobody has looked yet. XAPI starts VMs there. */
  readonly isEnabledByXapi?: boolean;
  /** Somebody works on it (core/members/keep-maintenance.ts); null, or absent where nobody has looked yet: nobody does. */
  readonly work?: HostWork | null;
  /** `host_metrics.live`: the master's opinion; true for ten minutes after a host's death. */
  readonly live: boolean;
  /** `other_config["agent_start_time"]`: seconds of the host's own wall clock, as text (`1795426874.`); null when absent. */
  readonly xapiStartTime: string | null;
  /** `other_config["boot_time"]`, in the same way: about when the host booted, as its xapi reckons it at each of its starts. */
  readonly bootTime: string | null;
  readonly otherConfig: Readonly<Record<string, string>>;
  /** VMs the database says are resident here (control domain excluded). */
  readonly residents: readonly ResidentVm[];
  /**
   * Bytes: total less what the residents, the VMs that are being started here, the control domain and Xen may use; unknown where
   * XAPI says 0.
   */
  readonly freeMemoryBytes: number | Unknown;
  /** The same when XAPI has squeezed every guest as far as it allows, by which it judges a start. */
  readonly squeezedFreeBytes: number | Unknown;
  /** Physical processors; null: XAPI does not say. */
  readonly cpus: number | null;
}

/**
 * `disabled`: a person has disabled it; `isSettled`: nobody's start can enable it but one that is still to come. `enabled-by-start`: XAPI has enabled it since, with its start; `vms`: those that were there in that view.
 */
export type HostWork =
  | { readonly kind: "disabled"; readonly isSettled: boolean; readonly vms: readonly VmUuid[] }
  | { readonly kind: "enabled-by-start"; readonly vms: readonly VmUuid[] };

/** A VM that the database says runs (or is paused) on some host. */
export interface ResidentVm {
  readonly uuid: VmUuid;
  /** `homePoolOf` (pool-keys.ts). */
  readonly homePool: string | null;
  /** It has a key that says who stopped it (`stopOf`, stop.ts), which is over now. */
  readonly hasStop?: true;
}

/** A halted VM that is no template, snapshot or control domain. */
export interface HaltedVm {
  readonly uuid: VmUuid;
  readonly name: string;
  /** `VM.order`: lower starts first, negative last (as XAPI's own HA has it). */
  readonly order: number;
  readonly startDelayS: number;
  /** `ha_restart_priority`: the restart class is started first, the best-effort class last. */
  readonly restartPriority: "restart" | "best-effort" | "";
  /** Bytes that it may use, with what Xen needs for it. */
  readonly memoryBytes: number;
  /** Bytes with which XAPI starts it at the least. */
  readonly leastMemoryBytes: number;
  /** Virtual processors. */
  readonly cpus: number;
  /** The host of which it is at home; null: none. */
  readonly affinity: HostUuid | null;
  /** The host on which XAPI is starting it; null: none. Its memory is counted off there. */
  readonly scheduledOn: HostUuid | null;
  /** An operation is in progress (`current_operations` is not empty). */
  readonly busy: boolean;
  /** `start` or `start_on` is in `blocked_operations`. */
  readonly startBlocked: boolean;
  readonly otherConfig: Readonly<Record<string, string>>;
  readonly appliance: ApplianceUuid | null;
  /**
   * `ha_always_run`, where it says whether a client has stopped the VM: its `ha_restart_priority` is "restart", and the pool does not clear
   * it at each halt.
   */
  readonly alwaysRun: boolean | Unknown;
  /** The host on which it was resident when this host's program saw it last; null: it never did, since this master is one. */
  readonly ranOn: HostUuid | null;
  /** `HostView.bootTime` of that host when it came there; null: not known. */
  readonly ranInBoot: string | null;
}

/** An appliance (vApp), read only when OP_MODE is 1. */
export interface ApplianceView {
  readonly uuid: ApplianceUuid;
  readonly name: string;
  readonly busy: boolean;
  readonly haltedVms: readonly VmUuid[];
}

/** One consistent read of the pool database. */
export interface DatabaseView {
  readonly pool: {
    readonly uuid: PoolUuid;
    readonly name: string;
    /** null when the record's reference names no host we read (an unfinished start of xapi). */
    readonly master: HostUuid | null;
    readonly haEnabled: boolean;
    readonly otherConfig: Readonly<Record<string, string>>;
  };
  readonly hosts: readonly HostView[];
  readonly halted: readonly HaltedVm[];
  /** null when not asked for. */
  readonly appliances: readonly ApplianceView[] | null;
  /** PBDs (connections of a host to a storage repository) that are attached, by uuid; null when not asked for or not readable. */
  readonly storage: readonly string[] | null;
  /**
   * Of the domains that were asked for, those that the database does not have on their host: where it has them, with
   * "an operation is in progress". One that is neither here nor among that host's residents is no VM of the database.
   */
  readonly domains: readonly DomainRecord[];
}

export interface DomainRecord {
  readonly uuid: VmUuid;
  readonly name: string;
  readonly residentOn: HostUuid | null;
  readonly powerState: "Halted" | "Paused" | "Running" | "Suspended";
  readonly busy: boolean;
}

/** Why something could not be learnt from, or done by, XAPI. Four kinds, because each means another thing. */
export type XapiFault =
  /** No answer within the deadline: nothing is known, the call may still take effect. */
  | { readonly kind: "timeout" }
  /** No connection, or it broke: nothing is known. */
  | { readonly kind: "unreachable"; readonly detail: string }
  /** An answer that is not what the protocol promises: HTML, truncated JSON, missing or wrong fields. */
  | { readonly kind: "malformed"; readonly detail: string }
  /** XAPI answered with an error code. */
  | {
      readonly kind: "api";
      readonly code: string;
      readonly params: readonly string[];
    };

export type XapiResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: XapiFault };

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

/** All that one round of an iteration has seen. `nowMs` is time since boot. */
export interface PoolView {
  readonly nowMs: number;
  /** The wall clock of this host: for words, and for times that another host has written. */
  readonly wallMs: number;
  readonly self: LocalView;
  readonly database: XapiResult<DatabaseView>;
  /** Probes of this round by host; a host that was not probed is absent, which is not "silent". */
  readonly probes: ReadonlyMap<HostUuid, PeerProbe>;
  /** Whom the monitors hear; unknown when this host's has published nothing just now. */
  readonly hearing: Hearing | Unknown;
  /**
   * What the other hosts have answered when this master asked who runs the VMs of its database; a host that has not
   * answered is absent, which is no "no". This host itself is in `self.domains`.
   */
  readonly runs: ReadonlyMap<HostUuid, HostRuns>;
  /**
   * What the database says, read after those answers, of VMs that a host runs and the database does not have there, and of
   * those that it has on a host which does not run them.
   */
  readonly differing: readonly DomainRecord[];
  /** XAPI's messages about VMs that are down, as far as they were asked for in this round and read. */
  readonly stops: ReadonlyMap<VmUuid, StopMessages>;
  /** Of the VMs for whose guests a start waits (START_WAITS_FOR), those that are ready, as far as they could be read. */
  readonly ready: ReadonlySet<VmUuid>;
  /** Did every heuristic IP answer ICMP? `not-asked` when the setting is off or no tie was possible. */
  readonly heuristics: "all-answered" | "not-all-answered" | "not-asked";
  /** What VMs need and hosts have, where this round has to know it and could read it. */
  readonly inventory: Inventory | null;
  /** When an administrator has last said that fencing may go on (`ha-cfg resume`), by uptime; null: never in this boot. */
  readonly fencingResumedAtMs: number | null;
}
