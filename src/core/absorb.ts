import { putBack } from "./alerts/alert-queue.ts";
import { describeFault } from "./alerts/describe-fault.ts";
import { absorbDevices } from "./fencing/fence-devices.ts";
import { methodProves } from "./fencing/fence-policy.ts";
import { afterEvent, type IncidentEvent, isWaivable } from "./fencing/incident.ts";
import { hostName } from "./members/host-rows.ts";
import { FETCH_TROUBLE, fetchAgainMs } from "./members/own-copy.ts";
import type { RestartHistory } from "./memory/attempts.ts";
import type { Supply } from "./memory/down.ts";
import type { Memory } from "./memory/memory.ts";
import { incidentOf } from "./memory/memory.ts";
import { isMissedOn } from "./memory/seen-running.ts";
import type { Action, Outcome, Result } from "./model/action.ts";
import { actionKey } from "./model/action.ts";
import type { Alert } from "./model/alert.ts";
import type { HostUuid } from "./model/ids.ts";
import { countsOnLease, LEASE_METHOD } from "./model/lease-method.ts";
import type { HaltedVm } from "./model/pool-view.ts";
import type { Reason } from "./model/reason.ts";
import { omit, put } from "./model/record.ts";
import { afterFailure, isDue, RESTART_AGAIN_MS } from "./pace/back-off.ts";
import { rankOf } from "./restart/rank.ts";

export interface AbsorbSettings {
  readonly FENCE_METHOD: string;
  readonly FENCE_HA_ONFAIL: boolean;
}

export interface AbsorbContext {
  readonly nowMs: number;
  readonly settings: AbsorbSettings;
  /** This host is a slave: its incident is the dead master's, which FENCE_HA_ONFAIL does not promote over. */
  readonly isSlave: boolean;
  /** `VM.order` and `start_delay` of what was started, for the groups that come after. */
  readonly halted: ReadonlyMap<string, Pick<HaltedVm, "order" | "startDelayS" | "restartPriority">>;
  /** What the pool had when the action was begun; null when its database was not read. */
  readonly supply: Supply | null;
}

/** What the memory learns from the end of an action, and what there is to tell. */
export function absorb(
  memory: Memory,
  outcome: Outcome,
  context: AbsorbContext,
): { readonly memory: Memory; readonly reasons: readonly Reason[] } {
  // Nothing was tried, or not to its end: the next round says why.
  if (outcome.result.kind === "held") return { memory, reasons: [] };
  if (outcome.result.kind === "unproved")
    return absorbUnproved(memory, outcome.action, outcome.result, context.nowMs);
  const tried = noteRetry(memory, outcome, context.nowMs);
  const { action, result } = outcome;
  switch (action.kind) {
    case "fence-host":
      return absorbFence(tried, action.host, result, context);
    case "declare-host-dead":
      return absorbDeclare(tried, action.host, result);
    case "start-vm":
      return absorbStart(tried, action, result, context);
    case "start-appliance":
      return absorbStart(tried, action, result, context);
    case "sync-database": {
      const { lastGood } = tried;
      const synced = result.kind === "done" && lastGood !== null;
      const next = synced ? { ...tried, lastGood: { ...lastGood, parameters: action.parameters } } : tried;
      return { memory: next, reasons: reportFailure(action, result) };
    }
    case "store-database": {
      const placementOnDisk = result.kind === "done" ? action.placement : tried.placementOnDisk;
      return { memory: { ...tried, placementOnDisk }, reasons: reportFailure(action, result) };
    }
    case "fetch-database": {
      const { host, master, changes } = action;
      const { nowMs } = context;
      const notBeforeMs = nowMs + fetchAgainMs(tried, host);
      const fetched = { master, changes, currentAtMs: nowMs, notBeforeMs };
      if (result.kind === "done") return { memory: { ...tried, copy: fetched }, reasons: [] };
      const failures = tried.retries[actionKey(action)]?.failures ?? 0;
      return { memory: tried, reasons: failures > FETCH_TROUBLE ? [] : reportFailure(action, result) };
    }
    case "follow-master":
      if (result.kind !== "done") return { memory: tried, reasons: reportFailure(action, result) };
      return { memory: tried, reasons: [{ kind: "stood-down", address: action.address }] };
    case "forget-host":
      if (result.kind !== "done") return { memory: tried, reasons: reportFailure(action, result) };
      return { memory: tried, reasons: [{ kind: "host-forgotten", host: action.name }] };
    case "switch-on-host": {
      const host = hostName(memory, action.host);
      if (result.kind !== "done") return { memory: tried, reasons: reportFailure(action, result) };
      const next = afterHostEvent(tried, action.host, { kind: "switched-on", atMs: context.nowMs });
      return { memory: next, reasons: [{ kind: "host-switched-on", host }] };
    }
    case "enable-host":
      if (result.kind !== "done") return { memory: tried, reasons: reportFailure(action, result) };
      return { memory: tried, reasons: [{ kind: "host-enabled", host: hostName(tried, action.host) }] };
    case "restart-xapi":
      if (result.kind !== "done") return { memory: tried, reasons: reportFailure(action, result) };
      return {
        memory: noteRestart(tried, action.host, context.nowMs),
        reasons: [{ kind: "xapi-restarted", host: hostName(tried, action.host) }],
      };
    case "check-fence-devices":
      return absorbDevices(tried, action.method, result, context.nowMs);
    case "mail":
      return { memory: tried, reasons: reportFailure(action, result) };
    case "post-message":
      return absorbPost(tried, action.alert, result, reportFailure(action, result));
    case "hold-xapi":
    case "restart-toolstack":
      if (result.kind !== "done") return { memory: tried, reasons: reportFailure(action, result) };
      return { memory: tried, reasons: [{ kind: "toolstack-restarted" }] };
    default:
      return { memory: tried, reasons: reportFailure(action, result) };
  }
}

