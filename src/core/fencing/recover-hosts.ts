import { isDisarmed, isHostDisarmed } from "../group/disarmed.ts";
import { hasMandate, hostsOnRoll, isConfirmedOff, isElecting, leaseEndsMs } from "../group/may-act.ts";
import { isHeardNow } from "../members/heard.ts";
import { type HostRow, type HostRows, hostName, hostRows, rowOf } from "../members/host-rows.ts";
import { isOffByLease } from "../members/lease.ts";
import type { QuorumTally } from "../members/quorum.ts";
import { tallyNow } from "../members/vote.ts";
import { countsAsOff, type Incident, waitsForFence } from "../memory/incident.ts";
import type { LastGoodView } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import { nothing, type Round, type Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid, VmUuid } from "../model/ids.ts";
import { countsOnLease } from "../model/lease-method.ts";
import type { PoolView } from "../model/pool-view.ts";
import type { FenceRefusal } from "../model/reason.ts";
import { omit, put } from "../model/record.ts";
import { mayBegin, whenDue } from "../pace/back-off.ts";
import { waitsForOthers, wereTooManyFenced } from "./brakes.ts";
import { fenceMethods, judgeFence } from "./fence-policy.ts";
import { afterEvent, openIncident, stepIncident } from "./incident.ts";

/** What may be done about failed hosts in this round. */
export interface RecoveryScope {
  /** False for a host that may be the isolated one: it fences nobody. */
  readonly mayFence: boolean;
  /** On a slave the incident of the dead master ends with the fence; what follows comes after the promotion. */
  readonly fenceOnly: boolean;
}

/** One step for each failed host, all of them in parallel (test/README.md, F10) as far as no brake is on, and an end for those that came back. */
export function recoverHosts(
  memory: Memory,
  hosts: readonly HostUuid[],
  round: Round,
  scope: RecoveryScope,
): Step {
  // What is recovered of one host changes no other one's row, nor the vote of this round.
  const rows = hostRows(memory, round.view);
  const quorum = tallyNow(round.view, memory);
  const isAnyUnderWay = [...round.inFlight].some((key) => key.startsWith("fence-host:"));
  const isAloneAtRest = isHostDisarmed(round.view, round.view.self.uuid) && hearsNobody(rows);
  let result = nothing(memory);
  // So that those whose devices are dead do not keep the turn among themselves.
  const failures = (host: HostUuid) => memory.retries[`fence-host:${host}`]?.failures ?? 0;
  for (const host of [...hosts].sort((a, b) => failures(a) - failures(b))) {
    const isOtherFenced = isAnyUnderWay || result.actions.some(({ kind }) => kind === "fence-host");
    const step = recoverHost(result.memory, rowOf(rows, host), round, {
      ...{ ...scope, quorum, isOtherFenced, isAloneAtRest },
    });
    result = {
      memory: step.memory,
      actions: [...result.actions, ...step.actions],
      reasons: [...result.reasons, ...step.reasons],
    };
  }
  return result;
}

/** The vote of the whole round. */
interface VotedScope extends RecoveryScope {
  readonly quorum: QuorumTally;
  /** The fence of another host is under way, or has just been decided. */
  readonly isOtherFenced: boolean;
  /** HA rests for this host alone, and it hears no other one: whoever works on it has cut it off, and no host it knows of could take a VM. */
  readonly isAloneAtRest: boolean;
}

function hearsNobody(rows: HostRows): boolean {
  return [...rows.values()].every(({ isSelf, isHeard, heard }) => isSelf || !(isHeard || isHeardNow(heard)));
}

