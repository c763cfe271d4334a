import type { GroupNetwork, HearingBoard, HearingReader, RunsAsker } from "../ports/group.ts";
import { NO_RECORD, type RoundRecorder } from "../ports/record.ts";
import type { Scheduled, SimClock } from "./clock.ts";
import type { Database, Fields } from "./database.ts";
import type { Random } from "./random.ts";
import type { GuestSpec } from "./spec.ts";
import type { Timings } from "./timings.ts";
import type { ApiError } from "./xapi/answer.ts";

export type ProcessRole =
  | { readonly kind: "master" }
  | { readonly kind: "slave"; readonly address: string }
  | { readonly kind: "broken" };

/** One life of one host's xapi. What it had begun when it died is never continued. */
export interface XapiProcess {
  readonly host: SimHost;
  /** As pool.conf said when it started; a later change counts from the next start. */
  readonly role: ProcessRole;
  alive: boolean;
  /** Stopped by a signal: connections are taken, nothing is answered. */
  frozen: boolean;
  /** Its sockets are open. */
  answers: boolean;
  /** Master: the database is loaded. Slave: Pool.hello succeeded. */
  serving: boolean;
  emergency: ApiError | null;
  /**
   * Slave: its connection to the master's database, on which all its other calls depend (adapters/xapi/README.md, T2).
   */
  master: XapiProcess | null;
  connected: boolean;
  lostAtMs: number;
  retryAtMs: number | null;
  fuseLit: boolean;
  /** Its event thread waits for ever for a xenopsd that was killed: no operation on this host ends (xenopsd.ts). */
  stuck: boolean;
  /** By reference; the record is made when it is read. */
  readonly sessions: Map<string, () => Fields>;
  readonly localSessions: Set<string>;
  /** Master: when each host was last heard of, by reference. */
  readonly heartbeats: Map<string, number>;
  readonly onDeath: Set<() => void>;
  readonly onThaw: (() => void)[];
}

/** How the clock of a host runs: so many of its milliseconds for each of the world's, since a moment at which it said `uptimeMs`. */
export interface Rate {
  readonly perMs: number;
  readonly sinceMs: number;
  readonly uptimeMs: number;
}

/** A slot of Xen's watchdog that is armed. */
export interface ArmedSimSlot {
  readonly id: string;
  readonly timeoutMs: number;
  readonly armedAtMs: number;
  readonly firesAtMs: number;
  readonly fires: Scheduled;
}

/** Xen's watchdog of a host (ports/watchdog-slots.ts). */
export interface SimWatchdog {
  /** What the program of the host has armed, the oldest one first. */
  slots: readonly ArmedSimSlot[];
  /** How many the program has armed since the world began. */
  count: number;
  /** So many slots something else has taken. */
  foreign: number;
  /** There is no xenwatchdogd on the host. */
  isMissing: boolean;
  /** Dom0 is busy: a slot is armed so long after it was asked for, whoever has given up waiting. */
  slowMs: number;
}

/** The places outside the pool on which hosts claim ties (ports/ties.ts): a machine, and the shared storage. They fail together. */
export interface SimTies {
  isUp: boolean;
  /** What is asked is done, and nobody is told. */
  losesAnswers: boolean;
  /** Each question comes so much later. */
  slowMs: number;
  /** Who has claimed a name of a folder there. */
  readonly claims: Map<string, string>;
}

/** Decides what becomes of each call that a host's program makes (ports/chaos.ts). */
export interface CallFates {
  /** Makes a call, or does not; `failure` is what the port's contract says a failed one looks like. */
  call<T>(what: string, host: number, run: () => Promise<T>, failure: () => T): Promise<T>;
}

/** Carries what the monitors of the hosts say to each other (ports/datagrams.ts). */
export interface Messengers {
  network(host: number): GroupNetwork;
  board(host: number): HearingBoard;
  reader(host: number): HearingReader;
  asker(host: number): RunsAsker;
  /** Until when a host may act, by what its monitor has published; null: it may not. */
  mandateUntilMs(host: number): number | null;
  /** The monitor of this host has ended: nobody takes its messages. */
  detach(host: number): void;
}

