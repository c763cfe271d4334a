import type { AlertTarget } from "../core/model/alert.ts";
import type { ApplianceUuid, HostUuid, PoolUuid, VmUuid } from "../core/model/ids.ts";
import type {
  DatabaseView,
  DomainRecord,
  HaltedVm,
  Inventory,
  Role,
  XapiResult,
} from "../core/model/pool-view.ts";
import type { Stop, StopMessages } from "../core/model/stop.ts";
import type { ListWrite, ReadList } from "./fence-lists.ts";

/** What a read should contain beyond pool, hosts, halted VMs and residents. */
export interface ReadScope {
  /** Read appliances (OP_MODE=1): one more call. */
  readonly appliances: boolean;
  /** Read which storage is attached (a start has failed and waits): one more call. */
  readonly storage: boolean;
  /** Read the addresses of the hosts' other networks: one more call. */
  readonly addresses: boolean;
  /**
   * VMs whose domains run on this host, to be compared with the database; one more call when there is one that the
   * database does not have there. null: nothing to compare.
   */
  readonly domains: { readonly host: HostUuid; readonly vms: readonly VmUuid[] } | null;
}

/**
 * The pool database, read. On a slave the call is forwarded to the master and blocks for ever when that is gone
 * (adapters/xapi/README.md, T2), so `signal` is not optional.
 */
export interface PoolReader {
  /** A few calls whatever the size of the pool. Never rejects. */
  read(scope: ReadScope, signal: AbortSignal): Promise<XapiResult<DatabaseView>>;
  /**
   * What VMs need of a host, and what the hosts have: seven or eight calls at the same time, each given 30 s. Of five hundred VMs
   * it is some 3 MB. Never rejects.
   */
  readInventory(signal: AbortSignal): Promise<XapiResult<Inventory>>;
  /** What the database says of these VMs at this moment; those it does not know are absent. One call. */
  readVms(vms: readonly VmUuid[], signal: AbortSignal): Promise<XapiResult<readonly DomainRecord[]>>;
}

/** How the start of a VM or appliance went. `pending`: the task was still running when `signal` aborted. */
export type StartResult = XapiResult<"started" | "pending">;

/** What must still be so right before a start. */
export interface SameRun {
  /** The master. */
  readonly host: HostUuid;
  /** `HostView.xapiStartTime` of its record when the start was decided. */
  readonly xapiStartTime: string | null;
}

/** VMs and appliances, started. Asynchronous XAPI tasks, followed to their end and destroyed. */
export interface VmStarter {
  /**
   * `VM.start_on` the first host of `candidates` that can take it; the next is tried only after an error that
   * speaks of the host (memory, storage, network, disabled), not of the VM. Empty: `VM.start`, XAPI picks.
   * @param mayGoOn asked before each host but the first, for an attempt may have taken long: false ends it
   */
  startVm(
    vm: VmUuid,
    candidates: readonly HostUuid[],
    signal: AbortSignal,
    mayGoOn: () => Promise<boolean>,
  ): Promise<StartResult>;
  /**
   * Are all these VMs halted, without an operation, in the database of the same run of the master's xapi? Two calls. A
   * xapi that has started meanwhile has an older database (adapters/xapi/README.md, "The database on disk").
   */
  areStillHalted(vms: readonly VmUuid[], run: SameRun, signal: AbortSignal): Promise<XapiResult<boolean>>;
  /** `VM_appliance.start`. */
  startAppliance(appliance: ApplianceUuid, signal: AbortSignal): Promise<StartResult>;
}

/** What XAPI tells of who has stopped a VM. */
export interface StopReader {
  /**
   * `message.get` of each: 1 to 4 ms, twenty at a time. Those whose messages could not be read are absent. Messages stay on the master that
   * wrote them (adapters/xapi/README.md, "Messages").
   */
  readStops(vms: readonly VmUuid[], signal: AbortSignal): Promise<ReadonlyMap<VmUuid, StopMessages>>;
}

/** What XAPI tells of the guests of VMs that run. */
export interface GuestReader {
  /**
   * Those whose guest agent speaks, or whose guest has an address that others can reach; empty where that could not be read. One call, and one
   * more for each VM with an agent.
   */
  readReady(
    vms: readonly VmUuid[],
    what: "tools" | "address",
    signal: AbortSignal,
  ): Promise<ReadonlySet<VmUuid>>;
}

/** The master, without the xapi of this host. */
export interface MasterConnection {
  /**
   * Starts over a connection of this program to the master at this address, for the host `self`, a slave
   * (adapters/xapi/README.md, "A slave's own connection to the master"). A fault where there is no way that is
   * verified; whether the master answers is seen with the first call.
   */
  atMaster(self: HostUuid, address: string, signal: AbortSignal): Promise<XapiResult<VmStarter>>;
}

/**
 * Single keys of `other_config`, changed one by one: the whole map is never written (adapters/xapi/README.md,
 * "`other_config`").
 */