function recoverHost(memory: Memory, row: HostRow, round: Round, scope: VotedScope): Step {
  const { uuid: host, incident } = row;
  if (incident !== null && row.isAlive) return endIncident(memory, row, incident, round);
  if (incident === null && row.health?.state !== "failed") return nothing(memory);
  // What was begun goes on when the rest is over; but a take-over is brought to its end.
  const isReplaced = memory.promotion?.oldMaster === host && incident !== null && countsAsOff(incident);
  if (isDisarmed(round.view, host) && !isReplaced) return nothing(memory);
  const isOff = isConfirmedOff(round.view, host) || isOffByLease(host, memory, round.view);
  if (incident === null && !row.isFenceable && !isOff) {
    // Perhaps in maintenance, perhaps it died while it started: nothing is begun, but it is said.
    return hasNothingLeft(row) ? nothing(memory) : refuse(memory, row, "in-maintenance");
  }
  const open = incident ?? failedNow(memory, host, round.view.nowMs);
  const opened = { ...memory, incidents: put(memory.incidents, host, open) };
  if (waitsForFence(open) && row.health?.state === "failed" && isOffByLease(host, memory, round.view))
    return takeLease(opened, row, open, round.view.nowMs);
  if (isWordTaken(open, row, round)) return takeWord(opened, row, open, round.view.nowMs);
  switch (open.phase) {
    case "open":
    case "fencing":
      return fence(opened, row, open, round, scope);
    case "fenced": {
      const confirmed = withWord(opened, open, round);
      return scope.fenceOnly
        ? nothing(confirmed)
        : declareDead(confirmed, row, confirmed.incidents[host] ?? open, round);
    }
    case "declared":
      if (scope.fenceOnly) return nothing(withWord(opened, open, round));
      return hasVmsAgain(row) ? declareAgain(opened, row, open, round) : afterDeclared(opened, open, round);
    case "answered":
      return scope.fenceOnly ? nothing(opened) : askAgain(opened, open, open.openedAtMs, round);
    case "switched-on":
      // It boots, or somebody works on it: it is left alone as long as nothing waits for a proof.
      return !isWaitedFor(opened, open, round) && !hasVmsAgain(row)
        ? nothing(opened)
        : askAgain(opened, open, open.switchedOnAtMs ?? open.openedAtMs, round);
    case "returned":
      return nothing(opened);
  }
}

/** A new incident, also of a host that has returned from the last one and was not enabled since. */
function failedNow(memory: Memory, host: HostUuid, atMs: number): Incident {
  const returned = memory.incidents[host];
  const again = returned === undefined ? null : stepIncident(returned, { kind: "host-failed", atMs });
  return again ?? openIncident(host, atMs);
}

function refuse(memory: Memory, { name }: HostRow, why: FenceRefusal): Step {
  return { memory, actions: [], reasons: [{ kind: "fence-refused", host: name, why }] };
}

/** XAPI may have reached the host then, or it was switched on, and it may have died since: after this time it begins anew. */
const ASK_AGAIN_MS = 10 * 60_000;

function askAgain(memory: Memory, incident: Incident, sinceMs: number, { view: { nowMs } }: Round): Step {
  if (nowMs - sinceMs < ASK_AGAIN_MS) return nothing(memory);
  return nothing(afterEvent(memory, incident, { kind: "answer-expired", atMs: nowMs }));
}

/** A host that is back is nobody's incident any more; one whose agent is running right now waits for its answer. */
function endIncident(memory: Memory, row: HostRow, incident: Incident, round: Round): Step {
  const host = row.uuid;
  const keys = [`fence-host:${host}`, `declare-host-dead:${host}`, `switch-on-host:${host}`];
  if (keys.some((key) => round.inFlight.has(key))) return nothing(memory);
  const retries = keys.reduce((left, key) => omit(left, key), memory.retries);
  const after = afterEvent(memory, incident, { kind: "host-returned", atMs: round.view.nowMs });
  return {
    memory: { ...after, retries, lastGood: memory.lastGood && countAgain(memory.lastGood, host) },
    actions: [],
    reasons: [{ kind: "host-back", host: row.name }],
  };
}

/**
 * A host that lives has a vote again, at once, and not only when XAPI has enabled it: cut off a moment later it votes on
 * the other side. (Seen: five hosts, two of them reset and just back, split into two majorities; each fenced the other.)
 */
function countAgain(lastGood: LastGoodView, host: HostUuid): LastGoodView {
  return { ...lastGood, members: [...new Set([...lastGood.members, host])].sort() };
}

