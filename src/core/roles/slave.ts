import { recoverHosts } from "../fencing/recover-hosts.ts";
import { isDisarmed, isHostDisarmed, isPoolDisarmed } from "../group/disarmed.ts";
import { hasMandate, hostsOnRoll, isClaiming, isElecting } from "../group/may-act.ts";
import { lastFlag } from "../members/flag-dispute.ts";
import { reportHealth, reportReturns } from "../members/health-report.ts";
import { heardOf } from "../members/heard.ts";
import { isAlive, stepAllHealth } from "../members/host-health.ts";
import { hostName } from "../members/host-rows.ts";
import { keepCopyFresh } from "../members/own-copy.ts";
import { fingerprintParameters } from "../members/parameters.ts";
import { rememberView } from "../members/remember.ts";
import { tieSaid } from "../members/tie-said.ts";
import { heardHosts, heardOnRoll, tallyNow } from "../members/vote.ts";
import { countsAsOff } from "../memory/incident.ts";
import type { LastGoodView } from "../memory/last-good.ts";
import { type Memory, onlyReturned } from "../memory/memory.ts";
import { inOrder, type MasterRound, nothing, type Round, type Step } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PoolView } from "../model/pool-view.ts";
import type { PromotionRefusal, Reason } from "../model/reason.ts";
import { omit } from "../model/record.ts";
import { startVms } from "../restart/start-vms.ts";
import { becomeMaster, beginTakeOver, isReplaceable } from "../takeover/become-master.ts";
import { endIsolation, isolateSlave } from "../takeover/isolation.ts";
import { judgeTakeOver, PATIENCE_KEY, waitUntilThen } from "../takeover/may-take-over.ts";
import { isNamedLeader, namedByGroup } from "../takeover/named.ts";
import { findOtherMaster, masterOf, reportNoMaster } from "../takeover/other-master.ts";
import { endHold, followNamed, reportHold, straysSince } from "../takeover/own-xapi.ts";
import { afterTakeOver } from "../takeover/take-over.ts";

import { reportNobodyLeads } from "./not-leading.ts";

/**
 * A slave's decisions (core/README.md, "The order of a slave's decisions"): is the master alive? If so, learn and clean
 * up. If it has failed, take over only when every condition holds, one step of the incident per round.
 */
export function decideSlave(round: Round): Step {
  const { view, memory: before } = round;
  const { role } = view.self;
  const followed = masterOf(role, before.lastGood);
  const judged = view.database.ok ? view.database.value.pool.master : toReplace(followed, view);
  // One that has given up being master follows its own address (core/takeover/resign.ts).
  const master = judged === view.self.uuid ? null : judged;
  const following = role.kind === "slave" ? role.masterAddress : null;
  const forgiven = forgiveNewMaster(before, followed, following);
  const health = stepAllHealth({ ...round, memory: forgiven });
  const straysSinceMs = straysSince(before, view);
  const entered: Memory = { ...forgiven, health, following, straysSinceMs, unnamedSinceMs: null, agreed: {} };
  const returns = endOfOthers(entered, master, round);
  const step = ownXapi(returns.memory, round) ?? followOrReplace(withoutName(returns.memory), master, round);
  const leaderless = before.lastGood?.haFlag === "on" ? reportNobodyLeads(before, view) : null;
  const told = [...reportHold(entered, view), ...(leaderless === null ? [] : [leaderless])];
  return { ...step, reasons: [...told, ...returns.reasons, ...step.reasons] };
}

/** What concerns the own xapi goes before the pool: it is held, it is to be master, it follows another one than the group has named. */
function ownXapi(memory: Memory, round: Round): Step | null {
  return (
    endHold(memory, round) ??
    proveAgain(memory, round) ??
    becomeMaster(memory, round) ??
    followNamed(memory, round)
  );
}

