import { stepIncidents } from "../fencing/step-incidents.ts";
import {
  aliveNow,
  type Decision,
  type DecisionInput,
  hostName,
  mayBegin,
  reportHealth,
  reportReturns,
  stepAllHealth,
  tallyNow,
} from "../members/decision.ts";
import { isAlive } from "../members/host-health.ts";
import { endIsolation, isIsolated, stepIsolation } from "../members/isolation.ts";
import { isInMaintenance } from "../members/maintenance.ts";
import { isTie, type QuorumTally } from "../members/quorum.ts";
import { fingerprintParameters, rememberView } from "../members/remember.ts";
import type { LastGoodView, Memory } from "../memory/memory.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView, PoolView, Role } from "../model/pool-view.ts";
import type { PromotionRefusal, Reason } from "../model/reason.ts";
import { omit, put } from "../model/record.ts";
import { findLeftovers } from "../restart/leftover-domains.ts";
import { planStarts, rememberOrders, reportRefusals } from "../restart/plan-starts.ts";
import { isTurnToEnd, stepMasterless } from "../takeover/masterless.ts";
import { planPromotion } from "../takeover/plan-promotion.ts";
import { markOwnStart } from "../takeover/start-mark.ts";

/** The host that this slave follows, by what it knows; null when it has never seen the pool. */
export function masterOf(role: Role, lastGood: LastGoodView | null): HostUuid | null {
  if (role.kind !== "slave") return null;
  return (
    lastGood?.hosts.find((host) => host.address === role.masterAddress)?.uuid ?? lastGood?.master ?? null
  );
}

/**
 * The order of a slave's decisions (behaviour.md §7): is the master alive? If so, learn and clean up. If it has failed,
 * take over only when every condition holds, one step of the incident per round.
 */
export function decideSlave(input: DecisionInput): Decision {
  const { view } = input;
  const database = view.database.ok ? view.database.value : null;
  const { role } = view.self;
  const followed = masterOf(role, input.memory.lastGood);
  const master = database?.pool.master ?? followed;
  const following = role.kind === "slave" ? role.masterAddress : null;
  const health = stepAllHealth(forgiveNewMaster(input, followed, following));
  const masterlessSinceMs = stepMasterless(input.memory, input.memory.lastGood, view);
  const memory = { ...input.memory, health, following, masterlessSinceMs };
  if (master === null) return { memory, actions: [], reasons: silentReason(input) };
  if (isAlive(health[master])) return followMaster(memory, master, database, input);
  const reasons = reportMaster(memory, master, input);
  if (health[master]?.state !== "failed") return { memory, actions: [], reasons };
  const step = replaceMaster(memory, master, input);
  return { ...step, reasons: [...reasons, ...step.reasons] };
}

/**
 * A host that has just become this slave's master has called it: whatever its health was before, it lives, and its
 * retries begin now. (One that could not be heard for a while had failed; seconds after its call it was fenced.)
 */
function forgiveNewMaster(
  input: DecisionInput,
  master: HostUuid | null,
  following: string | null,
): DecisionInput {
  const { memory } = input;
  if (master === null || memory.following === null || memory.following === following) return input;
  return { ...input, memory: { ...memory, health: omit(memory.health, master) } };
}

/** Its failure is told by the one whose turn it is, not by every member; and with HA off by nobody. */
function reportMaster(memory: Memory, master: HostUuid, input: DecisionInput): readonly Reason[] {
  const { lastGood } = memory;
  if (lastGood !== null && lastGood.haFlag !== "on") return [];
  const living = new Set(aliveNow(input.view, memory.health));
  const order = [...(lastGood?.ranking ?? []), ...[...(lastGood?.members ?? [])].sort()];
  const speaker = order.find((uuid) => living.has(uuid)) ?? input.view.self.uuid;
  const mine = speaker === input.view.self.uuid;
  const health = memory.health[master];
  const lost = !mine && health?.state === "failed" && input.view.nowMs - health.sinceMs >= LOST_MS;
  return [
    ...reportHealth(memory, [master], input).map((reason) =>
      reason.kind === "host-failed" ? { ...reason, mine } : reason,
    ),
    ...(lost ? [{ kind: "master-lost", host: hostName(memory, master) } as const] : []),
  ];
}