/** A copy of a VM that really runs, whatever any database says. */
export interface Domain {
  readonly vm: string;
  readonly sinceMs: number;
}

/** A start that xenopsd of a host knows of (xenopsd.ts). */
export interface Start {
  /** `handed`: its folder exists. `queued`: xenopsd will carry it out. `lost`: xenopsd was killed at work. */
  stage: "handed" | "queued" | "lost" | "done";
}

export interface SimHost {
  readonly number: number;
  readonly uuid: string;
  readonly name: string;
  readonly address: string;
  /** On its second network, where XAPI does not talk; null: it has none. */
  readonly secondAddress: string | null;
  readonly ref: string;
  readonly metricsRef: string;
  readonly memoryBytes: number;
  /** null: as many as the recorded host had. */
  readonly cpus: number | null;
  readonly root: string | null;
  power: boolean;
  /** Addresses to which it has an unreachable route: nothing passes between it and them, and what it asks them fails at once. */
  readonly routes: Set<string>;
  bootCount: number;
  bootedAtMs: number;
  /** How fast its clock runs (host-clock.ts). */
  rate: Rate;
  /** What stands in /etc/xensource/pool.conf. */
  poolConf: string;
  /** /var/run/xapi_init_complete.cookie exists. */
  initComplete: boolean;
  /** When it was written last, by the clock of this host. */
  initCompleteWallMs: number;
  /** The copy on this host's disk; on a master that serves it is the pool database in its memory. */
  database: Database;
  /** What the master's file says while its memory is ahead of it; null: the same (xapi/state-file.ts). */
  stored: Database | null;
  /** XAPI of this host can write no database: `/var/lib/xcp` is full. */
  databaseDiskFull: boolean;
  databaseAtMs: number;
  /** XAPI messages are files of the host that was master when they were created. */
  readonly messages: Map<string, Fields>;
  xapi: XapiProcess | null;
  /** systemd has been told to stop xapi: nothing starts it, also not after a crash, until somebody does or the host boots. */
  xapiStopped: boolean;
  /** It dies at each start, as one whose disk or certificate is damaged. */
  xapiBroken: boolean;
  /** Since when, by the uptime of this host, its note below /run says that its xapi is held; null: there is none. */
  heldSinceMs: number | null;
  /** Disabled by an administrator so that a restart of xapi does not enable it again. */
  stayDisabled: boolean;
  haArmed: boolean;
  readonly watchdog: SimWatchdog;
  /** What its own `ipmitool` says of the address of its BMC; null: it has no such plugin. */
  readonly ipmiAddress: string | null;
  bmc: BmcState;
  /** Number of the host whose power its BMC really switches; another one's, when the cables are wrong. */
  bmcOf: number;
  /** Its BMC does what it was asked this long after the order, also when the asker has died meanwhile. */
  bmcDelayMs: number;
  /** It never comes back: its power cannot be switched on again. */
  gone: boolean;
  /** Every call to its xapi takes this much longer. */
  slowMs: number;
  /** What calls from outside have left in the logs of its xapi (xapi/noise.ts). */
  readonly noise: { errorLines: number; failedLogins: number };
  /** How far its wall clock is from the world's. */
  wallStepMs: number;
  readonly domains: Map<string, Domain>;
  /** Starts that xenopsd knows of and that are no domain yet, by the VM's uuid. */
  readonly starts: Map<string, Start>;
}

export type BmcState = "up" | "dead" | "slow" | "lying";

/** What a VM is, as opposed to what a database says about it. */
export interface SimVm {
  readonly uuid: string;
  readonly ref: string;
  readonly name: string;
  /** Number of the disk's SR: 0 shared, n local to host n, null no disk. */
  readonly disk: number | null;
  /** What its start takes; null: what every start takes. */
  readonly startMs: number | null;
  /** How long after its start its guest agent speaks, and has an address; null: it has no agent. */
  readonly guest: GuestSpec | null;
}

