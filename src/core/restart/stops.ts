import { isStopped, judgeStop, type StopVerdict, type StopWishes } from "../intent/judge-stop.ts";
import { type StoppedHost, wentDownSoon } from "../intent/went-down.ts";
import { type HostRows, hostRows, rowOf } from "../members/host-rows.ts";
import { isSameBoot } from "../members/membership.ts";
import type { Memory } from "../memory/memory.ts";
import type { SeenStop } from "../memory/seen-stop.ts";
import type { MasterRound } from "../memory/step.ts";
import type { HostUuid, VmUuid } from "../model/ids.ts";
import type { DatabaseView, HaltedVm, PoolView } from "../model/pool-view.ts";
import type { RestartSettings } from "../model/settings.ts";
import { stopOf } from "../model/stop.ts";
import { hasRunHere, isManaged } from "./restart-plan.ts";

/** Messages of so many VMs are asked for in a round, those that were not read for longest first. */
const READ_PER_ROUND = 100;
/** One that is down cannot be stopped; one that ran between two passes is asked about right before its start, and after this. */
const READ_AGAIN_MS = 60_000;
/** Of those with a key, which hardly ever change, a pool may have hundreds. */
const KEPT_PER_ROUND = 20;
/** XAPI writes the message of a stop some milliseconds after the VM is halted. */
const YOUNG_MS = 5_000;
/** Messages that cannot be read for so long hold no VM back any more. */
const UNREADABLE_MS = 60_000;
/** A host that was heard within this time is there. */
const GONE_MS = 60_000;
/** A server is up, with its xapi, within this time. */
const BOOT_MS = 15 * 60_000;
/** A xapi compares its VMs within seconds after it has enabled its host. */
const COMPARED_MS = 30_000;

/** The VMs that HA looks after and that are down. */
export function managedDown(
  { halted, appliances, pool }: DatabaseView,
  settings: RestartSettings,
): readonly HaltedVm[] {
  const inAppliances = (appliances ?? [])
    .filter(({ uuid }) => !settings.DISABLED_VAPPS.includes(uuid))
    .flatMap(({ haltedVms }) => haltedVms);
  const inManaged = new Set<VmUuid>(inAppliances);
  const isOurs = (vm: HaltedVm) =>
    settings.OP_MODE === 1 ? inManaged.has(vm.uuid) : isManaged(vm, settings);
  return halted.filter((vm) => isOurs(vm) && hasRunHere(vm, pool.uuid));
}

/** Of which of them a round reads XAPI's messages: those that are down since just now, and the others now and then. */
export function stopsToRead(
  { stops }: Memory,
  database: DatabaseView,
  settings: RestartSettings,
  nowMs: number,
): readonly VmUuid[] {
  const readAtMs = (vm: HaltedVm) => stops[vm.uuid]?.readAtMs ?? Number.NEGATIVE_INFINITY;
  const isNew = ({ uuid }: HaltedVm) =>
    !(uuid in stops) || nowMs - (stops[uuid]?.sinceMs ?? nowMs) <= YOUNG_MS;
  const isKept = (vm: HaltedVm) => !isNew(vm) && stopOf(vm.uuid, vm.otherConfig) !== null;
  const wanted = managedDown(database, settings)
    .filter((vm) => isNew(vm) || nowMs - readAtMs(vm) >= READ_AGAIN_MS)
    .sort((a, b) => readAtMs(a) - readAtMs(b));
  const later = new Set(wanted.filter(isKept).slice(KEPT_PER_ROUND));
  return wanted
    .filter((vm) => !later.has(vm))
    .slice(0, READ_PER_ROUND)
    .map(({ uuid }) => uuid);
}

/** Remembers of each VM that is down what this round has learnt. */
export function seeStops(memory: Memory, round: MasterRound): Memory {
  const { view, database, settings } = round;
  const rows = hostRows(memory, view);
  const down = managedDown(database, settings);
  const seen = down.map((vm): readonly [HaltedVm, SeenStop] => {
    const before = memory.stops[vm.uuid];
    const read = view.stops.get(vm.uuid);
    return [
      vm,
      {
        sinceMs: before?.sinceMs ?? view.nowMs,
        readAtMs: read === undefined ? (before?.readAtMs ?? null) : view.nowMs,
        messages: read ?? before?.messages ?? null,
        isHostLost: before?.isHostLost === true || isLost(vm, memory, rows),
        hasHostBooted:
          before === undefined
            ? hasHostBooted(vm, rows) || hasJustBooted(vm, memory, view)
            : before.hasHostBooted,
        isCrash: before?.isCrash === true || isCrash(vm, memory, rows),
      },
    ];
  });
  const crashed = crashedHosts(seen);
  const stops = seen.map(([vm, stop]) => [
    vm.uuid,
    crashed.has(hostOf(vm)) ? { ...stop, isCrash: true } : stop,
  ]);
  return { ...memory, stops: Object.fromEntries(stops) };
}

/** Hosts that have booted, and on which a VM was left that nobody had stopped. */
function crashedHosts(seen: readonly (readonly [HaltedVm, SeenStop])[]): ReadonlySet<HostUuid | null> {
  const isLeft = ([vm, { hasHostBooted, messages }]: readonly [HaltedVm, SeenStop]) =>
    hasHostBooted && messages !== null && !isStopped(messages) && stopOf(vm.uuid, vm.otherConfig) === null;
  return new Set(seen.filter(isLeft).flatMap(([{ ranOn }]) => ranOn ?? []));
}

