import { MOST_HOSTS, MOST_WAYS } from "../../core/group/limits.ts";
import type { AgreedHost, GroupReport, TieReport } from "../../core/group/own-state.ts";
import { type DisarmWord, MOST_WORDS } from "../../core/model/disarm-words.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import type { MonitorSettings } from "../../core/pace/supervision.ts";
import type { Logger } from "../../ports/notices.ts";
import type { StateName, StateStore } from "../../ports/state-store.ts";

/** What monitor and watchdog read of an iteration's report (app/pass/pass-ports.ts `PassReport`). */
export interface HeartBeat {
  readonly finishedAtMs: number;
  readonly nextInMs: number;
  /** Why nothing can be decided on this host, as a sentence; null, or absent in those of earlier versions: it can. */
  readonly obstacle?: string | null;
  readonly monitor: MonitorSettings;
  /** Whether the daemons' lines are wanted (ENABLE_LOGGING, LOG_check_xapi); reports of earlier versions do not say. */
  readonly logs?: boolean;
}

/** The report of the last iteration; null when there is none that can be understood. */
export async function readReport(store: StateStore): Promise<HeartBeat | null> {
  const loaded = await store.load("pass");
  return loaded.kind === "found" && isHeartBeat(loaded.value) ? loaded.value : null;
}

/** Checked by hand: the daemons stay small and import no parser. */
function isHeartBeat(value: unknown): value is HeartBeat {
  if (typeof value !== "object" || value === null) return false;
  const { finishedAtMs, nextInMs, monitor } = value as Partial<HeartBeat>;
  if (typeof finishedAtMs !== "number" || typeof nextInMs !== "number") return false;
  if (typeof monitor !== "object" || monitor === null) return false;
  const numbers = [monitor.delayMs, monitor.scanRateMs, monitor.maxStarts];
  return (
    numbers.every((number) => typeof number === "number" && number > 0) &&
    typeof monitor.killAll === "boolean"
  );
}

/** The daemons read no parameters: what these want of the log stands in the report of the last iteration. */
export function obeyReport(report: HeartBeat | null, logger: Logger): void {
  if (report !== null) logger.obey?.({ ENABLE_LOGGING: report.logs !== false, logOff: new Set() });
}

/** The same from the report that is there already, of an earlier run of the daemon. */
export async function obeyLast(store: StateStore, logger: Logger): Promise<void> {
  obeyReport(await readReport(store), logger);
}

/** The fields of a document, none of them checked; no field where it is not there, cannot be read, or is no object. */
async function loadFields(
  store: Pick<StateStore, "load">,
  name: StateName,
): Promise<Readonly<Partial<Record<string, unknown>>>> {
  const loaded = await store.load(name);
  if (loaded.kind !== "found" || typeof loaded.value !== "object" || loaded.value === null) return {};
  return loaded.value as Readonly<Record<string, unknown>>;
}

/** Whoever has finished no iteration for so long finishes none: it would replace no master either. */
const STALE_MS = 5 * 60_000;
const STALE_DELAYS = 5;

/** What the last iteration has told of the pool; null: nothing that can be understood. `nowMs`: uptime. */
export async function readGroupReport(
  store: Pick<StateStore, "load">,
  nowMs: number,
): Promise<GroupReport | null> {
  const pass = await loadFields(store, "pass");
  const { group } = pass;
  if (!isGroupReport(group)) return null;
  // Those of earlier versions say less.
  const report = { ...NOT_SAID, ...group };
  return isStale(pass, nowMs) ? { ...report, enabled: null } : report;
}

function isStale(value: unknown, nowMs: number): boolean {
  if (!isHeartBeat(value)) return false;
  return nowMs - value.finishedAtMs > STALE_MS + STALE_DELAYS * value.monitor.delayMs;
}

/** What the iterations of this boot have told the monitor (app/pass/tell-monitor.ts). */
export interface ToldMonitor {
  /** Hosts that are known to be off. */
  readonly off: readonly HostUuid[];
  /** A fence is under way, until this uptime at most; null: none is. */
  readonly fencingUntilMs: number | null;
  /** Hosts whose held xapi may start (core/group/agreed.ts). */
  readonly agreed: readonly AgreedHost[];
  /** `GroupReport.disarm`, in the middle of a pass. */
  readonly disarm: readonly DisarmWord[];
}

/** The words that end a rest of HA and were given on this host (src/cli/arm-here.ts); none when that cannot be read. Never rejects. */
export async function readArmed(store: Pick<StateStore, "load">): Promise<readonly DisarmWord[]> {
  const { words } = await loadFields(store, "armed");
  if (!Array.isArray(words)) return [];
  return words
    .slice(0, MOST_WORDS)
    .filter(isDisarmWord)
    .filter(({ forS }) => forS === 0);
}

/** Nobody is off, and nothing is under way, when that cannot be read. */
export async function readToldMonitor(store: Pick<StateStore, "load">): Promise<ToldMonitor> {
  const { off, fencingUntilMs, agreed, disarm } = await loadFields(store, "off-hosts");
  if (!Array.isArray(off) || !isHostList(off)) return NOTHING_TOLD;
  return {
    off: off.slice(0, MOST_HOSTS),
    fencingUntilMs: typeof fencingUntilMs === "number" ? fencingUntilMs : null,
    agreed: Array.isArray(agreed) ? agreed.slice(0, MOST_HOSTS).filter(isAgreedHost) : [],
    disarm: Array.isArray(disarm) ? disarm.slice(0, MOST_WORDS).filter(isDisarmWord) : [],
  };
}