export interface LogEntry {
  readonly atMs: number;
  readonly what: string;
  readonly [detail: string]: unknown;
}

/** Something that must never be: two copies of a VM, or two writers of a disk. */
export interface Violation {
  readonly atMs: number;
  readonly what: "vm-twice" | "disk-two-writers";
  readonly vm: string;
  readonly hosts: readonly number[];
}

/** A call of a plugin on a host (`host.call_plugin`). */
export interface PluginCall {
  readonly host: number;
  readonly plugin: string;
  readonly fn: string;
  readonly args: Readonly<Record<string, string>>;
}

/** `missing`: there is no such plugin. */
export type PluginEnd =
  | { readonly kind: "success" | "failure"; readonly value: string }
  | { readonly kind: "missing" };

/** How a hook of XAPI has ended, and what it has said on standard output. */
export interface HookEnd {
  readonly code: number;
  readonly said: string;
}

interface Waiter {
  readonly ready: () => boolean;
  readonly resume: () => void;
  readonly abandoned: () => boolean;
}

/** The truth: power, links, domains, disks, and one xapi per host. Everything else has opinions. */
export class World {
  readonly clock: SimClock;
  readonly random: Random;
  readonly timings: Timings;
  readonly hosts: SimHost[] = [];
  readonly vms = new Map<string, SimVm>();
  readonly externals = new Map<string, boolean>();
  readonly ties: SimTies = { isUp: true, losesAnswers: false, slowMs: 0, claims: new Map() };
  readonly log: LogEntry[] = [];
  readonly violations: Violation[] = [];
  /** What makes the calls of the program unreliable; null: nothing. */
  chaos: CallFates | null = null;
  /** What stands in `/etc/xapi.d/vm-pre-start` of a host, run before a VM starts there; null: nothing. */
  preStartHooks: ((host: number, vm: string) => Promise<HookEnd>) | null = null;
  /** Runs a plugin that stands in `/etc/xapi.d/plugins` of a host; null: the hosts have none but those of this world. */
  plugins: ((call: PluginCall) => Promise<PluginEnd>) | null = null;
  /** XAPI's secrets, by uuid. */
  readonly secrets = new Map<string, string>();
  /** null: the monitors say nothing to each other. */
  messengers: Messengers | null = null;
  /** Who takes the record of a host's iterations; nobody, unless a test wants it. */
  recorderOf: (host: number) => RoundRecorder = () => NO_RECORD;
  /** The monitors have their real watches (watches.ts). */
  hasWatches = false;
  /** Called for each line of the log, after it was added. */
  readonly listeners: ((entry: LogEntry) => void)[] = [];
  /** Called after power, links or a xapi changed, before what waits for it is looked at. */
  readonly onTopology: (() => void)[] = [];
  private readonly cuts = new Set<string>();
  private waiters: Waiter[] = [];

