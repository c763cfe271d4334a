import { absorb } from "../../../src/core/absorb.ts";
import { decide } from "../../../src/core/decide.ts";
import { openIncident } from "../../../src/core/fencing/incident.ts";
import type { HostHealth } from "../../../src/core/memory/host-health.ts";
import type { Incident } from "../../../src/core/memory/incident.ts";
import type { KnownHost, LastGoodView } from "../../../src/core/memory/last-good.ts";
import { emptyMemory, type Memory } from "../../../src/core/memory/memory.ts";
import type { MasterRound, Round } from "../../../src/core/memory/step.ts";
import type { Action, Result } from "../../../src/core/model/action.ts";
import type { HostRuns } from "../../../src/core/model/hearing.ts";
import { type HostUuid, hostUuid, poolUuid, type VmUuid, vmUuid } from "../../../src/core/model/ids.ts";
import { OFFICE_KEY, SUCCESSOR_KEY } from "../../../src/core/model/pool-keys.ts";
import type {
  DatabaseView,
  HaltedVm,
  HostView,
  LocalView,
  PeerProbe,
  PoolView,
  Role,
} from "../../../src/core/model/pool-view.ts";
import type { Reason } from "../../../src/core/model/reason.ts";
import type { CoreSettings } from "../../../src/core/model/settings.ts";
import { localView, published } from "./own-host.ts";
import { leads, officeOf, type SightOver } from "./sight.ts";

export const POOL = poolUuid("pool-1");
export const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";

export const SETTINGS: CoreSettings = {
  MONITOR_DELAY: 45,
  XAPI_COUNT: 2,
  XAPI_DELAY: 10,
  XAPI_DOWN_TOLERANCE: 300,
  FENCE_ENABLED: true,
  FENCE_ACTION: "stop" as const,
  FENCE_METHOD: "ILO",
  FENCE_MIN_HOSTS: 3,
  FENCE_QUORUM_REQUIRED: true,
  FENCE_HA_ONFAIL: false,
  FENCE_HOST_FORGET: false,
  FENCE_REBOOT_LONE_HOST: false,
  FENCE_USE_IP_HEURISTICS: false,
  OP_MODE: 2,
  GLOBAL_VM_HA: true,
  DISABLED_VAPPS: [],
  XC_FIELD_NAME: "ha-lizard-enabled",
  HOST_SELECT_METHOD: 0,
  ...{ RESTART_STOPPED: false, RESTART_ON_GUEST_SHUTDOWN: true },
  ...{ START_WAITS_FOR: "nothing", START_WAITS_LIMIT: 180 },
  ...{ ANTI_AFFINITY_TAGS: [], SPARE_HOSTS: [] },
  MAIL_SCREEN_TIME: 60,
  PROMOTE_SLAVE: true,
  SLAVE_HA: true,
  SLAVE_VM_STAT: false,
};

/** Hosts are named h1, h2 …; h1 is the master unless a test says otherwise. */
export const host = (number: number): HostUuid => hostUuid(`h${number}`);
export const vm = (name: string): VmUuid => vmUuid(name);

export const address = (uuid: HostUuid): string => `10.0.0.${uuid.slice(1)}`;

export function hostView(uuid: HostUuid, over: Partial<HostView> = {}): HostView {
  return {
    uuid,
    name: uuid,
    address: address(uuid),
    otherAddresses: null,
    enabled: true,
    isEmptied: false,
    live: true,
    xapiStartTime: "1.",
    bootTime: "100.",
    otherConfig: {},
    residents: [],
    freeMemoryBytes: 1_000,
    ...{ squeezedFreeBytes: over.freeMemoryBytes ?? 1_000, cpus: 8 },
    ...over,
  };
}

/** The wall clock when h1 booted. */
export const WALL_MS = 1_795_842_000_000;

const NO_MESSAGES = { startedAtMs: null, stoppedAtMs: null, isForced: false };

/** XAPI has no message of any VM that is down. */
function saidNothing(read: PoolView["database"] | undefined): PoolView["stops"] {
  const halted = read?.ok === true ? read.value.halted : [];
  return new Map(halted.map(({ uuid }) => [uuid, NO_MESSAGES]));
}

