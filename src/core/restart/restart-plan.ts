import type { StopVerdict } from "../intent/judge-stop.ts";
import type { RestartHistory, Retry } from "../memory/attempts.ts";
import type { Down, Supply } from "../memory/down.ts";
import type { Action } from "../model/action.ts";
import { customFieldKey } from "../model/ha-flag.ts";
import { type HostUuid, type PoolUuid, type VmUuid, vmUuid } from "../model/ids.ts";
import { homePoolOf } from "../model/pool-keys.ts";
import type { ApplianceView, HaltedVm } from "../model/pool-view.ts";
import type { RestartSettings } from "../model/settings.ts";
import { isDue } from "../pace/back-off.ts";
import { notBeforeMs } from "../pace/flapping.ts";
import { type Needs, placementVm } from "../placement/build-problem.ts";
import { place } from "../placement/place.ts";
import type { PlacementHost } from "../placement/problem.ts";
import { type NameOf, whyNowhere } from "../placement/why-nowhere.ts";
import type { Hold } from "./holds.ts";
import { rankOf } from "./rank.ts";
import { hasGained } from "./supply.ts";

/** Starts asked for at the same time; the rest follows as these end. */
export const PARALLEL_STARTS = 10;

/** Why a halted VM is left alone. */
export type RestartRefusal =
  | "not-managed"
  | "operation-in-progress"
  | "start-blocked"
  | "never-ran-here"
  | "home-is-another-pool"
  /** XAPI is still being told that its host is dead, and its disks are not free before that has ended. */
  | "being-released"
  /** Who stopped it wants it to stay down ("What was meant", core/README.md). */
  | "stopped-on-purpose"
  /** Nobody knows yet who stopped it. */
  | "stop-not-read"
  /** HA rests for the host on which it ran last. */
  | "its-host-is-disarmed"
  | "waits-for-back-off"
  | "keeps-halting"
  | "waits-for-lower-order"
  /** It runs, whatever the database says. */
  | "runs-already"
  /** A host has not said whether it runs it. */
  | "whereabouts-not-known"
  | "no-healthy-host"
  /** Every host lacks something that it needs. */
  | "no-host-fits";

export interface RestartInput {
  readonly pool: PoolUuid;
  readonly nowMs: number;
  readonly halted: readonly HaltedVm[];
  readonly appliances: readonly ApplianceView[];
  /** Hosts that may be given VMs: alive, enabled, no suspect. What is being started there is counted off. */
  readonly targets: readonly PlacementHost[];
  /** The other hosts, with why they get none. */
  readonly excluded: readonly { readonly host: HostUuid; readonly why: string }[];
  readonly needs: Needs;
  readonly nameOf: NameOf;
  /** Every host of the pool is healthy, so XAPI's own choice cannot fall on a dead one (adapters/xapi/README.md, T8). */
  readonly allHealthy: boolean;
  /** Hosts for which HA rests: what ran there last is started nowhere. */
  readonly resting: ReadonlySet<HostUuid>;
  /** XAPI would place a VM there, too; appliances are left to it all the same. */
  readonly isAnyResting: boolean;
  readonly restarts: Readonly<Record<string, RestartHistory>>;
  readonly retries: Readonly<Record<string, Retry>>;
  /** What is down, with the last start that failed. */
  readonly down: Readonly<Record<string, Down>>;
  /** What the pool has now: a start that lacked something is not held back once that is there. */
  readonly supply: Supply;
  /** Why a VM may not be started, by what the hosts say of it; absent: it runs nowhere. */
  readonly holds: ReadonlyMap<VmUuid, Hold>;
  /** Who stopped it, and may it be started? Absent: nothing speaks against it. */
  readonly stops: ReadonlyMap<VmUuid, StopVerdict>;
  /** VMs of hosts that are being declared dead. */
  readonly unreleased: ReadonlySet<VmUuid>;
  /** VMs of a group before, whose guests are not ready (START_WAITS_FOR). */
  readonly unready: ReadonlySet<VmUuid>;
  /** Keys of actions in flight (core/model/action.ts). */
  readonly inFlight: ReadonlySet<string>;
}

/** A start whose witnesses are not named yet, nor the proofs on which it rests. */
export type PlannedStart =
  | Omit<Extract<Action, { kind: "start-vm" }>, "asks" | "rests" | "unlessOn">
  | Omit<Extract<Action, { kind: "start-appliance" }>, "asks" | "rests" | "unlessOn">;

export interface Refused {
  readonly vm: string;
  readonly name: string;
  readonly why: RestartRefusal;
  /** What each host lacks, in words; null for other refusals. */
  readonly lacks: string | null;
}

export interface RestartPlan {
  readonly starts: readonly PlannedStart[];
  readonly refused: readonly Refused[];
}