  constructor(clock: SimClock, random: Random, timings: Timings) {
    this.clock = clock;
    this.random = random;
    this.timings = timings;
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  host(number: number): SimHost {
    const host = this.hosts[number - 1];
    if (host === undefined)
      throw new RangeError(`Cannot use host ${number}: the pool has ${this.hosts.length}`);
    return host;
  }

  hostAt(address: string): SimHost | undefined {
    return this.hosts.find((host) => host.address === address || host.secondAddress === address);
  }

  vmNamed(name: string): SimVm {
    for (const vm of this.vms.values()) if (vm.name === name || vm.uuid === name) return vm;
    throw new RangeError(`Cannot use VM ${name}: it does not exist`);
  }

  record(what: string, details: Record<string, unknown> = {}): void {
    const entry = { atMs: this.nowMs(), what, ...details };
    this.log.push(entry);
    for (const listener of this.listeners) listener(entry);
  }

  /** Asked with every event, and mostly nothing is cut. */
  private isCut(from: number, to: number | string): boolean {
    return this.cuts.size > 0 && this.cuts.has(`${from}>${to}`);
  }

  /**
   * Has `from` an unreachable route to this address? No answer of its own leaves it either, and a kernel that looks whence
   * packets come (rp_filter 1 or 2) drops what arrives from there, datagrams too: measured.
   */
  isUnreachable(from: number, address: string): boolean {
    const { routes } = this.host(from);
    return routes.size > 0 && routes.has(address);
  }

  /** Can `from` ask `to` something and hear the answer? Both have power; one-way cuts are firewalls, not wires. */
  reaches(from: number, to: number): boolean {
    const [asker, asked] = [this.host(from), this.host(to)];
    if (!asker.power || !asked.power) return false;
    if (this.isUnreachable(from, asked.address) || this.isUnreachable(to, asker.address)) return false;
    return from === to || !this.isCut(from, to);
  }

  /** The same for an address of any network. */
  reachesAt(from: number, address: string): boolean {
    const to = this.hostAt(address);
    if (to === undefined) return false;
    if (to.secondAddress !== address) return this.reaches(from, to.number);
    const { power, secondAddress } = this.host(from);
    if (!power || !to.power || this.isUnreachable(from, address)) return false;
    if (secondAddress !== null && this.isUnreachable(to.number, secondAddress)) return false;
    return from === to.number || !this.isCut(from, `second${to.number}`);
  }

  /** The same over whatever network there is. */
  reachesAnyWay(from: number, to: number): boolean {
    const { secondAddress } = this.host(to);
    return this.reaches(from, to) || (secondAddress !== null && this.reachesAt(from, secondAddress));
  }

  /** Can `from` talk to the management controller of `to`, which has power of its own? */
  reachesBmc(from: number, to: number): boolean {
    return this.host(from).power && !this.isCut(from, `bmc${to}`);
  }

  /** Do the probes of `from` get through to `to`, where its xapi may? A firewall for one program. */
  letsProbe(from: number, to: number): boolean {
    return this.cuts.size === 0 || !this.isCut(from, `probe${to}`);
  }

  /** Can `from` ping that address outside the pool? */
  reachesExternal(from: number, address: string): boolean {
    return this.externals.get(address) === true && !this.isCut(from, address);
  }

  /** Does what this host asks the place of ties get there, and its answer back? That is the machine with the ties, or the shared storage. */
  reachesTie(from: number, kind: "ssh" | "sr"): boolean {
    return !this.isCut(from, kind === "ssh" ? "tie" : "storage");
  }

  /** Cuts or mends one direction; `to` is a host's number (the network of XAPI), `second<n>`, `bmc<n>`, `probe<n>`, `tie`, `storage`, or an address outside the pool. */
  setLink(from: number, to: number | string, up: boolean): void {
    const key = `${from}>${to}`;
    if (up) this.cuts.delete(key);
    else this.cuts.add(key);
    this.record("link", { from, to, up });
    this.topologyChanged();
  }

  mendAllLinks(): void {
    this.cuts.clear();
    this.record("heal");
    this.topologyChanged();
  }

  topologyChanged(): void {
    for (const look of this.onTopology) look();
    this.changed();
  }

  /** Lets everything go on that waited for what is now true. */
  changed(): void {
    if (this.waiters.length === 0) return;
    const waiters = this.waiters;
    this.waiters = [];
    for (const waiter of waiters) {
      if (waiter.abandoned()) continue;
      if (waiter.ready()) waiter.resume();
      else this.waiters.push(waiter);
    }
  }

  /** Calls `resume` as soon as `ready` holds, unless `abandoned`. */
  when(ready: () => boolean, resume: () => void, abandoned: () => boolean): void {
    if (abandoned()) return;
    if (ready()) resume();
    else this.waiters.push({ ready, resume, abandoned });
  }
}