function fence(memory: Memory, row: HostRow, incident: Incident, round: Round, scope: VotedScope): Step {
  const { known, health } = row;
  if (known === null || !scope.mayFence || health === null) return nothing(memory);
  if (round.inFlight.has(`fence-host:${row.uuid}`)) return nothing(memory);
  if (scope.isAloneAtRest) return refuse(memory, row, "alone-at-rest");
  const { settings, view } = round;
  const { quorum } = scope;
  // What will be proved by itself in a moment needs no other word.
  if (isLeaseRunning(row.uuid, round) && fenceMethods(settings.FENCE_METHOD).length === 0)
    return { memory, actions: [], reasons: [{ kind: "waits-for-lease", host: row.name }] };
  const verdict = judgeFence(
    { enabled: row.isFenceable, failed: health.state === "failed" },
    { ...quorum, members: withHost(view, row.uuid).length },
    settings,
  );
  if (verdict.kind === "refused") {
    const isWaived = verdict.why === "fencing-disabled" && settings.FENCE_HA_ONFAIL && !scope.fenceOnly;
    const isQuorate = quorum.quorate || !settings.FENCE_QUORUM_REQUIRED;
    if (isWaived && isQuorate) return waiveFencing(memory, row, incident, view.nowMs);
    if (verdict.why === "answers-again") return nothing(memory);
    if (verdict.why === "no-quorum" && (isElecting(view) || isNewMaster(memory, view)))
      return nothing(memory);
    if (verdict.why === "in-maintenance" && hasNothingLeft(row)) return nothing(memory);
    return refuse(memory, row, verdict.why);
  }
  const lease = waitForLease(memory, row, incident, round, scope);
  if (lease !== null) return lease;
  const action: Action = {
    kind: "fence-host",
    host: row.uuid,
    address: known.address,
    pingIsLife: !health.pings,
    byLeader: hasMandate(round.view),
  };
  if (!mayBegin(action, round)) return nothing(memory);
  if (wereTooManyFenced(row.uuid, memory, view)) {
    const fencingStoppedSinceMs = memory.fencingStoppedSinceMs ?? view.nowMs;
    return refuse({ ...memory, fencingStoppedSinceMs }, row, "too-many-fenced");
  }
  if (scope.isOtherFenced && waitsForOthers(row.uuid, memory, view))
    return { memory, actions: [], reasons: [{ kind: "fence-waits", host: row.name }] };
  return { memory: afterEvent(memory, incident, { kind: "fence-begun" }), actions: [action], reasons: [] };
}

/** Within this time a lease that is over is taken for a proof, if it is one. */
const OVER_MS = 10_000;

function isLeaseRunning(host: HostUuid, { view, settings }: Round): boolean {
  const endsMs = leaseEndsMs(view, host);
  return settings.FENCE_ENABLED && endsMs !== null && view.nowMs - endsMs <= OVER_MS;
}

/**
 * Where the leases of the hosts are counted on: without an agent there is nothing but to wait. One that has no lease is not proved off by it;
 * then FENCE_HA_ONFAIL=1 has its meaning, when the agents have failed, too. null: an agent is to try.
 */
function waitForLease(
  memory: Memory,
  row: HostRow,
  incident: Incident,
  { view, settings }: Round,
  scope: VotedScope,
): Step | null {
  if (!countsOnLease(settings.FENCE_METHOD)) return null;
  const endsMs = leaseEndsMs(view, row.uuid);
  const hasAgent = fenceMethods(settings.FENCE_METHOD).length > 0;
  const isTried = !hasAgent || incident.fenceFailures > 0;
  if (endsMs === null && isTried && settings.FENCE_HA_ONFAIL && !scope.fenceOnly && hasMandate(view))
    return waiveFencing(memory, row, incident, view.nowMs);
  if (hasAgent) return null;
  // It was over, and is no proof: the host may have booted since.
  return refuse(memory, row, endsMs === null ? "no-lease" : "lease-doubted");
}

/** The lead comes to who is made master by hand some seconds after that. */
const LEAD_COMES_MS = 30_000;

function isNewMaster({ promotion }: Memory, { nowMs }: PoolView): boolean {
  return promotion !== null && nowMs - promotion.sinceMs < LEAD_COMES_MS;
}

/** Who counts in this pool, the host that is to be fenced included: it may be off the roll, by a proof that was forgotten since. */
function withHost(view: PoolView, host: HostUuid): readonly HostUuid[] {
  return [...new Set([...hostsOnRoll(view), host])];
}

/** A word about a host that was fenced: its device may be silent from now on. */
function withWord(memory: Memory, incident: Incident, { view }: Round): Memory {
  if (incident.isWord || !isConfirmedOff(view, incident.host) || !hasMandate(view)) return memory;
  return afterEvent(memory, incident, { kind: "confirmed-off", atMs: view.nowMs });
}

/** What the monitor publishes is a second old at the most: by then a word about the death before is gone from it. */
const OLD_WORD_MS = 5_000;

/** Of a host that is not known to be off, whatever was seen of it before; a fence that is under way is waited for. */
function isWordTaken(
  incident: Incident,
  { uuid, known, health }: HostRow,
  { view, inFlight }: Round,
): boolean {
  const { phase, isWord, openedAtMs, switchedOnAtMs } = incident;
  if (phase === "fenced" || phase === "declared" || phase === "returned") return false;
  const isNew = waitsForFence(incident);
  const aliveAtMs = switchedOnAtMs ?? openedAtMs;
  const isFailed = known !== null && health?.state === "failed" && !inFlight.has(`fence-host:${uuid}`);
  const isAboutThis = isNew || (!isWord && view.nowMs - aliveAtMs >= OLD_WORD_MS);
  return isFailed && isAboutThis && isConfirmedOff(view, uuid) && hasMandate(view);
}