/** The successor has replaced a dead master long before. */
const LOST_MS = 300_000;

function silentReason(input: DecisionInput): readonly Reason[] {
  const { database } = input.view;
  return database.ok ? [] : [{ kind: "xapi-silent", fault: database.fault }];
}

/** The master lives: keep the caches fresh, end what was begun against it, destroy leftovers. */
function followMaster(
  before: Memory,
  master: HostUuid,
  database: DatabaseView | null,
  input: DecisionInput,
): Decision {
  const { view, settings } = input;
  const told = before.lastGood?.haFlag === "on";
  const reasons: Reason[] = [
    // A fence that was begun against it is over with it: its return is told all the same.
    ...(told ? reportReturns({ ...input.memory, incidents: {} }, before, [master]) : []),
    ...reportMaster(before, master, input),
  ];
  const ending = before.promotion?.oldMaster === null && before.masterlessSinceMs !== null;
  if (before.promotion !== null && !ending) reasons.push({ kind: "promotion-dropped" });
  const promotion = ending ? before.promotion : null;
  // The waits of this incident are over with it.
  const retries = omit(omit(before.retries, `fence-host:${master}`), TURN_KEY);
  const calm: Memory = { ...before, incidents: {}, promotion, promoted: null, retries };
  const answer = view.probes.get(master)?.follows;
  if (database === null && answer?.kind === "slave-of") {
    const other = before.lastGood && findOtherMaster(master, before.lastGood, input);
    const known = other?.kind === "taken-over" && hasMaster(view);
    reasons.push(
      known ? other : { kind: "master-is-slave", host: hostName(before, master), address: answer.address },
    );
  }
  if (database === null) {
    const step = endMasterless(calm, input);
    return { ...step, reasons: [...reasons, ...step.reasons, ...silentReason(input)] };
  }
  const seen = rememberView(calm, database, { view, fieldName: settings.XC_FIELD_NAME });
  const lastGood = seen && { ...seen, parameters: fingerprintParameters(database.pool.otherConfig) };
  const isolation = endIsolation(calm.isolation, view.nowMs);
  const memory: Memory = { ...calm, lastGood, isolation, confirmed: true };
  if (lastGood?.haFlag !== "on" || database.pool.haEnabled) return { memory, actions: [], reasons };
  const leftovers = findLeftovers(view.self, database).map(
    ({ vm }): Action => ({ kind: "destroy-domain", vm }),
  );
  const actions = [...leftovers, ...markOwnStart(database, input)];
  if (!settings.SLAVE_VM_STAT || !isSteady(lastGood, view.nowMs)) return { memory, actions, reasons };
  const plan = planStarts(memory, database, input);
  return {
    memory: rememberOrders(memory, plan, database),
    actions: [...actions, ...plan.starts],
    reasons: [...reasons, ...reportRefusals(plan)],
  };
}

function hasMaster(view: PoolView): boolean {
  return [...view.probes.values()].some(({ follows }) => follows.kind === "is-master");
}

/** The pool has no master, and all hosts have said so: one of them becomes it. Nobody is fenced, and nobody left out. */
function endMasterless(memory: Memory, input: DecisionInput): Decision {
  const { lastGood, masterlessSinceMs } = memory;
  const { view, settings } = input;
  const wanted = lastGood?.haFlag === "on" && settings.PROMOTE_SLAVE && masterlessSinceMs !== null;
  if (lastGood === null || !wanted || isInMaintenance(lastGood, view.self.uuid))
    return { memory, actions: [], reasons: [] };
  if (!isTurnToEnd(masterlessSinceMs, lastGood.members, view, settings))
    return { memory, actions: [], reasons: [] };
  return promote(memory, null, lastGood, input);
}

/** For this long after any xapi of the pool started, the database may still learn what really runs where. */
const STEADY_MS = 180_000;

/**
 * A slave may start VMs too (SLAVE_VM_STAT=1), but only in a pool at rest: a new master's database calls VMs halted that
 * run on members which have not come back, and only the master itself knows whom it is waiting for.
 */
