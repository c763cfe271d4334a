import { hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import type { HostRuns } from "../model/hearing.ts";
import type { HostUuid } from "../model/ids.ts";
import { omit } from "../model/record.ts";
import { RESTART_AGAIN_MS } from "../pace/back-off.ts";
import type { Difference } from "./differences.ts";

/** A xapi that was restarted has compared its VMs by then: 10 s until it ends, 10 s to start. */
const COMPARED_MS = 60_000;
/** A host's xapi that has started so lately is still at its own comparison. */
const OWN_COMPARISON_MS = 120_000;

/**
 * The restart of one host's xapi whose comparison would set a difference right: that of a host which lacks the VM that the
 * database has there, or which still runs the copy of before. One host of the pool at a time, once for each difference. The
 * executor makes sure right before that the comparison ends nothing else.
 */
export function restartForComparison(
  lasting: readonly Difference[],
  found: readonly Difference[],
  memory: Memory,
  round: MasterRound,
): readonly Action[] {
  const { nowMs } = round.view;
  if (isRestarting(memory, round)) return [];
  for (const difference of lasting) {
    const host = hostThatCompares(difference, memory, nowMs);
    if (host === null || !mayRestart(host, difference, memory, round)) continue;
    const mayEnd = found
      .filter((one) => leftoverOf(one, memory, nowMs) === host)
      .map(({ record }) => record.uuid);
    return [{ kind: "restart-xapi", host, mayEnd }];
  }
  return [];
}

/** Is the xapi of a host being restarted now? What is absent for half a minute is asked of nobody else. */
function isRestarting({ retries }: Memory, { inFlight, view }: MasterRound): boolean {
  const isRestart = (key: string) => key.startsWith("restart-xapi:");
  // It was done a moment ago when nearly the whole time must pass until it is done again.
  const isRecent = ({ failures, notBeforeMs }: { failures: number; notBeforeMs: number }) =>
    failures === 0 && notBeforeMs - view.nowMs > RESTART_AGAIN_MS - COMPARED_MS;
  const isDone = Object.entries(retries).some(([key, retry]) => isRestart(key) && isRecent(retry));
  return isDone || [...inFlight].some(isRestart);
}

/** Whose comparison would set it right; null: nobody's, or it was tried. */
function hostThatCompares(difference: Difference, memory: Memory, nowMs: number): HostUuid | null {
  if (difference.kind === "nowhere")
    return memory.differences[difference.record.uuid]?.isTried === true ? null : difference.host;
  const host = leftoverOf(difference, memory, nowMs);
  return host !== null && memory.declaredDead[host]?.restartedAtMs === null ? host : null;
}

/**
 * Only of another host that XAPI reaches. A restart would enable a host in maintenance again, so that one is left alone; and
 * for a copy to be ended the right one must be on a host whose xapi serves.
 */
function mayRestart(
  host: HostUuid,
  { kind, record }: Difference,
  memory: Memory,
  { view }: MasterRound,
): boolean {
  const rows = hostRows(memory, view);
  const isReached = (uuid: HostUuid) =>
    uuid === view.self.uuid || rowOf(rows, uuid).probe?.xapi === "answered";
  const row = rowOf(rows, host);
  if (row.isDisarmed) return false;
  if (row.isSelf || row.record?.enabled !== true || !row.record.live || !isReached(host)) return false;
  if (kind === "twice") return record.residentOn !== null && isReached(record.residentOn);
  return view.nowMs - (row.known?.xapiStartedAtMs ?? 0) >= OWN_COMPARISON_MS;
}

/** The host whose copy is the one that a failover has left behind; null: no copy is surely that one. */
export function leftoverOf(difference: Difference, { declaredDead }: Memory, nowMs: number): HostUuid | null {
  if (difference.kind !== "twice" || difference.hosts.length !== 2) return null;
  const { residentOn, uuid } = difference.record;
  if (residentOn === null || !difference.hosts.includes(residentOn)) return null;
  const other = difference.hosts.find((host) => host !== residentOn);
  const left = other === undefined ? undefined : declaredDead[other];
  if (other === undefined || left === undefined || !left.vms.includes(uuid)) return null;
  const isVain = left.restartedAtMs !== null && nowMs - left.restartedAtMs >= COMPARED_MS;
  return isVain ? null : other;
}

/** Whoever was declared dead is forgotten when that host has said that it runs none of the VMs of then. */
export function stillDeclared(
  declaredDead: Memory["declaredDead"],
  answers: ReadonlyMap<HostUuid, HostRuns>,
): Memory["declaredDead"] {
  let rest = declaredDead;
  for (const [host, { vms }] of Object.entries(declaredDead)) {
    const runs = answers.get(host as HostUuid)?.runs ?? "unknown";
    if (runs !== "unknown" && !vms.some((vm) => runs.includes(vm))) rest = omit(rest, host);
  }
  return rest;
}