/** The keys of a VM that has run in that pool. */
export const ranIn = (name: string, pool: string = POOL) => ({
  "home-pool": pool,
  "ha-lizard-ran": vm(name),
});

export function haltedVm(name: string, over: Partial<HaltedVm> = {}): HaltedVm {
  return {
    uuid: vm(name),
    name,
    ...{ order: 0, startDelayS: 0 },
    ...{ memoryBytes: 100, leastMemoryBytes: over.memoryBytes ?? 100 },
    ...{ restartPriority: "", cpus: 1, affinity: null, scheduledOn: null },
    ...{ busy: false, startBlocked: false },
    otherConfig: ranIn(name),
    appliance: null,
    alwaysRun: "unknown",
    ranOn: host(3),
    ranInBoot: null,
    ...over,
  };
}

export function database(hosts: readonly HostView[], over: Partial<DatabaseView> = {}): DatabaseView {
  return {
    pool: {
      uuid: POOL,
      name: "pool",
      master: host(1),
      haEnabled: false,
      otherConfig: {
        [FLAG]: "true",
        [SUCCESSOR_KEY]: "h2",
        autopromote_ranking: "h2:h3",
        [OFFICE_KEY]: officeOf(host(1)),
      },
    },
    hosts,
    halted: [],
    appliances: null,
    storage: null,
    domains: [],
    ...over,
  };
}

export const three = (): readonly HostView[] => [hostView(host(1)), hostView(host(2)), hostView(host(3))];

export const ALIVE = (master: HostUuid = host(1)): PeerProbe => ({
  icmp: "answered",
  xapi: "answered",
  follows: { kind: "slave-of", address: address(master) },
});
export const MASTER: PeerProbe = { icmp: "answered", xapi: "answered", follows: { kind: "is-master" } };
export const DEAD: PeerProbe = { icmp: "silent", xapi: "silent", follows: { kind: "unknown" } };
export const XAPI_DOWN: PeerProbe = { icmp: "answered", xapi: "silent", follows: { kind: "unknown" } };
export const UNKNOWN: PeerProbe = { icmp: "unknown", xapi: "silent", follows: { kind: "unknown" } };

/** The answer of a host that runs these VMs and follows that master. */
export const runsThere = (master: HostUuid, runs: HostRuns["runs"] = []): HostRuns => ({
  own: { role: "slave", master, xapi: "serving" },
  runs,
  atMs: null,
  bootId: null,
});

/** Every host whose XAPI answers says that it runs none of the VMs that are asked for. */
export function nothingRuns(
  master: HostUuid,
  probes: ReadonlyMap<HostUuid, PeerProbe>,
): ReadonlyMap<HostUuid, HostRuns> {
  const answering = [...probes].filter(([, { xapi }]) => xapi === "answered");
  return new Map(answering.map(([uuid]) => [uuid, runsThere(master)]));
}

/**
 * What the monitor of this host says by default: it leads a settled roll of all hosts that it knows, which names the master that
 * its own xapi has. It tells nothing of whom it hears, so that probes alone say who lives.
 */
function hearingOf(
  { self, nowMs, hearing, group }: Pick<PoolView, "self" | "nowMs"> & Pick<Situation, "hearing" | "group">,
  hosts: readonly { readonly uuid: HostUuid }[],
): PoolView["hearing"] {
  if (hearing === "unknown") return hearing;
  const { role } = self;
  const named = role.kind === "slave" ? hosts.find(({ uuid }) => address(uuid) === role.masterAddress) : null;
  const onRoll = new Set([self.uuid, ...hosts.map(({ uuid }) => uuid)]);
  const roll = group?.roll === null ? null : { master: named?.uuid ?? self.uuid, ...group?.roll };
  return published(
    self,
    nowMs,
    hearing?.peers ?? [],
    leads(self.uuid, [...onRoll].sort(), { ...group, roll }),
  );
}

/** One host's core, driven by hand: each `look` is a round at `atS` seconds; `memory` goes from round to round. */
export class Brain {
  memory: Memory = emptyMemory("boot-1");
  settings: CoreSettings = SETTINGS;
  inFlight = new Set<string>();
  /** What its monitor says of the group in every round that does not say otherwise. */
  group: SightOver = {};
  self: LocalView;