/** Named in the place of a master that is not off any more, by its device or because this host has rebooted: it is fenced anew. */
function proveAgain(memory: Memory, round: Round): Step | null {
  const oldMaster = memory.promotion?.oldMaster ?? null;
  if (oldMaster === null || !isNamedLeader(round.view) || !round.settings.FENCE_ENABLED) return null;
  if (memory.lastGood?.haFlag !== "on" || !round.isDiskWritable) return null;
  if (isReplaceable(oldMaster, memory, round) || isDisarmed(round.view, oldMaster)) return null;
  const named = afterTakeOver(memory, "named");
  const step = recoverHosts(named, [oldMaster], round, { mayFence: true, fenceOnly: true });
  const waits: Reason = { kind: "promotion-under-way", phase: "the old master is not off any more" };
  return { ...step, reasons: [...reportMaster(memory, oldMaster, round), ...step.reasons, waits] };
}

const withoutName = (memory: Memory): Memory => ({ ...memory, masterlessSinceMs: null });

/** Whose death this slave has to judge: of the master that it follows; the leader, of the one that the group has named. */
function toReplace(followed: HostUuid | null, view: PoolView): HostUuid | null {
  const named = hasMandate(view) ? namedByGroup(view) : null;
  return named === null || named === view.self.uuid ? followed : named;
}

/** A host that this one has fenced, by the administrator's choice, and that lives again: whatever was proved of it is over. */
function endOfOthers(memory: Memory, master: HostUuid | null, round: Round): Step {
  const back = Object.values(memory.incidents)
    .filter(({ host, phase }) => host !== master && phase !== "returned" && isAlive(memory.health[host]))
    .map(({ host }) => host);
  return recoverHosts(memory, back, round, { mayFence: false, fenceOnly: true });
}

function followOrReplace(memory: Memory, master: HostUuid | null, round: Round): Step {
  const { health } = memory;
  if (master === null) return { memory, actions: [], reasons: reportSilence(round) };
  if (isAlive(health[master])) return followMaster(memory, master, round);
  const reasons = reportMaster(memory, master, round);
  if (health[master]?.state !== "failed") return { memory, actions: [], reasons };
  const step = replaceMaster(memory, master, round);
  return { ...step, reasons: [...reasons, ...step.reasons] };
}

/**
 * A host that has just become this slave's master has called it: whatever its health was before, it lives, and its
 * retries begin now. (One that could not be heard for a while had failed; seconds after its call it was fenced.) A proof
 * that it is off is older than its call, and so is none any more.
 */
function forgiveNewMaster(memory: Memory, master: HostUuid | null, following: string | null): Memory {
  if (master === null || memory.following === following) return memory;
  const incidents = omit(memory.incidents, master);
  return { ...memory, health: omit(memory.health, master), incidents };
}

/** The successor has replaced a dead master long before. */
const LOST_MS = 300_000;

/** Its failure is told by the one whose turn it is, not by every member; and with HA off by nobody. */
function reportMaster(memory: Memory, master: HostUuid, round: Round): readonly Reason[] {
  const { lastGood } = memory;
  if (lastGood !== null && lastGood.haFlag !== "on") return [];
  const { self, nowMs } = round.view;
  const living = new Set(heardHosts(round.view, memory));
  const order = [...(lastGood?.ranking ?? []), ...[...(lastGood?.members ?? [])].sort()];
  const speaker = order.find((uuid) => living.has(uuid)) ?? self.uuid;
  const mine = speaker === self.uuid;
  const health = memory.health[master];
  const isLost =
    !mine &&
    !isDisarmed(round.view, master) &&
    health?.state === "failed" &&
    nowMs - health.sinceMs >= LOST_MS;
  return [
    ...reportHealth(memory, [master], round).map((reason) =>
      reason.kind === "host-failed" ? { ...reason, mine: mine && reason.mine } : reason,
    ),
    ...(isLost ? [{ kind: "master-lost", host: hostName(memory, master) } as const] : []),
  ];
}

function reportSilence({ view: { database } }: Round): readonly Reason[] {
  return database.ok ? [] : [{ kind: "xapi-silent", fault: database.fault }];
}