function isSteady(lastGood: LastGoodView, nowMs: number): boolean {
  return lastGood.hosts.every((host) => {
    const member = lastGood.members.includes(host.uuid);
    return (host.enabled || !member) && nowMs - host.agentStartedAtMs >= STEADY_MS;
  });
}

/** The master has failed: fence it, then take over, if this host is the one to do so. */
function replaceMaster(memory: Memory, master: HostUuid, input: DecisionInput): Decision {
  const { view, settings } = input;
  const { lastGood } = memory;
  if (lastGood === null) return refuse(memory, "no-view");
  if (lastGood.haFlag !== "on") return { memory, actions: [], reasons: [{ kind: "ha-off" }] };
  // A master that answered first and then did not: whom nobody has asked in this round is not thereby silent.
  const unasked = lastGood.members.some((uuid) => uuid !== view.self.uuid && !view.probes.has(uuid));
  if (unasked) return { memory, actions: [], reasons: [] };
  const quorum = tallyNow(view, memory);
  const satisfied = { ...quorum, quorate: quorum.quorate || !settings.FENCE_QUORUM_REQUIRED };
  const alone = stepAlone(memory, satisfied, input);
  if (alone !== null) return alone;
  if (memory.isolation?.rebooted === true && memory.isolation.wellSinceMs === null) {
    return { memory, actions: [], reasons: [{ kind: "out-of-ha-after-reboot" }] };
  }
  const rival = findOtherMaster(master, lastGood, input);
  if (rival !== null) return { memory, actions: [], reasons: [rival] };
  const away = !memory.confirmed && !quorum.quorate;
  const refusal = away
    ? "away-since-boot"
    : judgePromotion(memory, master, lastGood, satisfied.quorate, input);
  if (refusal === "waits-its-turn") return waitTurn(memory, master, lastGood, input);
  if (refusal !== null) return refuse(memory, refusal);

  if (!settings.FENCE_ENABLED) return promote(memory, master, lastGood, input);
  const step = stepIncidents(memory, [master], input, { quorum, mayFence: true, fenceOnly: true });
  const phase = step.memory.incidents[master]?.phase;
  if (phase === "fenced") return promote(step.memory, master, lastGood, input);
  const unfenced: readonly Reason[] =
    phase === "open" ? [{ kind: "not-promoted", why: "old-master-not-fenced" }] : [];
  return { memory: step.memory, actions: step.actions, reasons: [...step.reasons, ...unfenced] };
}

/** Under this key the next pass is wanted when the turn comes (core/pace/schedule.ts). */
const TURN_KEY = "turn";

function waitTurn(memory: Memory, master: HostUuid, lastGood: LastGoodView, input: DecisionInput): Decision {
  const notBeforeMs = turnOf(memory, master, lastGood, input) ?? input.view.nowMs;
  const retries = put(memory.retries, TURN_KEY, { failures: 0, notBeforeMs });
  return {
    memory: { ...memory, retries },
    actions: [],
    reasons: [{ kind: "not-promoted", why: "waits-its-turn" }],
  };
}

function refuse(memory: Memory, why: PromotionRefusal): Decision {
  return { memory, actions: [], reasons: [{ kind: "not-promoted", why }] };
}

/** No other member answers and the votes are too few: this host is the one that was cut off. */
function stepAlone(memory: Memory, quorum: QuorumTally, input: DecisionInput): Decision | null {
  const aliveOthers = aliveNow(input.view, memory.health).length - 1;
  if (!isIsolated({ failed: 1, aliveOthers, quorum })) return null;
  // In maintenance somebody is at work on this host.
  const maintained = isInMaintenance(memory.lastGood, input.view.self.uuid);
  const FENCE_REBOOT_LONE_HOST = input.settings.FENCE_REBOOT_LONE_HOST && !maintained;
  const step = stepIsolation(memory.isolation, input.view.nowMs, { FENCE_REBOOT_LONE_HOST });
  return {
    memory: { ...memory, isolation: step.isolation },
    actions: step.reboot ? [{ kind: "reboot-self" }] : [],
    reasons: [{ kind: "isolated", reboots: step.reboot }],
  };
}

