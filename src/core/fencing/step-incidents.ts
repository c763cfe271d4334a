import { type DecisionInput, hostName, mayBegin } from "../members/decision.ts";
import type { QuorumTally } from "../members/quorum.ts";
import type { LastGoodView, Memory } from "../memory/memory.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { omit, put } from "../model/record.ts";
import { RECOVER_LIMIT_MS, stillAwaited } from "../takeover/promotion.ts";
import { judgeFence } from "./fence-policy.ts";
import { type Incident, openIncident, stepIncident } from "./incident.ts";

export interface IncidentStep {
  readonly memory: Memory;
  readonly actions: readonly Action[];
  readonly reasons: readonly Reason[];
}

/** What may be done about failed hosts in this round. */
export interface IncidentContext {
  readonly quorum: QuorumTally;
  /** False for a host that may be the isolated one: it fences nobody. */
  readonly mayFence: boolean;
  /** On a slave the incident of the dead master ends with the fence; what follows comes after the promotion. */
  readonly fenceOnly: boolean;
}

/** One step for each failed host, all of them in parallel (field.md F10), and an end for those that came back. */
export function stepIncidents(
  memory: Memory,
  hosts: readonly HostUuid[],
  input: DecisionInput,
  context: IncidentContext,
): IncidentStep {
  let result: IncidentStep = { memory, actions: [], reasons: [] };
  for (const host of hosts) {
    const step = stepHost(result.memory, host, input, context);
    result = {
      memory: step.memory,
      actions: [...result.actions, ...step.actions],
      reasons: [...result.reasons, ...step.reasons],
    };
  }
  return result;
}

function stepHost(
  memory: Memory,
  host: HostUuid,
  input: DecisionInput,
  context: IncidentContext,
): IncidentStep {
  const state = memory.health[host]?.state;
  const incident = memory.incidents[host];
  // One that was cut off by a reset and is booting answers ping: its VMs are free all the same.
  const booting = state === "xapi-down" && incident?.phase === "fenced" && incident.proved;
  if (incident !== undefined && (state === "alive" || state === "xapi-down") && !booting) {
    return closeIncident(memory, incident, input);
  }
  if (incident === undefined && state !== "failed") return nothing(memory);
  if (incident === undefined && !isFenceable(memory, host)) {
    if (hasNothingLeft(host, input)) return nothing(memory);
    // Perhaps in maintenance, perhaps it died while it started: nothing is begun, but it is said.
    return {
      memory,
      actions: [],
      reasons: [{ kind: "fence-refused", host: hostName(memory, host), why: "in-maintenance" }],
    };
  }
  const open = incident ?? openIncident(host, input.view.nowMs);
  const opened = { ...memory, incidents: put(memory.incidents, host, open) };
  switch (open.phase) {
    case "open":
    case "fencing":
      return stepFence(opened, open, input, context);
    case "fenced":
      return context.fenceOnly ? nothing(opened) : stepDeclare(opened, open, input);
    case "declared":
      return context.fenceOnly ? nothing(opened) : stepForget(opened, open, input);
    case "answered":
      return context.fenceOnly ? nothing(opened) : askAgain(opened, open, input);
  }
}

/** XAPI may have reached the host then, and it may have died since: after this time it begins anew. */
const ASK_AGAIN_MS = 10 * 60_000;

function askAgain(memory: Memory, incident: Incident, input: DecisionInput): IncidentStep {
  const { nowMs } = input.view;
  if (nowMs - incident.openedAtMs < ASK_AGAIN_MS) return nothing(memory);
  const again = openIncident(incident.host, nowMs);
  return nothing({ ...memory, incidents: put(memory.incidents, incident.host, again) });
}

function nothing(memory: Memory): IncidentStep {
  return { memory, actions: [], reasons: [] };
}

/** A host that is back is nobody's incident any more; one whose agent is running right now waits for its answer. */
function closeIncident(memory: Memory, incident: Incident, input: DecisionInput): IncidentStep {
  const { host } = incident;
  if (input.inFlight.has(`fence-host:${host}`) || input.inFlight.has(`declare-host-dead:${host}`))
    return nothing(memory);
  const retries = omit(omit(memory.retries, `fence-host:${host}`), `declare-host-dead:${host}`);
  const declaredBackAtMs =
    incident.phase === "declared"
      ? put(memory.declaredBackAtMs, host, input.view.nowMs)
      : memory.declaredBackAtMs;
  return {
    memory: {
      ...memory,
      incidents: omit(memory.incidents, host),
      retries,
      declaredBackAtMs,
      lastGood: memory.lastGood && countAgain(memory.lastGood, host),
    },
    actions: [],
    reasons: [{ kind: "host-back", host: hostName(memory, host) }],
  };
}