/** The master lives: what was begun against it is over. */
function followMaster(before: Memory, master: HostUuid, round: Round): Step {
  const { view } = round;
  const isHaOn = before.lastGood?.haFlag === "on";
  const reasons: Reason[] = [
    // A fence that was begun against it is over with it: its return is told all the same.
    ...(isHaOn ? reportReturns({ ...round.memory, incidents: {} }, before, [master]) : []),
    ...reportMaster(before, master, round),
  ];
  const promotion = afterTakeOver(before, "old-master-lives").promotion;
  if (before.promotion !== null && promotion === null) reasons.push({ kind: "promotion-dropped" });
  // The waits of this incident are over with it.
  const retries = omit(omit(before.retries, `fence-host:${master}`), PATIENCE_KEY);
  const incidents = onlyReturned(before, view.database.ok ? view.database.value : null);
  const calm: Memory = { ...before, incidents, promotion, promoted: null, retries };
  const step = view.database.ok
    ? followWithDatabase(calm, { ...round, database: view.database.value })
    : followSilently(calm, master, round);
  return { ...step, reasons: [...reasons, ...step.reasons] };
}

/** Its xapi does not answer this host's questions; perhaps it is no master any more. */
function followSilently(memory: Memory, master: HostUuid, round: Round): Step {
  const noMaster = reportNoMaster(master, memory, round.view);
  return { ...nothing(memory), reasons: [...(noMaster === null ? [] : [noMaster]), ...reportSilence(round)] };
}

/** Keeps the caches and the copy of the database fresh, and starts VMs where a slave is to. */
function followWithDatabase(calm: Memory, round: MasterRound): Step {
  const { view, settings, database } = round;
  const seen = rememberView(calm, database, { view, fieldName: settings.XC_FIELD_NAME });
  const lastGood = seen && { ...seen, parameters: fingerprintParameters(database.pool.otherConfig) };
  const isolation = endIsolation(calm.isolation, view.nowMs);
  const memory: Memory = { ...calm, lastGood, isolation, sawPoolSinceBoot: true };
  if (lastGood?.haFlag !== "on" || database.pool.haEnabled) return nothing(memory);
  return inOrder(memory, round, [keepCopyFresh, startVmsAtRest]);
}

/** For this long after any xapi of the pool started, the database may still learn what really runs where. */
const STEADY_MS = 180_000;

/**
 * A slave may start VMs too (SLAVE_VM_STAT=1), while the monitor of the master is silent: one that is heard gets the lead. But
 * only in a pool at rest: a new master's database calls VMs halted that run on members which have not come back, and only the
 * master itself knows whom it is waiting for.
 */
function startVmsAtRest(memory: Memory, round: MasterRound): Step {
  const { lastGood } = memory;
  const { view, settings } = round;
  const { master } = round.database.pool;
  const isAtRest = lastGood !== null && isSteady(lastGood, view.nowMs);
  const isAlone = master !== null && heardOf(view.hearing, master) === "silent" && !isPoolDisarmed(view);
  return settings.SLAVE_VM_STAT && isAtRest && isAlone && hasMandate(view)
    ? startVms(memory, round)
    : nothing({ ...memory, down: {} });
}

function isSteady({ hosts, members }: LastGoodView, nowMs: number): boolean {
  return hosts.every(({ uuid, enabled, xapiStartedAtMs }) => {
    return (enabled || !members.includes(uuid)) && nowMs - xapiStartedAtMs >= STEADY_MS;
  });
}