export interface PoolMarker {
  setPoolKey(key: string, value: string, signal: AbortSignal): Promise<XapiResult<void>>;
  /** Writes the key unless it is there, whoever wrote it; answers whether it was written. */
  addPoolKey(key: string, value: string, signal: AbortSignal): Promise<XapiResult<boolean>>;
  /**
   * The same in two calls, without a look at what was there: for a key that nobody else writes. Between the two there is
   * none; when the second one fails there is none any more.
   */
  replacePoolKey(key: string, value: string, signal: AbortSignal): Promise<XapiResult<void>>;
  removePoolKey(key: string, signal: AbortSignal): Promise<XapiResult<void>>;
  setHostKey(host: HostUuid, key: string, value: string, signal: AbortSignal): Promise<XapiResult<void>>;
  setVmKey(vm: VmUuid, key: string, value: string, signal: AbortSignal): Promise<XapiResult<void>>;
  stampHomePool(vm: VmUuid, pool: PoolUuid, signal: AbortSignal): Promise<XapiResult<void>>;
  /** Who stopped the VM is kept with it (`STOP_KEY`, core/model/stop.ts); null: it runs, and that is over. */
  keepStop(vm: VmUuid, stop: Stop | null, signal: AbortSignal): Promise<XapiResult<void>>;
  /**
   * `host.request_backup` of the master itself, in a local session: its database is on its own disk at once
   * (adapters/xapi/README.md, "The database on disk"). 5 ms, 49 ms with a thousand VMs.
   */
  storeDatabase(master: HostUuid, signal: AbortSignal): Promise<XapiResult<void>>;
  /**
   * On a slave: `host.request_backup` of itself, in a local session over TCP port 80, which makes its xapi fetch a copy of
   * the master's database (adapters/xapi/README.md, "The database on disk"). 70 ms, a second with a thousand VMs; while
   * the master's xapi starts it is refused at once, and a master that is off costs 10 s.
   */
  fetchDatabase(self: HostUuid, signal: AbortSignal): Promise<XapiResult<void>>;
  /** `pool.sync_database`: every slave gets a fresh copy (adapters/xapi/README.md, T6). */
  syncDatabase(signal: AbortSignal): Promise<XapiResult<void>>;
}

/** What follows a host's death. */
export interface MemberRecovery {
  /**
   * Resets the dead host's VMs, disables it, releases its VDI locks (`host.declare_dead`). With `proved` XAPI is
   * first told that the host is off (`host.tickle_heartbeat` in a local session), which saves 10 s per VM; where
   * that is refused, the slow way is taken. `HOST_IS_LIVE` comes back as an API fault.
   */
  declareDead(host: HostUuid, proved: boolean, signal: AbortSignal): Promise<XapiResult<void>>;
  /** `host.enable`, which is forwarded to the host: HOST_STILL_BOOTING until its start is over. */
  enableHost(host: HostUuid, signal: AbortSignal): Promise<XapiResult<void>>;
  /** `host.restart_agent`, forwarded to the host, whose xapi starts again 10 s later; its VMs run on. */
  restartXapi(host: HostUuid, signal: AbortSignal): Promise<XapiResult<void>>;
  /**
   * `VM.atomic_set_resident_on` in a local session, which only a master's xapi takes: the database says from now on that
   * the VM is on this host (adapters/xapi/README.md, "The database on disk"). 3 ms.
   */
  setResident(vm: VmUuid, host: HostUuid, signal: AbortSignal): Promise<XapiResult<void>>;
  /** `host.destroy` (FENCE_HOST_FORGET=1): for good. */
  forgetHost(host: HostUuid, signal: AbortSignal): Promise<XapiResult<void>>;
}

/** What a host has said through the plugin of this program. */
export interface HostDomains {
  /** By its pool.conf. */
  readonly role: Role;
  /** As `LocalView.domains`. */
  readonly vms: readonly VmUuid[] | "unknown";
}

/** Questions to another host through XAPI, for one whose monitor is silent. */
export interface HostQuestions {
  /**
   * `host.call_plugin`, forwarded to the host. Only for a host whose XAPI answers: the question to a dead one keeps a
   * thread of the master's xapi for a minute.
   */
  askDomains(host: HostUuid, signal: AbortSignal): Promise<XapiResult<HostDomains>>;
}

/**
 * What another host does for a tie-breaker, asked through XAPI (`host.call_plugin`), as `TieBreakerSetUp` and `TieBreaker.test` do it
 * here. Only for a host whose XAPI answers. A host with another version of this program is a fault.
 */
export interface HostTies {
  tieKey(
    host: HostUuid,
    signal: AbortSignal,
  ): Promise<XapiResult<{ readonly key: string } | { readonly why: string }>>;
  /** At a place of ssh. */
  prepareTie(host: HostUuid, place: string, signal: AbortSignal): Promise<XapiResult<string | null>>;
  testTie(
    host: HostUuid,
    kind: "ssh" | "sr",
    place: string,
    signal: AbortSignal,
  ): Promise<XapiResult<string | null>>;
}