/** A hundred VMs that start one after the other are not a hundred whole databases written. */
const STORE_AGAIN_MS = 1_000;

/** What is done takes effect later, and doing it again before that tells nothing new. */
const DONE_AND_WAITED_FOR: Partial<Record<Action["kind"], number>> = {
  "restart-xapi": RESTART_AGAIN_MS,
  "hold-xapi": RESTART_AGAIN_MS,
  "correct-database": 60_000,
  "store-database": STORE_AGAIN_MS,
};

function noteRetry(memory: Memory, outcome: Outcome, nowMs: number): Memory {
  const key = actionKey(outcome.action);
  const kind = outcome.result.kind === "checked" ? "done" : outcome.result.kind;
  const againMs = kind === "done" ? DONE_AND_WAITED_FOR[outcome.action.kind] : undefined;
  if (againMs !== undefined) {
    const retry = { failures: 0, notBeforeMs: nowMs + againMs };
    return { ...memory, retries: put(memory.retries, key, retry) };
  }
  if (kind === "done" || kind === "pending") return { ...memory, retries: omit(memory.retries, key) };
  const retry = afterFailure(memory.retries[key], outcome.action.kind, nowMs);
  return { ...memory, retries: put(memory.retries, key, retry) };
}

/** The memory after an event of a host's incident; when that is over (HA was switched off), the event is nobody's. */
function afterHostEvent(memory: Memory, host: HostUuid, event: IncidentEvent): Memory {
  const incident = incidentOf(memory, host);
  return incident === undefined ? memory : afterEvent(memory, incident, event);
}

/** What rests on a proof that cannot be taken now is tried again then; it is told less often. */
const DOUBTED_AGAIN_MS = 10_000;
const DOUBTED_TOLD_MS = 300_000;

