import type { KnownHost } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostView, HostWork, PoolView } from "../model/pool-view.ts";
import { saidOfItself } from "./heard.ts";
import { ENABLED_AGAIN_MS, hasMasterStarted } from "./membership.ts";

/**
 * Nobody sees a person enable a host that XAPI has enabled already. Who works on it for longer starts it anew, or disarms it; a host that is left out
 * for ever would be missing when it is needed.
 */
const LONGEST_AFTER_START_MS = 30 * 60_000;

/**
 * The view with hosts disabled that nobody may be given VMs on, or fence, though XAPI calls them enabled: those that are being emptied, and
 * those that a person has disabled. XAPI enables these with the next start of their xapi, or the master's (adapters/xapi/README.md,
 * "Enabled"), which is not the end of the work. It ends when a person enables the host, or has a VM there that was not there at that start, or half
 * an hour after that start.
 */
export function keepMaintenance(memory: Memory, view: PoolView): PoolView {
  if (!view.database.ok || memory.lastGood === null) return view;
  const { lastGood } = memory;
  const { value } = view.database;
  const { master } = value.pool;
  const starts = { previous: lastGood, hosts: value.hosts, nowMs: view.nowMs };
  const isStart = master === null || hasMasterStarted({ ...starts, master });
  const startsAtMs = isStart ? view.nowMs : (lastGood.masterStartedAtMs ?? Number.NEGATIVE_INFINITY);
  const kept = value.hosts.map((host) => withWork(host, memory, view, startsAtMs));
  // With nobody left to take a VM it is over.
  const hosts = kept.some(({ enabled }) => enabled) ? kept : kept.map(withoutWork);
  return { ...view, database: { ok: true, value: { ...value, hosts } } };
}

function withWork(host: HostView, memory: Memory, view: PoolView, masterStartedAtMs: number): HostView {
  const known = memory.lastGood?.hosts.find(({ uuid }) => uuid === host.uuid);
  const work = known === undefined ? null : workOn(host, known, memory, view, masterStartedAtMs);
  const enabled = host.enabled && !host.isEmptied && (work === null || work.kind === "disabled");
  return { ...host, enabled, isEnabledByXapi: host.enabled, work };
}

const withoutWork = (host: HostView): HostView =>
  host.work?.kind === "enabled-by-start" ? { ...host, enabled: true, work: null } : host;

function workOn(
  host: HostView,
  known: KnownHost,
  memory: Memory,
  view: PoolView,
  masterStartedAtMs: number,
): HostWork | null {
  // It has failed, or our own declaration has disabled it, which core/fencing/re-enable.ts looks after: that is nobody's wish.
  if (Object.hasOwn(memory.incidents, host.uuid) || Object.hasOwn(memory.declaredDead, host.uuid))
    return null;
  const { work } = known;
  const here = host.residents.map(({ uuid }) => uuid);
  const isNew = host.xapiStartTime !== known.xapiStartTime;
  const isMasterStarting = view.nowMs - masterStartedAtMs < ENABLED_AGAIN_MS;
  if (!host.enabled) {
    const isSettled = !isNew && !isMasterStarting && saysServing(host, view);
    // One that this host has never seen enabled may have been declared dead by an earlier master.
    const isWished = work !== null || (known.enabled && isSettled);
    return isWished ? { kind: "disabled", isSettled, vms: here } : null;
  }
  // A VM has come that was not there in the view before: a person has it there.
  if (work === null || !here.every((vm) => work.vms.includes(vm))) return null;
  if (work.kind === "enabled-by-start") {
    const startedAtMs = Math.max(known.xapiStartedAtMs, masterStartedAtMs);
    return isNew || view.nowMs - startedAtMs < LONGEST_AFTER_START_MS ? { ...work, vms: here } : null;
  }
  // A start that had ended without enabling it does not enable it any more: a person has.
  const isByStart = isNew || !work.isSettled || masterStartedAtMs === view.nowMs;
  return isByStart ? { kind: "enabled-by-start", vms: here } : null;
}

/** Its xapi has long started: nobody's start has disabled it, and it was not declared dead. */
function saysServing({ uuid }: HostView, { self, hearing }: PoolView): boolean {
  if (uuid === self.uuid) return self.xapiAnswers && self.initCompleteAtMs !== null;
  const own = saidOfItself(hearing, uuid);
  return own?.xapi === "serving" && own.startComplete;
}
