import { isHeardNow } from "../members/heard.ts";
import { type HostRow, hostRows, rowOf } from "../members/host-rows.ts";
import { ENABLED_AGAIN_MS } from "../members/membership.ts";
import { countsAsOff } from "../memory/incident.ts";
import type { Memory } from "../memory/memory.ts";
import type { Witness } from "../model/action.ts";
import type { HostRuns } from "../model/hearing.ts";
import type { HostUuid, VmUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";

/** Every host of the database and of the memory that may run a VM: all but those that are proved off or written off. */
export function askedHosts(memory: Memory, view: PoolView): readonly HostUuid[] {
  return [...hostRows(memory, view).values()]
    .filter(({ isSelf, record, known, incident }) => {
      const isOfPool = record !== null || known !== null;
      return !isSelf && isOfPool && !countsAsOff(incident);
    })
    .map(({ uuid }) => uuid);
}

/** Whom to believe what about each VM, in this round. */
export function witnessesOf(memory: Memory, view: PoolView): (vm: VmUuid) => readonly Witness[] {
  const rows = hostRows(memory, view);
  const { nowMs, self, runs } = view;
  const masterStartedAtMs = memory.lastGood?.masterStartedAtMs ?? null;
  const hosts = askedHosts(memory, view).map((host) => {
    const row = rowOf(rows, host);
    const onAtMs = row.incident?.switchedOnAtMs ?? 0;
    const heardAtMs = Math.max(memory.heardAtMs[host] ?? 0, masterStartedAtMs ?? 0, onAtMs);
    return {
      host,
      isUnsettled: !isSettled(row, {
        ...{ nowMs, masterStartedAtMs, own: runs.get(host)?.own ?? null },
        heldAtMs: memory.heldAtMs[host] ?? Number.NEGATIVE_INFINITY,
      }),
      isGone: isGone(row),
      hasLeftEmpty: hasLeftEmpty(row, memory),
      heardAtMs,
    };
  });
  const own: Witness = { host: self.uuid, isUnsettled: false, isExcused: false };
  return (vm) => {
    const seen = memory.seenRunning[vm];
    const others = hosts.map(({ host, isUnsettled, isGone, hasLeftEmpty, heardAtMs }): Witness => {
      const isElsewhere = seen !== undefined && seen.host !== host && seen.atMs > heardAtMs;
      return { host, isUnsettled, isExcused: isGone && (isElsewhere || hasLeftEmpty) };
    });
    return [own, ...others];
  };
}

/**
 * Hosts on whose proof the start of this VM rests: they are off, it ran there when XAPI was told so, and it has not been started
 * elsewhere since.
 */
export function restsOn(vm: VmUuid, { incidents }: Pick<Memory, "incidents">): readonly HostUuid[] {
  return Object.values(incidents)
    .filter((incident) => incident.proved && countsAsOff(incident) && incident.vms.includes(vm))
    .map(({ host }) => host);
}

/**
 * Hosts that are off, and could start any VM by themselves if they were switched on behind a broken link: a master that was replaced. A
 * slave that finds no master starts nothing.
 */
export function mayStartByThemselves({ incidents, promoted }: Memory): readonly HostUuid[] {
  const host = promoted?.oldMaster;
  const incident = host === undefined ? undefined : incidents[host];
  const isOff = incident?.proved === true && countsAsOff(incident);
  return host !== undefined && isOff ? [host] : [];
}

/**
 * Is it in maintenance, with no VM in the database, and by its own last word with none? Whom this master has never heard has
 * left before that. A host that XAPI has declared dead looks the same. One that XAPI has enabled is none of these: it may have got a VM since.
 */
function hasLeftEmpty({ uuid, isInMaintenance, record, incident }: HostRow, memory: Memory): boolean {
  if (incident?.phase === "switched-on") return false;
  if (!isInMaintenance || record === null || record.residents.length > 0) return false;
  if (record.enabled || record.isEnabledByXapi === true) return false;
  return (memory.emptyAtMs[uuid] ?? 0) === (memory.heardAtMs[uuid] ?? 0);
}

/** Nothing of it on any way; a host in maintenance is not watched, so one look has to do. */
function isGone({ health, heard, probe }: HostRow): boolean {
  if (isHeardNow(heard)) return false;
  if (health !== null) return health.state === "failed" && !health.pings;
  return probe !== null && probe.xapi === "silent" && probe.icmp === "silent";
}

/** What all of them have said, this host included, which follows the master whose database it has read. */
export function allAnswers(
  { self, runs }: Pick<PoolView, "self" | "runs">,
  master: HostUuid | null,
): ReadonlyMap<HostUuid, HostRuns> {
  const own = { role: self.role.kind, master, xapi: "serving" } as const;
  return new Map([...runs, [self.uuid, { own, runs: self.domains, atMs: null, bootId: null }]]);
}

/** A start that its client has lost may begin so long after its host was enabled again. */
const AFTER_ENABLED_MS = 5_000;
/** No start is inside a xapi for longer without being known to xenopsd, when that xapi answers. */
const START_INSIDE_MS = 60_000;

interface SettledBy {
  readonly nowMs: number;
  readonly masterStartedAtMs: number | null;
  readonly own: HostRuns["own"] | null;
  readonly heldAtMs: number;
}

/**
 * Can no start be under way inside this host's xapi that nobody sees? A master's xapi that starts forgets which starts it
 * has asked for, while the members' xapis go on with them. A member whose own xapi has started later has none.
 */
function isSettled(
  { known: host, record, isInMaintenance }: HostRow,
  { nowMs, masterStartedAtMs, own, heldAtMs }: SettledBy,
): boolean {
  // A xapi that is held is no process, and one that was held since then is a new one.
  if (own?.xapi === "held") return true;
  if (host === null) return false;
  if (masterStartedAtMs === null || heldAtMs >= masterStartedAtMs) return true;
  if (host.xapiStartedAtMs > masterStartedAtMs) return true;
  const { enabledSinceMs } = host;
  // Of one that counts as in maintenance, and that XAPI has enabled, nobody knows since when.
  if (enabledSinceMs === null && (!isInMaintenance || record?.isEnabledByXapi === true))
    return nowMs - masterStartedAtMs >= START_INSIDE_MS && own !== null && own.xapi !== "silent";
  return enabledSinceMs !== null && enabledSinceMs > masterStartedAtMs
    ? nowMs - enabledSinceMs >= AFTER_ENABLED_MS
    : nowMs - masterStartedAtMs >= ENABLED_AGAIN_MS;
}