/** A proof is over with the device's word "on"; where that is silent it is said, and what rests on the proof waits. */
function absorbUnproved(
  memory: Memory,
  action: Action,
  { host, isOver, why }: Extract<Result, { kind: "unproved" }>,
  nowMs: number,
): { memory: Memory; reasons: readonly Reason[] } {
  const name = hostName(memory, host);
  if (!isOver) {
    const { failures = 0 } = memory.retries[actionKey(action)] ?? {};
    const again = { failures, notBeforeMs: nowMs + DOUBTED_AGAIN_MS };
    const toldKey = `proof-doubted:${host}`;
    const isTold = !isDue(memory.retries[toldKey], nowMs);
    const told = { failures: 0, notBeforeMs: nowMs + DOUBTED_TOLD_MS };
    const retries = put(memory.retries, actionKey(action), again);
    if (isTold) return { memory: { ...memory, retries }, reasons: [] };
    return {
      memory: { ...memory, retries: put(retries, toldKey, told) },
      reasons: [{ kind: "proof-doubted", host: name, why }],
    };
  }
  const before = memory.incidents[host]?.phase;
  const next = afterHostEvent(memory, host, { kind: "proof-over", atMs: nowMs });
  const isNews = next.incidents[host]?.phase !== before;
  return { memory: next, reasons: isNews ? [{ kind: "proof-over", host: name } satisfies Reason] : [] };
}

function absorbFence(memory: Memory, host: HostUuid, result: Result, context: AbsorbContext) {
  const name = hostName(memory, host);
  if (result.kind === "done") {
    const proved = methodProves(result.by ?? context.settings.FENCE_METHOD);
    const fenced: Reason = { kind: "host-fenced", host: name, proved };
    const event: IncidentEvent = {
      kind: "fence-succeeded",
      proved,
      by: result.by ?? null,
      atMs: context.nowMs,
    };
    return { memory: afterHostEvent(memory, host, event), reasons: [fenced] };
  }
  // It is known by its lease meanwhile that the host is off.
  const incident = memory.incidents[host];
  if (incident?.by === LEASE_METHOD && incident.phase !== "fencing") return { memory, reasons: [] };
  const fault = result.kind === "not-fenced" ? result.fault : "agent-killed";
  const detail = result.kind === "not-fenced" ? result.detail : "the attempt was interrupted";
  // A lease that will be over is waited for (core/fencing/recover-hosts.ts).
  const isLast = !countsOnLease(context.settings.FENCE_METHOD);
  const isWaived = isLast && context.settings.FENCE_HA_ONFAIL && !context.isSlave && isWaivable(fault);
  // A result of an attempt that an earlier incident has begun is no reason to go on with this one.
  const wasFencing = memory.incidents[host]?.phase === "fencing";
  const unfenced = afterHostEvent(memory, host, { kind: "fence-failed" });
  const waived: IncidentEvent = { kind: "fencing-waived", atMs: context.nowMs };
  const next = isWaived && wasFencing ? afterHostEvent(unfenced, host, waived) : unfenced;
  const goesOn = next.incidents[host]?.phase === "fenced";
  const failed: Reason = { kind: "fence-failed", host: name, fault, detail, goesOn };
  if (!goesOn) return { memory: next, reasons: [failed] };
  return {
    memory: next,
    reasons: [failed, { kind: "host-fenced", host: name, proved: false } satisfies Reason],
  };
}

function absorbDeclare(
  memory: Memory,
  host: HostUuid,
  result: Result,
): { memory: Memory; reasons: readonly Reason[] } {
  const name = hostName(memory, host);
  if (result.kind === "done") {
    const next = afterHostEvent(memory, host, { kind: "declared-dead" });
    const emptyAtMs = put(next.emptyAtMs, host, next.heardAtMs[host] ?? 0);
    const vms = memory.incidents[host]?.vms ?? [];
    const declaredDead =
      vms.length === 0 ? next.declaredDead : put(next.declaredDead, host, { vms, restartedAtMs: null });
    return {
      memory: { ...next, emptyAtMs, declaredDead },
      reasons: [{ kind: "host-declared-dead", host: name }],
    };
  }
  if (result.kind === "refused" && result.fault.kind === "api" && result.fault.code === "HOST_IS_LIVE") {
    const next = afterHostEvent(memory, host, { kind: "host-is-live" });
    return { memory: next, reasons: [{ kind: "host-answers-xapi", host: name }] };
  }
  return {
    memory,
    reasons: [{ kind: "action-failed", what: `declare ${name} dead`, why: describeResult(result) }],
  };
}