/**
 * The lists of fence devices of another host, asked of it through XAPI (`host.call_plugin`), as `FenceLists` has them here. Only for a host
 * whose XAPI answers. A host with another version of this program is a fault.
 */
export interface HostFenceLists {
  readFenceList(host: HostUuid, method: string, signal: AbortSignal): Promise<XapiResult<ReadList>>;
  /** null when it is done, else why it is not. */
  writeFenceList(host: HostUuid, write: ListWrite, signal: AbortSignal): Promise<XapiResult<string | null>>;
}

/** What another host has recorded, asked through XAPI. Only for a host whose XAPI answers. */
export interface HostHistory {
  /** As `RecordFiles.events`. */
  askHistory(
    host: HostUuid,
    sinceWallMs: number,
    signal: AbortSignal,
  ): Promise<XapiResult<readonly unknown[]>>;
}

/** The way to the master that this host's own xapi has, beside the probes of this program. */
export interface MasterPath {
  /**
   * Does the master answer through the own xapi? On a slave `system.isAlive` over the unix socket is forwarded without
   * a session (adapters/xapi/README.md, "Who answers a call"); its echo proves that the master lives, whatever firewall
   * stops the probes. False proves nothing. On a master it asks itself. Never rejects.
   */
  hearsMaster(signal: AbortSignal): Promise<boolean>;
}

/** The change of master, seen from the host that takes over. */
export interface Promotion {
  /** `pool.emergency_transition_to_master` in a local session; XAPI restarts some seconds later. */
  promoteSelf(signal: AbortSignal): Promise<XapiResult<void>>;
  /** `pool.emergency_reset_master` in a local session: this host becomes a slave of that one; XAPI restarts some seconds later. */
  followMaster(address: string, signal: AbortSignal): Promise<XapiResult<void>>;
}

/** XAPI messages: the alerts that XenCenter and Xen Orchestra show. */
export interface MessageBoard {
  /**
   * `message.create` on what the alert is about; on the pool when XAPI knows no such object (any more). Priority 1 (most
   * severe) to 5. An answer of another kind than `api` may be asked again (adapters/xapi/README.md, "Messages").
   */
  post(message: NewMessage, signal: AbortSignal): Promise<XapiResult<void>>;
  /**
   * All messages of this name that the master holds, the oldest first; another master has others
   * (adapters/xapi/README.md, "Messages"). `message.get_all_records_where`, whose filter XAPI before 8 ignores, so that
   * up to 10,000 messages may come.
   */
  listPosted(name: string, signal: AbortSignal): Promise<XapiResult<readonly PostedMessage[]>>;
  /** `message.destroy`. One that is gone already (HANDLE_INVALID) is no fault. */
  destroyPosted(message: PostedMessage, signal: AbortSignal): Promise<XapiResult<void>>;
}

/** A message to be posted. */
export interface NewMessage {
  readonly name: string;
  readonly priority: number;
  readonly target: AlertTarget;
  readonly body: string;
}

/** The name that all messages of this program have. */
export const ALERT_NAME = "HA-LIZARD";

/** A message as XAPI holds it. */
export interface PostedMessage {
  /** What XAPI knows it by; opaque. */
  readonly id: string;
  /** 1 (most severe) to 5. */
  readonly priority: number;
  /** ISO 8601, UTC, whole seconds, by the master's clock. */
  readonly postedAt: string;
  readonly body: string;
}

/** A VM in any power state, with all that a halted one is judged by; no template, snapshot or control domain. */
export interface ListedVm extends HaltedVm {
  readonly powerState: "Halted" | "Paused" | "Running" | "Suspended";
  readonly applianceName: string | null;
}

/** What only an administrator asks for: whole lists, keys taken away. */
export interface PoolAdministration {
  /**
   * Every VM, by name, then by uuid. Two calls, `VM.get_all_records_where` and `VM_appliance.get_all_records`, each
   * given 30 s: a thousand records are some 10 MB. On a slave see `PoolReader`.
   */
  listVms(signal: AbortSignal): Promise<XapiResult<readonly ListedVm[]>>;
  /** `host.remove_from_other_config`; an absent key is no error. */
  removeHostKey(host: HostUuid, key: string, signal: AbortSignal): Promise<XapiResult<void>>;
  /** `VM.remove_from_other_config`; an absent key is no error. */
  removeVmKey(vm: VmUuid, key: string, signal: AbortSignal): Promise<XapiResult<void>>;
}

/** One session, for a pass or an action of ha-cfg; what they need of XAPI, by role. */
export interface Xapi
  extends PoolReader,
    VmStarter,
    StopReader,
    GuestReader,
    MasterConnection,
    PoolMarker,
    MemberRecovery,
    MasterPath,
    HostQuestions,
    HostTies,
    HostFenceLists,
    HostHistory,
    Promotion,
    MessageBoard,
    PoolAdministration {
  /** Logs out and closes connections. Never rejects, takes no longer than a second. */
  close(): Promise<void>;
  /** Requests sent so far, for the record of the pass. */
  calls(): number;
}