/** A host that an administrator has confirmed to be off (src/cli/commands/confirm-off.ts). */
export interface ConfirmedOff {
  readonly host: HostUuid;
  /** Uptime of this host. */
  readonly atMs: number;
}

/** An administrator's word is about now: by then it has been taken, or the host may have been switched on. */
const WORD_MS = 10 * 60_000;

/** The words that count at this uptime; none when that cannot be read. */
export async function readConfirmedOff(
  store: Pick<StateStore, "load">,
  nowMs: number,
): Promise<readonly ConfirmedOff[]> {
  const { hosts } = await loadFields(store, "confirmed-off");
  if (!Array.isArray(hosts)) return [];
  return hosts
    .slice(0, MOST_HOSTS)
    .filter(isConfirmed)
    .filter(({ atMs }) => nowMs - atMs <= WORD_MS);
}

function isConfirmed(value: unknown): value is ConfirmedOff {
  if (typeof value !== "object" || value === null) return false;
  const { host, atMs } = value as { readonly host?: unknown; readonly atMs?: unknown };
  return typeof host === "string" && typeof atMs === "number";
}

/**
 * The uptime at which an administrator has said last on this host that fencing may go on (src/cli/commands/resume.ts); null: nobody has,
 * or that cannot be read. Never rejects.
 */
export async function readFencingResumed(store: Pick<StateStore, "load">): Promise<number | null> {
  const { atMs } = await loadFields(store, "fencing-resumed");
  return typeof atMs === "number" && Number.isFinite(atMs) && atMs >= 0 ? atMs : null;
}

/** `FENCE_WATCHDOG_TIMEOUT` in milliseconds, at the least. */
const SHORTEST_LEASE_MS = 15_000;

/** By then a stop of the service has come, or was given up. */
const LEASE_END_MS = 60_000;

/**
 * Has the service script asked this monitor, which has started at `sinceMs`, that the lease of this host ends (end-lease.ts)? Not when that
 * cannot be read. Never rejects.
 */
export async function readLeaseEnd(
  store: Pick<StateStore, "load">,
  sinceMs: number,
  nowMs: number,
): Promise<boolean> {
  const { atMs } = await loadFields(store, "lease-end");
  // One that started later is wanted again.
  if (typeof atMs !== "number" || atMs < sinceMs) return false;
  return nowMs >= atMs && nowMs - atMs <= LEASE_END_MS;
}

const NOTHING_TOLD: ToldMonitor = { off: [], fencingUntilMs: null, agreed: [], disarm: [] };

const NOT_SAID = {
  successor: null,
  maintenance: [],
  without: [],
  needsCompany: false,
  changes: null,
  office: null,
  fetchAfterMs: 0,
  leaseMs: null,
  tie: null,
  disarm: [],
};

function isGroupReport(value: unknown): value is GroupReport {
  if (typeof value !== "object" || value === null) return false;
  const {
    self,
    pool,
    port,
    peers,
    successor = null,
    maintenance = [],
    without = [],
    needsCompany = false,
    enabled,
    haWished,
    changes = null,
    office = null,
    fetchAfterMs = 0,
    leaseMs = null,
    tie = null,
    disarm = [],
  } = value as Partial<GroupReport>;
  if (typeof self !== "string" || (pool !== null && typeof pool !== "string") || typeof port !== "number")
    return false;
  if ([successor, office].some((text) => text !== null && typeof text !== "string")) return false;
  if (![maintenance, without].every(isHostList) || typeof needsCompany !== "boolean") return false;
  const flags = [enabled, haWished];
  if (!flags.every((flag) => flag === null || typeof flag === "boolean")) return false;
  if (tie !== null && !isTieReport(tie)) return false;
  if (!Array.isArray(disarm) || !disarm.every(isDisarmWord)) return false;
  if (leaseMs !== null && !(typeof leaseMs === "number" && leaseMs >= SHORTEST_LEASE_MS)) return false;
  if ((changes !== null && typeof changes !== "number") || typeof fetchAfterMs !== "number") return false;
  return Array.isArray(peers) && peers.length <= MOST_HOSTS && peers.every(isGroupPeer);
}

function isTieReport(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { kind, place, tag } = value as Partial<Record<keyof TieReport, unknown>>;
  return (kind === "ssh" || kind === "sr") && typeof place === "string" && typeof tag === "string";
}

function isDisarmWord(value: unknown): value is DisarmWord {
  if (typeof value !== "object" || value === null) return false;
  const { id, host, forS } = value as Partial<Record<keyof DisarmWord, unknown>>;
  return [id, forS].every(Number.isSafeInteger) && (host === null || typeof host === "string");
}

const isHostList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((host) => typeof host === "string");

function isAgreedHost(value: unknown): value is AgreedHost {
  if (typeof value !== "object" || value === null) return false;
  const { host, atMs, bootId } = value as Partial<Record<keyof AgreedHost, unknown>>;
  if (typeof host !== "string" || typeof bootId !== "string") return false;
  return typeof atMs === "number" && Number.isFinite(atMs) && atMs >= 0;
}

function isGroupPeer(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { host, addresses } = value as { readonly host?: unknown; readonly addresses?: unknown };
  if (typeof host !== "string" || !Array.isArray(addresses) || addresses.length > MOST_WAYS) return false;
  return addresses.every((address) => typeof address === "string");
}