/** Another host has taken over already, or a member follows someone else: this host waits to be called. */
function findOtherMaster(master: HostUuid, lastGood: LastGoodView, input: DecisionInput): Reason | null {
  const oldAddress = lastGood.hosts.find((host) => host.uuid === master)?.address;
  for (const [uuid, probe] of input.view.probes) {
    const host = lastGood.hosts.find((known) => known.uuid === uuid);
    const name = host?.name ?? uuid;
    if (probe.follows.kind === "is-master" && uuid !== master) {
      return { kind: "taken-over", host: name, address: host?.address ?? "" };
    }
    if (probe.follows.kind === "slave-of" && probe.follows.address !== oldAddress) {
      return { kind: "taken-over", host: name, address: probe.follows.address };
    }
  }
  return null;
}

function judgePromotion(
  memory: Memory,
  master: HostUuid,
  lastGood: LastGoodView,
  quorate: boolean,
  input: DecisionInput,
): PromotionRefusal | null {
  const { view } = input;
  const { self } = view;
  if (!input.settings.PROMOTE_SLAVE) return "promotion-disabled";
  // Somebody works on this host: that is worth a word only where no other one is to take over.
  if (lastGood.hosts.find((host) => host.uuid === self.uuid)?.enabled !== true)
    return lastGood.ranking.length > 0 ? "not-the-successor" : "in-maintenance";
  if (!quorate) return "no-quorum";
  const turnAtMs = turnOf(memory, master, lastGood, input);
  if (turnAtMs === null) return "not-the-successor";
  return view.nowMs >= turnAtMs ? null : "waits-its-turn";
}

/** A host that has not seen its master since its boot lets everyone go first who has. */
const AWAY_S = 120;

/**
 * When this host may act: the first of the ranking at once, the next one when those before it do not answer and have had
 * their time. null: never, as long as one before it lives.
 */
function turnOf(
  memory: Memory,
  master: HostUuid,
  lastGood: LastGoodView,
  input: DecisionInput,
): number | null {
  const { view, settings } = input;
  const position = lastGood.ranking.indexOf(view.self.uuid);
  if (position < 0) return null;
  const before = lastGood.ranking.slice(0, position);
  const alive = aliveNow(view, memory.health);
  if (before.some((uuid) => alive.includes(uuid))) return null;
  const failedSince = memory.health[master]?.sinceMs ?? view.nowMs;
  const turnS = settings.XAPI_COUNT * settings.XAPI_DELAY;
  const awayS = memory.confirmed ? 0 : Math.max(AWAY_S, 2 * turnS);
  const waitS = position * turnS + awayS + duelDelayS(memory, alive, settings);
  return failedSince + waitS * 1_000;
}

/**
 * In a tie both halves may win with the heuristic IPs' vote and fence each other at the same second, and then nobody is
 * left. The master notices a silent slave at its next pass, a MONITOR_DELAY later at the most: the slave's half waits
 * that long and one XAPI_DELAY more, so that a master that lives is the one that stays.
 */
function duelDelayS(
  memory: Memory,
  alive: readonly HostUuid[],
  settings: { readonly MONITOR_DELAY: number; readonly XAPI_DELAY: number },
): number {
  const tie = isTie(memory.lastGood?.members ?? [], alive);
  return tie ? settings.MONITOR_DELAY + settings.XAPI_DELAY : 0;
}

/** The old master is fenced, or the administrator has chosen to do without: remember the take-over, then begin it. */
function promote(
  memory: Memory,
  master: HostUuid | null,
  lastGood: LastGoodView,
  input: DecisionInput,
): Decision {
  const { view } = input;
  const action: Action = { kind: "promote-self" };
  if (!mayBegin(action, input)) return { memory, actions: [], reasons: [] };
  const promotion = memory.promotion ?? planPromotion(memory, lastGood, master, view);
  return {
    memory: { ...memory, promotion, confirmed: true },
    actions: [action],
    reasons: [{ kind: "promoting", oldMaster: master === null ? null : hostName(memory, master) }],
  };
}