/**
 * A host that lives has a vote again, at once, and not only when XAPI has enabled it: cut off a moment later it votes on
 * the other side. (Seen: five hosts, two of them reset and just back, split into two majorities; each fenced the other.)
 */
function countAgain(lastGood: LastGoodView, host: HostUuid): LastGoodView {
  return { ...lastGood, members: [...new Set([...lastGood.members, host])].sort() };
}

function stepFence(
  memory: Memory,
  incident: Incident,
  input: DecisionInput,
  context: IncidentContext,
): IncidentStep {
  const { host } = incident;
  const known = memory.lastGood?.hosts.find((candidate) => candidate.uuid === host);
  const health = memory.health[host];
  if (known === undefined || !context.mayFence || health === undefined) return nothing(memory);
  if (input.inFlight.has(`fence-host:${host}`)) return nothing(memory);
  const verdict = judgeFence(
    { enabled: isFenceable(memory, host), failed: health.state === "failed" },
    context.quorum,
    input.settings,
  );
  if (verdict.kind === "refused") {
    const goOn = verdict.why === "fencing-disabled" && input.settings.FENCE_HA_ONFAIL && !context.fenceOnly;
    if (goOn && quorumHolds(context, input)) return goOnUnfenced(memory, incident);
    if (verdict.why === "answers-again") return nothing(memory);
    if (verdict.why === "in-maintenance" && hasNothingLeft(host, input)) return nothing(memory);
    return {
      memory,
      actions: [],
      reasons: [{ kind: "fence-refused", host: hostName(memory, host), why: verdict.why }],
    };
  }
  const action: Action = { kind: "fence-host", host, address: known.address, pingIsLife: !health.pings };
  if (!mayBegin(action, input)) return nothing(memory);
  const fencing = stepIncident(incident, { kind: "fence-begun" });
  return {
    memory: { ...memory, incidents: put(memory.incidents, host, fencing) },
    actions: [action],
    reasons: [],
  };
}

/**
 * Enabled, or a member that is disabled because somebody's xapi started: then, and while a take-over is open, the
 * database calls hosts disabled that nobody has put in maintenance.
 */
export function isFenceable(memory: Memory, host: HostUuid): boolean {
  const known = memory.lastGood?.hosts.find((candidate) => candidate.uuid === host);
  if (known?.enabled === true) return true;
  const member = memory.lastGood?.members.includes(host) === true;
  return member && (memory.promotion !== null || known?.disabledByStart === true);
}

function quorumHolds(context: IncidentContext, input: DecisionInput): boolean {
  return context.quorum.quorate || !input.settings.FENCE_QUORUM_REQUIRED;
}

/** FENCE_HA_ONFAIL=1: the administrator's explicit choice to restart VMs of a host that nobody proved dead. */
function goOnUnfenced(memory: Memory, incident: Incident): IncidentStep {
  const begun = stepIncident(incident, { kind: "fence-begun" });
  const unfenced = stepIncident(begun, { kind: "fence-failed", fault: "agent-missing", goOnAnyway: true });
  return {
    memory: { ...memory, incidents: put(memory.incidents, incident.host, unfenced) },
    actions: [],
    reasons: [{ kind: "host-fenced", host: hostName(memory, incident.host), proved: false }],
  };
}

function stepDeclare(memory: Memory, incident: Incident, input: DecisionInput): IncidentStep {
  const { host, proved } = incident;
  const { promotion } = memory;
  const nowMs = input.view.nowMs;
  if (promotion?.oldMaster === host) {
    // Members come back first (behaviour.md §7.3): what they really run corrects the old database.
    const waited = nowMs - promotion.sinceMs > RECOVER_LIMIT_MS;
    const ready =
      promotion.phase === "recovering" &&
      stillAwaited(promotion, nowMs).length === 0 &&
      input.view.self.initCompleteAtMs !== null;
    if (!ready && !waited) return nothing(memory);
  }
  const action: Action = { kind: "declare-host-dead", host, proved };
  return { memory, actions: mayBegin(action, input) ? [action] : [], reasons: [] };
}

function stepForget(memory: Memory, incident: Incident, input: DecisionInput): IncidentStep {
  const action: Action = { kind: "forget-host", host: incident.host };
  const wanted = input.settings.FENCE_HOST_FORGET && mayBegin(action, input);
  return { memory, actions: wanted ? [action] : [], reasons: [] };
}

/** Declared dead already, by an administrator or before this memory began, or empty: no VM of it waits for a proof. */
function hasNothingLeft(host: HostUuid, { view }: DecisionInput): boolean {
  const known = view.database.ok ? view.database.value.hosts.find(({ uuid }) => uuid === host) : undefined;
  return known !== undefined && !known.enabled && known.residents.length === 0;
}