  constructor(uuid: HostUuid, role: Role) {
    this.self = localView(uuid, role);
  }

  input(
    atS: number,
    seen: Partial<Omit<PoolView, "probes">> & { probes?: Record<string, PeerProbe>; group?: SightOver },
  ): Round {
    const probes = new Map(Object.entries(seen.probes ?? {}).map(([uuid, probe]) => [hostUuid(uuid), probe]));
    const unread = { ok: false, fault: { kind: "timeout" } } as const;
    const nowMs = atS * 1_000;
    const known = seen.database?.ok ? seen.database.value.hosts : (this.memory.lastGood?.hosts ?? []);
    const said = { ...this, nowMs, hearing: seen.hearing, group: seen.group ?? this.group };
    const view: PoolView = {
      nowMs,
      wallMs: seen.wallMs ?? WALL_MS + nowMs,
      self: this.self,
      database: seen.database ?? unread,
      probes,
      hearing: hearingOf(said, known),
      runs: seen.runs ?? nothingRuns(this.self.uuid, probes),
      ...{ differing: seen.differing ?? [], ready: seen.ready ?? new Set() },
      stops: seen.stops ?? saidNothing(seen.database),
      heuristics: seen.heuristics ?? "not-asked",
      ...{ inventory: null, fencingResumedAtMs: seen.fencingResumedAtMs ?? null },
    };
    return {
      view,
      memory: this.memory,
      settings: this.settings,
      inFlight: this.inFlight,
      isDiskWritable: true,
    };
  }

  look(atS: number, seen: Parameters<Brain["input"]>[1]) {
    const decision = decide(this.input(atS, seen));
    this.memory = decision.memory;
    return decision;
  }

  /** An action ends; the kinds of what is told of it. */
  finish(action: Action, result: Result, atS: number): readonly string[] {
    const isSlave = this.self.role.kind === "slave";
    const context = { nowMs: atS * 1_000, settings: this.settings, isSlave, halted: new Map(), supply: null };
    const step = absorb(this.memory, { action, result }, context);
    this.memory = step.memory;
    return step.reasons.map((reason) => reason.kind);
  }
}

export const master = (number = 1): Brain => new Brain(host(number), { kind: "master" });
export const slave = (number: number, of = 1): Brain =>
  new Brain(host(number), { kind: "slave", masterAddress: address(host(of)) });

/** The kinds of actions, with what they act on, in short. */
export function short(actions: readonly { kind: string }[]): readonly string[] {
  return actions.map((action) => {
    const about = action as { host?: string; vm?: string; appliance?: string; key?: string };
    return [action.kind, about.host ?? about.vm ?? about.appliance ?? about.key].filter(Boolean).join(" ");
  });
}

/** What the last good view has of a host that is well and long up. */
export function knownHost(uuid: HostUuid, over: Partial<KnownHost> = {}): KnownHost {
  return {
    uuid,
    name: uuid,
    address: address(uuid),
    otherAddresses: [],
    enabled: true,
    xapiStartTime: "1.",
    bootTime: "100.",
    xapiStartedAtMs: 0,
    bootedAtMs: 0,
    enabledSinceMs: 0,
    disabledSinceMs: null,
    disabledByStart: false,
    work: null,
    ...over,
  };
}

/** The last good view of a pool of three at rest, HA on; all its hosts are members, and h1 is the master. */
export function goodView(over: Partial<LastGoodView> = {}): LastGoodView {
  const hosts = over.hosts ?? [1, 2, 3].map((number) => knownHost(host(number)));
  return {
    atMs: 0,
    pool: POOL,
    poolName: "lab",
    master: host(1),
    ...{ masterStartedAtMs: null, office: null },
    without: [],
    disarm: [],
    forgotten: [],
    haFlag: "on",
    hosts,
    members: hosts.map(({ uuid }) => uuid),
    ranking: [host(2), host(3)],
    addressesAtMs: null,
    parameters: "",
    changes: null,
    ...over,
  };
}

/** The memory of a host that has seen the pool whole since its boot. */
export function memoryWith(over: Partial<Memory> = {}): Memory {
  return { ...emptyMemory("boot-1"), lastGood: goodView(), sawPoolSinceBoot: true, ...over };
}