/** That its lease is over takes the place of a fence, also while an agent still tries. */
function takeLease(memory: Memory, row: HostRow, incident: Incident, atMs: number): Step {
  return {
    memory: afterEvent(memory, incident, { kind: "lease-over", atMs }),
    actions: [],
    reasons: [{ kind: "host-lease-over", host: row.name }],
  };
}

/** An administrator's word that the host is off takes the place of a fence. */
function takeWord(memory: Memory, row: HostRow, incident: Incident, atMs: number): Step {
  return {
    memory: afterEvent(memory, incident, { kind: "confirmed-off", atMs }),
    actions: [],
    reasons: [{ kind: "host-confirmed-off", host: row.name }],
  };
}

/** FENCE_HA_ONFAIL=1: the administrator's explicit choice to restart VMs of a host that nobody proved dead. */
function waiveFencing(memory: Memory, row: HostRow, incident: Incident, atMs: number): Step {
  return {
    memory: afterEvent(memory, incident, { kind: "fencing-waived", atMs }),
    actions: [],
    reasons: [{ kind: "host-fenced", host: row.name, proved: false }],
  };
}

function declareDead(memory: Memory, { record }: HostRow, incident: Incident, round: Round): Step {
  const { host, proved } = incident;
  const actions = whenDue({ kind: "declare-host-dead", host, proved }, round);
  // While it is under way XAPI calls one VM after the other halted.
  const vms = [...new Set([...incident.vms, ...(record?.residents ?? []).map(({ uuid }) => uuid)])].sort();
  const incidents = put(memory.incidents, host, { ...incident, vms });
  return { memory: { ...memory, incidents }, actions, reasons: [] };
}

/** What was declared is looked for in each new reading: an older database has forgotten it. */
function hasVmsAgain({ record }: HostRow): boolean {
  return record !== null && record.residents.length > 0;
}

function declareAgain(memory: Memory, row: HostRow, incident: Incident, round: Round): Step {
  const lost = afterEvent(memory, incident, { kind: "declaration-lost" });
  return declareDead(lost, row, lost.incidents[incident.host] ?? incident, round);
}

function afterDeclared(before: Memory, declared: Incident, round: Round): Step {
  const { host } = declared;
  const incident = { ...declared, vms: stillDown(declared, round) };
  const memory = withWord({ ...before, incidents: put(before.incidents, host, incident) }, incident, round);
  if (round.settings.FENCE_HOST_FORGET)
    return {
      memory,
      actions: whenDue({ kind: "forget-host", host, name: hostName(memory, host) }, round),
      reasons: [],
    };
  const actions = maySwitchOn(incident, memory, round)
    ? whenDue({ kind: "switch-on-host", host }, round)
    : [];
  return { memory, actions, reasons: [] };
}

/** So long after it was fenced the host may be needed for the very VMs that are still down. */
const SWITCH_ON_MS = 5 * 60_000;

/**
 * FENCE_ACTION=reset: switched on again, once, when its VMs run elsewhere, and not by the same order as off: then the device would
 * say on while they are being started, and nothing would prove any more that it is off. A master that was replaced stays off: cut off
 * from the others it would come back as a second master, with whatever its XAPI starts by itself.
 */
function maySwitchOn(
  { host, proved, vms, offSinceMs, switchedOnAtMs }: Incident,
  memory: Memory,
  round: Round,
) {
  const { settings, view } = round;
  if (settings.FENCE_ACTION !== "reset" || !proved || offSinceMs === null || switchedOnAtMs !== null)
    return false;
  if (memory.promotion?.oldMaster === host || memory.promoted?.oldMaster === host) return false;
  // It would be a host of the roll that is silent.
  if (hostsOnRoll(view).includes(host) || !view.database.ok) return false;
  return vms.length === 0 || view.nowMs - offSinceMs >= SWITCH_ON_MS;
}

/** Is a VM of it down that HA looks after? */
const isWaitedFor = (memory: Memory, incident: Incident, round: Round): boolean =>
  stillDown(incident, round).some((vm) => Object.hasOwn(memory.down, vm));

/** Its VMs that have not been started elsewhere since. */
function stillDown({ vms }: Incident, { view }: Round): readonly VmUuid[] {
  if (!view.database.ok) return vms;
  const halted = new Set(view.database.value.halted.map(({ uuid }) => uuid));
  return vms.filter((vm) => halted.has(vm));
}

/** Declared dead already, by an administrator or before this memory began, or empty: no VM of it waits for a proof. */
function hasNothingLeft({ record }: HostRow): boolean {
  return record !== null && !record.enabled && record.residents.length === 0;
}