/** The master has failed: fence it, then take over, if this host is the one to do so. */
function replaceMaster(memory: Memory, master: HostUuid, round: Round): Step {
  const { view, settings } = round;
  const { lastGood } = memory;
  if (lastGood === null) return nothing(memory);
  const flag = lastFlag(lastGood, view);
  // A dispute that begins after its fence leaves nobody whom it could still save.
  const incident = memory.incidents[master];
  const isBegun = lastGood.haFlag === "on" && incident !== undefined && countsAsOff(incident);
  const isDisputed = flag === "disputed" && !isBegun;
  if (isDisputed && hasMandate(view)) return refuse(memory, master, "flag-disputed", view);
  if (flag === "off" || isDisputed) return { memory, actions: [], reasons: [{ kind: "ha-off" }] };
  // Nobody acts for the pool then, which whoever rests one host alone does not expect.
  if (isHostDisarmed(view, master) && !isPoolDisarmed(view) && hasMandate(view))
    return refuse(memory, master, "old-master-disarmed", view);
  // Neither it is replaced, nor does this host think itself cut off.
  if (isDisarmed(view, master) || isDisarmed(view, view.self.uuid)) return nothing(memory);
  // A master that answered first and then did not: whom nobody has asked in this round is not thereby silent.
  const isAnyUnasked = lastGood.members.some((uuid) => uuid !== view.self.uuid && !view.probes.has(uuid));
  if (isAnyUnasked) return nothing(memory);
  const quorum = tallyNow(view, memory);
  const satisfied = { ...quorum, quorate: quorum.quorate || !settings.FENCE_QUORUM_REQUIRED };
  const isolated = isolateSlave(memory, satisfied, round);
  if (isolated !== null) return isolated;
  if (isClaiming(view)) return nothing(memory);
  // Who leads is not alone: a majority has voted for it.
  const isOut = memory.isolation?.rebooted === true && memory.isolation.wellSinceMs === null;
  if (isOut && !hasMandate(view))
    return { memory, actions: [], reasons: [{ kind: "out-of-ha-after-reboot" }] };
  // Whoever leads knows whom the group has named, and whom another host follows is nothing to it.
  const other = hasMandate(view) ? null : findOtherMaster(master, memory, view);
  if (other !== null) return { memory, actions: [], reasons: [other] };
  // What would be done for nothing is not asked for.
  const away = settings.PROMOTE_SLAVE ? "away-since-boot" : "promotion-disabled";
  if (!memory.sawPoolSinceBoot && !quorum.quorate) return refuse(memory, master, away, view);
  // A take-over that a boot would forget is not begun.
  if (!round.isDiskWritable) return refuse(memory, master, "disk-not-writable", view);
  const refusal = judgeTakeOver(memory, master, satisfied.quorate, round);
  if (refusal === "too-early") return waitUntilThen(memory, master, round);
  if (refusal !== null && !hasMandate(view) && isElecting(view)) return nothing(memory);
  if (refusal !== null) return refuse(memory, master, refusal, view);
  return fenceThenPromote(memory, master, round);
}

function fenceThenPromote(memory: Memory, master: HostUuid, round: Round): Step {
  if (!round.settings.FENCE_ENABLED) return beginTakeOver(memory, master, round);
  const step = recoverHosts(memory, toFence(memory, master, round), round, {
    mayFence: true,
    fenceOnly: true,
  });
  const phase = step.memory.incidents[master]?.phase;
  if (phase === "fenced") {
    const begun = beginTakeOver(step.memory, master, round);
    return {
      ...begun,
      actions: [...step.actions, ...begun.actions],
      reasons: [...step.reasons, ...begun.reasons],
    };
  }
  const isWaiting = step.reasons.some(({ kind }) => kind === "waits-for-lease");
  const unfenced: readonly Reason[] =
    phase === "open" && !isWaiting ? [notPromoted(memory, master, "old-master-not-fenced", round.view)] : [];
  return { ...step, reasons: [...step.reasons, ...unfenced] };
}

/**
 * The master. Without a mandate, by the administrator's choice, all that are silent: this host has one when every other host of its
 * roll follows it or is off.
 */
function toFence(memory: Memory, master: HostUuid, { view }: Round): readonly HostUuid[] {
  if (hasMandate(view)) return [master];
  const others = hostsOnRoll(view).filter((host) => memory.health[host]?.state === "failed");
  const isMeant = (host: HostUuid) => host !== view.self.uuid && !isDisarmed(view, host);
  return [...new Set([master, ...others])].filter(isMeant);
}

function notPromoted(memory: Memory, master: HostUuid, why: PromotionRefusal, view: PoolView): Reason {
  const roll = hostsOnRoll(view);
  const heard = heardOnRoll(view);
  const isSilent = (host: HostUuid) => why === "no-quorum" && host !== master && !heard.includes(host);
  return {
    kind: "not-promoted",
    master: roll.includes(view.self.uuid) ? hostName(memory, master) : null,
    why,
    silent: roll.filter(isSilent).map((host) => hostName(memory, host)),
    tie: why === "no-quorum" ? tieSaid(view, memory) : null,
  };
}

function refuse(memory: Memory, master: HostUuid, why: PromotionRefusal, view: PoolView): Step {
  return { memory, actions: [], reasons: [notPromoted(memory, master, why, view)] };
}