/** Its comparison ends what was left running there (restart/set-right.ts). */
function noteRestart(memory: Memory, host: HostUuid, nowMs: number): Memory {
  const left = memory.declaredDead[host];
  const declaredDead =
    left === undefined
      ? memory.declaredDead
      : put(memory.declaredDead, host, { ...left, restartedAtMs: nowMs });
  const differences = Object.fromEntries(
    Object.entries(memory.differences).map(([vm, seen]) => {
      return [vm, isMissedOn(seen, host) ? { ...seen, isTried: true } : seen];
    }),
  );
  return { ...memory, declaredDead, differences };
}

/** Somebody else was quicker: the VM runs or is being started, which is what was wanted. */
const BENIGN_START_FAULTS = new Set(["VM_BAD_POWER_STATE", "OTHER_OPERATION_IN_PROGRESS"]);

function absorbStart(
  memory: Memory,
  action: Extract<Action, { kind: "start-vm" | "start-appliance" }>,
  result: Result,
  context: AbsorbContext,
) {
  const { name: vm } = action;
  const uuid = action.kind === "start-vm" ? action.vm : null;
  const key = action.kind === "start-vm" ? action.vm : action.appliance;
  if (result.kind === "done" || result.kind === "pending") {
    const restarts = put(memory.restarts, key, historyAfterStart(memory, key, result, context));
    const started: readonly Reason[] = result.kind === "done" ? [{ kind: "vm-started", vm, uuid }] : [];
    return { memory: { ...memory, restarts }, reasons: started };
  }
  if (
    result.kind === "refused" &&
    result.fault.kind === "api" &&
    BENIGN_START_FAULTS.has(result.fault.code)
  ) {
    return { memory, reasons: [] };
  }
  const why = describeResult(result);
  const sinceMs = memory.down[key]?.sinceMs ?? context.nowMs;
  const failure = context.supply === null ? null : { why, supply: context.supply };
  return {
    memory: { ...memory, down: put(memory.down, key, { sinceMs, failure }) },
    reasons: [{ kind: "vm-start-failed", vm, uuid, why } satisfies Reason],
  };
}

/** Older starts than this say nothing about a VM that keeps halting. */
const KEPT_STARTS = 8;

function historyAfterStart(
  memory: Memory,
  uuid: string,
  result: Result,
  context: AbsorbContext,
): RestartHistory {
  const startedAtMs = [...(memory.restarts[uuid]?.startedAtMs ?? []), context.nowMs].slice(-KEPT_STARTS);
  const vm = context.halted.get(uuid);
  // A start that has ended has waited its start_delay itself.
  const startDelayS = result.kind === "done" ? 0 : (vm?.startDelayS ?? 0);
  return { startedAtMs, order: vm === undefined ? 0 : rankOf(vm), startDelayS, host: null };
}

/** A XAPI that is away is told later; one that refuses the message would refuse it again. */
function absorbPost(memory: Memory, alert: Alert, result: Result, failure: readonly Reason[]) {
  if (result.kind === "done" || (result.kind === "refused" && result.fault.kind === "api"))
    return { memory, reasons: failure };
  const { alerts } = memory;
  return { memory: { ...memory, alerts: { ...alerts, queue: putBack(alerts.queue, alert) } }, reasons: [] };
}

function reportFailure(action: Action, result: Result): readonly Reason[] {
  if (result.kind === "done" || result.kind === "pending") return [];
  return [{ kind: "action-failed", what: actionKey(action).replace(":", " "), why: describeResult(result) }];
}

function describeResult(result: Result): string {
  switch (result.kind) {
    case "refused":
      return describeFault(result.fault);
    case "not-fenced":
      return `${result.fault} ${result.detail}`;
    case "failed":
      return result.detail;
    default:
      return result.kind;
  }
}