/** May this VM be started at all? null when nothing speaks against it. */
export function judgeVm(vm: HaltedVm, pool: PoolUuid, settings: RestartSettings): RestartRefusal | null {
  return isManaged(vm, settings) ? judgeStart(vm, pool) : "not-managed";
}

/** Does HA look after this VM (OP_MODE=2)? */
export function isManaged(vm: HaltedVm, settings: RestartSettings): boolean {
  // GLOBAL_VM_HA=1 is "every VM": the flag of a single VM is not asked, as in HA-Lizard.
  return settings.GLOBAL_VM_HA || vm.otherConfig[customFieldKey(settings.XC_FIELD_NAME)] === "true";
}

/** Is this pool the one in which the VM ran last? */
export function hasRunHere(vm: HaltedVm, pool: PoolUuid): boolean {
  return homePoolOf(vm.uuid, vm.otherConfig) === pool;
}

function judgeStart(vm: HaltedVm, pool: PoolUuid): RestartRefusal | null {
  const home = homePoolOf(vm.uuid, vm.otherConfig);
  if (home === null) return "never-ran-here";
  if (home !== pool) return "home-is-another-pool";
  if (vm.busy) return "operation-in-progress";
  return vm.startBlocked ? "start-blocked" : null;
}

/** Starts in groups of one rank (OP_MODE=2): lower first, the next group when the one before is up. */
export function planVmRestarts(input: RestartInput, settings: RestartSettings): RestartPlan {
  const refused: Refused[] = [];
  const refuse = (vm: HaltedVm, why: RestartRefusal, lacks: string | null = null) =>
    refused.push({ vm: vm.uuid, name: vm.name, why, lacks });
  const waiting: HaltedVm[] = [];
  for (const vm of input.halted) {
    const why = judgeVm(vm, input.pool, settings) ?? judgeRest(vm, input) ?? judgeTiming(vm, input);
    if (why !== null) refuse(vm, why);
    else waiting.push(vm);
  }
  // Whoever has no host holds up nobody; those that wait keep their places from those that go after them.
  const isBegun = (vm: HaltedVm) => input.inFlight.has(`start-vm:${vm.uuid}`);
  const { places, nowhere } = placeAll(
    waiting.filter((vm) => !isBegun(vm)),
    input,
    settings,
  );
  const placed = waiting.filter((vm) => isBegun(vm) || places.has(vm.uuid));
  const group = currentGroup(input.targets.length === 0 ? waiting : placed, input);
  for (const vm of waiting) {
    if (rankOf(vm) > group && !nowhere.has(vm.uuid)) refuse(vm, "waits-for-lower-order");
    else if (input.targets.length === 0) refuse(vm, "no-healthy-host");
    else if (nowhere.has(vm.uuid)) refuse(vm, "no-host-fits", nowhere.get(vm.uuid) ?? null);
  }
  const room = PARALLEL_STARTS - countStartsInFlight(input.inFlight);
  const chosen = placed
    .filter((vm) => rankOf(vm) <= group && !isBegun(vm))
    .sort(byRankThenUuid)
    .slice(0, Math.max(room, 0));
  const xapiPicks = settings.HOST_SELECT_METHOD === 1 && input.allHealthy && !input.isAnyResting;
  const starts = chosen.map(({ uuid, name }): PlannedStart => {
    const candidates = xapiPicks ? [] : (places.get(uuid) ?? []);
    return { kind: "start-vm", vm: uuid, name, candidates };
  });
  return { starts, refused };
}

interface Places {
  /** Hosts for each VM, the best first. */
  readonly places: ReadonlyMap<VmUuid, readonly HostUuid[]>;
  /** What the hosts lack, in words, for each VM that has none. */
  readonly nowhere: ReadonlyMap<VmUuid, string>;
}

function placeAll(vms: readonly HaltedVm[], input: RestartInput, settings: RestartSettings): Places {
  const { targets, excluded, needs, nameOf } = input;
  if (targets.length === 0) return { places: new Map(), nowhere: new Map() };
  const { placed, unplaced } = place(
    vms.map((vm) => placementVm(vm, rankOf(vm), needs.get(vm.uuid), settings)),
    targets,
  );
  return {
    places: new Map(placed.map(({ vm, candidates }) => [vm, candidates])),
    nowhere: new Map(unplaced.map(({ vm, obstacles }) => [vm, whyNowhere(obstacles, excluded, nameOf)])),
  };
}

function judgeRest({ ranOn }: HaltedVm, { resting }: RestartInput): RestartRefusal | null {
  return ranOn !== null && resting.has(ranOn) ? "its-host-is-disarmed" : null;
}