export function healthIn(state: HostHealth["state"], over: Partial<HostHealth> = {}): HostHealth {
  return {
    state,
    sinceMs: 0,
    failedRetries: 0,
    lastRetryMs: 0,
    xapiSilentSinceMs: null,
    pings: state === "alive" || state === "xapi-down",
    ...over,
  };
}

/** The incident of h3 unless another host is named, by its uuid as the memory has it. */
export function incidentIn(
  phase: Incident["phase"],
  { uuid = host(3), ...over }: Partial<Incident> & { uuid?: HostUuid } = {},
): Readonly<Record<string, Incident>> {
  return { [uuid]: { ...openIncident(uuid, 0), phase, ...over } };
}

/** The fence of a host by the leader; it did not answer ping when it failed. */
export function fenceOf(uuid: HostUuid): Extract<Action, { kind: "fence-host" }> {
  return { kind: "fence-host", host: uuid, address: address(uuid), pingIsLife: true, byLeader: true };
}

/** What a round finds besides the memory; by default h1 is master of three hosts, and nobody was asked. */
export interface Situation {
  readonly nowMs?: number;
  readonly self?: Partial<LocalView>;
  readonly probes?: Readonly<Record<string, PeerProbe>>;
  readonly database?: DatabaseView;
  readonly hearing?: PoolView["hearing"] | undefined;
  /** What this host's monitor says of the group; what is left out: it leads. */
  readonly group?: SightOver | undefined;
  /** Default: all others say that they run none of the VMs. */
  readonly runs?: PoolView["runs"];
  readonly differing?: PoolView["differing"];
  readonly heuristics?: PoolView["heuristics"];
  readonly fencingResumedAtMs?: number;
  readonly settings?: Partial<CoreSettings>;
  readonly inFlight?: readonly string[];
  readonly isDiskWritable?: boolean;
}

export function masterRound(memory: Memory, situation: Situation = {}): MasterRound {
  const read = situation.database ?? database(three());
  const round = roundOf(memory, { ...situation, database: read }, { kind: "master" }, host(1));
  return { ...round, view: { ...round.view, database: { ok: true, value: read } }, database: read };
}

/** A round of h2, the first of the ranking, which cannot read the database of its master h1. */
export function slaveRound(memory: Memory, situation: Situation = {}): Round {
  return roundOf(memory, situation, { kind: "slave", masterAddress: address(host(1)) }, host(2));
}

function roundOf(memory: Memory, situation: Situation, role: Role, uuid: HostUuid): Round {
  const probes = Object.entries(situation.probes ?? {}).map(([peer, probe]): [HostUuid, PeerProbe] => [
    hostUuid(peer),
    probe,
  ]);
  const self: LocalView = { ...localView(uuid, role), ...situation.self };
  const nowMs = situation.nowMs ?? 1_000_000;
  const hosts = situation.database?.hosts ?? memory.lastGood?.hosts ?? [];
  return {
    view: {
      nowMs,
      wallMs: WALL_MS + nowMs,
      self,
      database: { ok: false, fault: { kind: "timeout" } },
      probes: new Map(probes),
      hearing: hearingOf({ ...situation, self, nowMs }, hosts),
      ...{ differing: situation.differing ?? [], ready: new Set() },
      stops: new Map((situation.database?.halted ?? []).map(({ uuid }) => [uuid, NO_MESSAGES])),
      runs: situation.runs ?? new Map([2, 3, 4, 5].map((number) => [host(number), runsThere(uuid)])),
      heuristics: situation.heuristics ?? "not-asked",
      ...{ inventory: null, fencingResumedAtMs: situation.fencingResumedAtMs ?? null },
    },
    memory,
    settings: { ...SETTINGS, ...situation.settings },
    inFlight: new Set(situation.inFlight),
    isDiskWritable: situation.isDiskWritable ?? true,
  };
}

/** The kinds of reasons, with the host they are about or why, in short. */
export function said(reasons: readonly Reason[]): readonly string[] {
  return reasons.map((reason) => {
    const about = reason as { host?: string; why?: string };
    return [reason.kind, about.host, about.why].filter(Boolean).join(" ");
  });
}