/** The host on which it was stopped. */
const hostOf = (vm: HaltedVm): HostUuid | null => stopOf(vm.uuid, vm.otherConfig)?.host ?? vm.ranOn;

function isLost({ uuid, ranOn }: HaltedVm, memory: Memory, rows: HostRows): boolean {
  // One that has run elsewhere since was not lost with that host.
  const lost = [...Object.entries(memory.incidents), ...Object.entries(memory.declaredDead)];
  if (lost.some(([host, { vms }]) => vms.includes(uuid) && (ranOn === null || ranOn === host))) return true;
  return ranOn !== null && hasFailed(ranOn, rows);
}

/** Did its host boot since the VM was seen there? What is not known is no. */
function hasHostBooted({ ranOn, ranInBoot }: HaltedVm, rows: HostRows): boolean {
  const boot = ranOn === null ? null : (rowOf(rows, ranOn).record?.bootTime ?? null);
  return ranInBoot !== null && boot !== null && !isSameBoot(ranInBoot, boot);
}

/**
 * Was it on this host, which has booted and begins to serve? The database of this master has shown it there until it was compared with
 * what runs, in this boot already.
 */
function hasJustBooted({ ranOn }: HaltedVm, { lastGood }: Memory, { self, nowMs }: PoolView): boolean {
  if (ranOn !== self.uuid || nowMs > BOOT_MS) return false;
  const enabledSinceMs = lastGood?.hosts.find(({ uuid }) => uuid === ranOn)?.enabledSinceMs ?? null;
  return enabledSinceMs === null || nowMs - enabledSinceMs <= COMPARED_MS;
}

function hasFailed(host: HostUuid, rows: HostRows): boolean {
  const { incident, health } = rowOf(rows, host);
  return incident !== null || health?.state === "failed";
}

/** Has its host failed, with VMs on it? */
function isCrash(vm: HaltedVm, memory: Memory, rows: HostRows): boolean {
  const host = hostOf(vm);
  if (host === null || !hasFailed(host, rows)) return false;
  const residents = rowOf(rows, host).record?.residents ?? [];
  const left = [...(memory.incidents[host]?.vms ?? []), ...(memory.declaredDead[host]?.vms ?? [])];
  return residents.length > 0 || left.some((uuid) => uuid !== vm.uuid);
}

/** Who stopped each VM that is down, and whether HA starts it ("What was meant", core/README.md). */
export function stopVerdicts(memory: Memory, round: MasterRound): ReadonlyMap<VmUuid, StopVerdict> {
  const { view, database, settings } = round;
  const stateOf = stateOfHosts(memory, round);
  return new Map(
    managedDown(database, settings).map((vm): [VmUuid, StopVerdict] => {
      const { alwaysRun, ranOn, uuid } = vm;
      const seen = memory.stops[uuid];
      const waitedMs = view.nowMs - (seen?.sinceMs ?? view.nowMs);
      const kept = stopOf(uuid, vm.otherConfig);
      const verdict = judgeStop(
        {
          kept,
          messages: seen?.messages ?? (waitedMs >= UNREADABLE_MS ? "unreadable" : "unknown"),
          ...{ alwaysRun, ranOn, isHostLost: seen?.isHostLost === true, wallMs: view.wallMs },
          hasHostBooted: seen?.hasHostBooted === true,
          wentDown: (stop) =>
            seen?.isCrash === true ? "no" : wentDownSoon(stop, (host) => stateOf(host, vm), stop === kept),
        },
        wishesOf(vm, settings),
      );
      return [uuid, verdict];
    }),
  );
}

/** Does it stay down because somebody wants it to? */
export function isLeftDown(verdict: StopVerdict | undefined): boolean {
  return verdict !== undefined && !verdict.starts && verdict.cause.kind === "stopped";
}

function stateOfHosts(
  memory: Memory,
  { view }: MasterRound,
): (host: HostUuid, vm: HaltedVm) => StoppedHost | null {
  const rows = hostRows(memory, view);
  return (host, vm) => {
    const { record } = rowOf(rows, host);
    if (record === null) return null;
    const heardAtMs = memory.heardAtMs[host] ?? null;
    const isSilent = heardAtMs !== null && view.nowMs - heardAtMs >= GONE_MS;
    return {
      wallMs: view.wallMs,
      // In the boot in which the VM ran there it has not booted since, whatever the two clocks say.
      bootTime: vm.ranOn === host && isSameBoot(vm.ranInBoot, record.bootTime) ? null : record.bootTime,
      isGone: host !== view.self.uuid && (isSilent || hasFailed(host, rows)),
      heardWallMs: heardAtMs === null ? null : view.wallMs - (view.nowMs - heardAtMs),
      isLive: record.live,
      watchedSinceMs: view.wallMs - view.nowMs,
    };
  };
}

/** `VM.other_config`: the parameter of this one VM, 0 or 1. */
export const wishKey = (name: keyof StopWishes): string => `HA_${name}`;

/** The parameters, and what stands in the VM's own keys instead; what is neither 0 nor 1 there does not count. */
export function wishesOf({ otherConfig }: Pick<HaltedVm, "otherConfig">, pool: StopWishes): StopWishes {
  const own = (name: keyof StopWishes): boolean => {
    const text = (otherConfig[wishKey(name)] ?? "").toLowerCase();
    if (text === "1" || text === "true") return true;
    return text === "0" || text === "false" ? false : pool[name];
  };
  return {
    RESTART_STOPPED: own("RESTART_STOPPED"),
    RESTART_ON_GUEST_SHUTDOWN: own("RESTART_ON_GUEST_SHUTDOWN"),
  };
}