/** Somebody wants it to stay down, its disks are not free yet, or a host says or may say that it runs. */
function judgeHold(vm: VmUuid, { unreleased, holds, stops }: RestartInput): RestartRefusal | null {
  const stop = stops.get(vm);
  if (stop?.starts === false) return stop.cause.kind === "not-read" ? "stop-not-read" : "stopped-on-purpose";
  return unreleased.has(vm) ? "being-released" : (holds.get(vm)?.kind ?? null);
}

function judgeTiming(vm: HaltedVm, input: RestartInput): RestartRefusal | null {
  const held = judgeHold(vm.uuid, input);
  if (held !== null) return held;
  if (!mayTryAgain(`start-vm:${vm.uuid}`, vm.uuid, vm.memoryBytes, input)) return "waits-for-back-off";
  return input.nowMs < notBeforeMs(input.restarts[vm.uuid], input.nowMs) ? "keeps-halting" : null;
}

/** Is the wait after a failed start over, or has what it may have lacked come back? */
function mayTryAgain(key: string, uuid: string, neededBytes: number, input: RestartInput): boolean {
  if (isDue(input.retries[key], input.nowMs)) return true;
  const failure = input.down[uuid]?.failure;
  return failure != null && hasGained(failure.supply, input.supply, neededBytes);
}

function byRankThenUuid(a: HaltedVm, b: HaltedVm): number {
  return rankOf(a) - rankOf(b) || (a.uuid < b.uuid ? -1 : 1);
}

/** The highest rank that may be started now: nothing of a lower one is waiting, starting, within its start_delay, or without its guest. */
function currentGroup(waiting: readonly HaltedVm[], input: RestartInput): number {
  const ranks = waiting.map(rankOf);
  const rankIn = ({ order }: RestartHistory): number =>
    order < 0 ? rankOf({ restartPriority: "", order }) : order;
  for (const [uuid, history] of Object.entries(input.restarts)) {
    // XAPI's own start lasts until start_delay is over, though the VM runs by then.
    if (input.inFlight.has(`start-vm:${uuid}`)) ranks.push(rankIn(history));
    const last = history.startedAtMs.at(-1);
    if (last !== undefined && input.nowMs < last + history.startDelayS * 1_000) ranks.push(rankIn(history));
    else if (input.unready.has(vmUuid(uuid))) ranks.push(rankIn(history));
  }
  return ranks.length === 0 ? 0 : Math.min(...ranks);
}

function countStartsInFlight(inFlight: ReadonlySet<string>): number {
  return [...inFlight].filter((key) => key.startsWith("start-")).length;
}

/** Starts of appliances (OP_MODE=1): XAPI keeps the order inside; single VMs are not managed. */
export function planApplianceRestarts(input: RestartInput, settings: RestartSettings): RestartPlan {
  const refused: Refused[] = [];
  const starts: PlannedStart[] = [];
  for (const appliance of input.appliances) {
    if (appliance.haltedVms.length === 0) continue;
    const why = judgeAppliance(appliance, input, settings);
    if (why !== null) refused.push({ vm: appliance.uuid, name: appliance.name, why, lacks: null });
    else if (!input.inFlight.has(`start-appliance:${appliance.uuid}`)) {
      starts.push({ kind: "start-appliance", appliance: appliance.uuid, name: appliance.name });
    }
  }
  const room = PARALLEL_STARTS - countStartsInFlight(input.inFlight);
  return { starts: starts.slice(0, Math.max(room, 0)), refused };
}

function judgeAppliance(
  appliance: ApplianceView,
  input: RestartInput,
  settings: RestartSettings,
): RestartRefusal | null {
  if (settings.DISABLED_VAPPS.includes(appliance.uuid)) return "not-managed";
  if (appliance.busy) return "operation-in-progress";
  const halted = new Map<VmUuid, HaltedVm>(input.halted.map((vm) => [vm.uuid, vm]));
  for (const uuid of appliance.haltedVms) {
    const vm = halted.get(uuid);
    const why =
      vm === undefined ? "operation-in-progress" : (judgeStart(vm, input.pool) ?? judgeRest(vm, input));
    if (why !== null) return why;
    const held = judgeHold(uuid, input);
    if (held !== null) return held;
  }
  const needed = Math.max(0, ...appliance.haltedVms.map((uuid) => halted.get(uuid)?.memoryBytes ?? 0));
  if (!mayTryAgain(`start-appliance:${appliance.uuid}`, appliance.uuid, needed, input))
    return "waits-for-back-off";
  if (input.nowMs < notBeforeMs(input.restarts[appliance.uuid], input.nowMs)) return "keeps-halting";
  // VM_appliance.start lets XAPI pick the hosts: with a dead host about it could pick that one (adapters/xapi/README.md, T8).
  return input.allHealthy && input.targets.length > 0 ? null : "no-healthy-host";
}
