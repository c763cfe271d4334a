import { watchFenceDevices } from "../fencing/fence-devices.ts";
import { reEnable } from "../fencing/re-enable.ts";
import { recoverHosts } from "../fencing/recover-hosts.ts";
import { isAtRest, isDisarmed, isPoolDisarmed } from "../group/disarmed.ts";
import { groupOf, hasMandate } from "../group/may-act.ts";
import { reportHealth, reportReturns, reportWork } from "../members/health-report.ts";
import { stepAllHealth } from "../members/host-health.ts";
import { hostRows, rowOf } from "../members/host-rows.ts";
import { markHosts } from "../members/mark-hosts.ts";
import { keepOnDisk } from "../members/on-disk.ts";
import { tallyQuorum } from "../members/quorum.ts";
import { rememberView } from "../members/remember.ts";
import { hasTie, heuristicsFor } from "../members/vote.ts";
import { onlyOfPool, onlyWatched, watchedHosts } from "../members/watched-hosts.ts";
import { type Memory, onlyReturned } from "../memory/memory.ts";
import { inOrder, type MasterRound, nothing, type Round, type Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import { customFieldKey } from "../model/ha-flag.ts";
import { readOffice } from "../model/pool-keys.ts";
import type { Reason } from "../model/reason.ts";
import { whenDue } from "../pace/back-off.ts";
import { seeAgreement } from "../restart/agreement.ts";
import { reportDown } from "../restart/down.ts";
import { keepStops } from "../restart/keep-stops.ts";
import { seeRunning } from "../restart/see-running.ts";
import { setDatabaseRight } from "../restart/set-right.ts";
import { stampHomePools } from "../restart/stamp-home-pools.ts";
import { keepStanding } from "../restart/standing.ts";
import { startVms } from "../restart/start-vms.ts";
import { stopVerdicts } from "../restart/stops.ts";
import { chooseSuccessor } from "../takeover/choose-successor.ts";
import { whyNoStarts } from "../takeover/hold-starts.ts";
import { isCutOff, isolateMaster } from "../takeover/isolation.ts";
import { namedByGroup } from "../takeover/named.ts";
import { endHold, followNamed } from "../takeover/own-xapi.ts";
import { adoptTakeOver, forgetReplaced, putTogether } from "../takeover/put-together.ts";
import { takeOffice } from "../takeover/take-office.ts";
import { notLeadingSince, reportNotLeading } from "./not-leading.ts";

/**
 * A master's decisions (core/README.md, "The order of a master's decisions"). Everything above a line is a condition of
 * everything below it: a believable database, being the master, HA on, the members' health, failed hosts, then VMs.
 */
export function decideMaster(round: Round): Step {
  const { view, settings } = round;
  // Its database is its own from now on, whatever it had fetched as a slave.
  const before: Memory = { ...round.memory, copy: null, straysSinceMs: null, masterlessSinceMs: null };
  const follow = endHold(before, round) ?? followNamed(before, round);
  if (follow !== null) return { ...follow, memory: withOwnOffice(follow.memory, view) };
  const named: Memory = { ...before, unnamedSinceMs: null };
  if (!view.database.ok)
    return waitForDatabase({ ...round, memory: named }, { kind: "xapi-silent", fault: view.database.fault });
  const database = view.database.value;
  if (database.pool.master !== view.self.uuid) {
    const other = database.pool.master;
    const master = other === null ? null : rowOf(hostRows(before, view), other).record;
    return waitForDatabase(
      { ...round, memory: named },
      { kind: "not-master-in-database", master: master?.name ?? "another host" },
    );
  }
  const health = stepAllHealth(round);
  const known = adoptTakeOver({ ...named, health }, database, view);
  const lastGood = rememberView(known, database, { view, fieldName: settings.XC_FIELD_NAME });
  const memory: Memory = {
    ...known,
    following: null,
    health: onlyWatched(health, known, lastGood?.members ?? [], database, round.view),
    incidents: lastGood === null ? known.incidents : onlyOfPool(known.incidents, lastGood),
    lastGood,
  };
  const masterRound: MasterRound = { ...round, database };
  if (database.pool.haEnabled) return standAside(memory, masterRound);
  if (lastGood?.haFlag !== "on") return watchOnly(memory, masterRound);
  return decideUnderHa(memory, masterRound);
}

/** One that an administrator has made master by hand is named only if its database has been that of the one before. */
function withOwnOffice(memory: Memory, { self, database }: Round["view"]): Memory {
  if (!database.ok || database.value.pool.master !== self.uuid || memory.lastGood === null) return memory;
  return { ...memory, lastGood: { ...memory.lastGood, office: readOffice(database.value.pool.otherConfig) } };
}

/** Without a database that names this host master nothing is decided; a take-over under way waits for it. */
function waitForDatabase({ memory }: Round, reason: Reason): Step {
  const restarting: Reason = { kind: "promotion-under-way", phase: "XAPI restarts as master" };
  return { memory, actions: [], reasons: [memory.promotion === null ? reason : restarting] };
}

/** XenServer HA is on: two HA systems would fight over every host, so this one switches itself off. */
function standAside(memory: Memory, round: MasterRound): Step {
  const key = customFieldKey(round.settings.XC_FIELD_NAME);
  const off: Action = { kind: "set-pool-key", key, value: "false" };
  const isOff = round.database.pool.otherConfig[key] === "false";
  return {
    memory: forgetTrouble(memory, round),
    actions: isOff ? [] : whenDue(off, round),
    reasons: [{ kind: "xapi-ha-enabled" }],
  };
}

/** HA off or unset: caches and successor are kept fresh, nothing else is done, and no incident outlives the switch. */
function watchOnly(memory: Memory, round: MasterRound): Step {
  const field = round.settings.XC_FIELD_NAME;
  const flag: Reason = memory.lastGood?.haFlag === "off" ? { kind: "ha-off" } : { kind: "ha-unset", field };
  // A take-over cannot be undone: its members are still to be called as soon as HA is on again.
  const rest: Memory = { ...forgetTrouble(memory, round), promotion: memory.promotion };
  if (flag.kind === "ha-unset") return { memory: rest, actions: [], reasons: [flag] };
  const successor = chooseSuccessor(memory, round);
  return { memory: rest, actions: successor.actions, reasons: [flag, ...successor.reasons] };
}

function forgetTrouble(memory: Memory, { database }: MasterRound): Memory {
  const incidents = onlyReturned(memory, database);
  return {
    ...memory,
    incidents,
    promotion: null,
    isolation: null,
    notLeadingSinceMs: null,
    restarts: {},
    down: {},
    downReasons: {},
    stops: {},
    differences: {},
    declaredDead: {},
    placementOnDisk: null,
    standing: null,
  };
}

function decideUnderHa(memory: Memory, round: MasterRound): Step {
  const sawPoolSinceBoot = memory.sawPoolSinceBoot || isFollowedByMost(memory, round) || isNamed(round);
  const next = { ...memory, sawPoolSinceBoot, notLeadingSinceMs: notLeadingSince(memory, round.view) };
  const told = reportNotLeading(next, round.view);
  const step = inOrder(next, round, ORDER);
  return told === null ? step : { ...step, reasons: [told, ...step.reasons] };
}

/** Have more than half of the members said that they follow this host? */
function isFollowedByMost(memory: Memory, { view }: Round): boolean {
  const members = memory.lastGood?.members ?? [];
  const followers = [...hostRows(memory, view).values()].filter(({ followsThisHost }) => followsThisHost);
  const alive = [view.self.uuid, ...followers.map(({ uuid }) => uuid)];
  return tallyQuorum({ members, alive, heuristics: heuristicsFor(view, memory) }).quorate;
}

/** Hosts that boot after it have had this time to be heard. */
const ALONE_MS = 120_000;

/**
 * It has led the group for long, and is the master that the group has named: nobody else is. Not where the heuristic IPs decide:
 * the other half may have switched this host off, and go on without it.
 */
function isNamed({ view }: Round): boolean {
  const group = groupOf(view);
  if (group === null || !hasMandate(view) || group.roll?.master !== view.self.uuid) return false;
  return view.nowMs - group.sinceMs >= ALONE_MS && !(hasTie(view) && view.heuristics !== "not-asked");
}

/** What is left out while HA rests for the whole pool. */
const unlessAtRest =
  (step: (memory: Memory, round: MasterRound) => Step) =>
  (memory: Memory, round: MasterRound): Step =>
    isPoolDisarmed(round.view) ? nothing(memory) : step(memory, round);

/** Nor does it reboot itself while HA rests for it. */
const isolateUnlessAtRest = (memory: Memory, round: MasterRound): Step =>
  isDisarmed(round.view, round.view.self.uuid) ? nothing(memory) : isolateMaster(memory, round);

/** What the master of a pool with HA on does, in this order; a step that ends the round leaves out those below it. */
const ORDER: readonly ((memory: Memory, round: MasterRound) => Step)[] = [
  reportHosts,
  takeOffice,
  putTogether,
  forgetReplaced,
  isolateUnlessAtRest,
  recoverFailedHosts,
  unlessAtRest(reEnable),
  watchFenceDevices,
  chooseSuccessorAtRest,
  markHosts,
  stampHomePools,
  seeRunning,
  setRight,
  keepStops,
  startOrHold,
  keepStanding,
  keepOnDisk,
  seeAgreement,
];

/** Who has returned, who is silent. During a take-over the members' xapis start again: nothing to wonder about. */
function reportHosts(memory: Memory, round: MasterRound): Step {
  const others = watchedHosts(memory, round.database, round.view);
  const remarkable = others.filter(
    (uuid) => memory.promotion === null || memory.health[uuid]?.state === "failed",
  );
  const returns = reportReturns(round.memory, memory, others);
  const left = reportWork(round.database);
  return { memory, actions: [], reasons: [...returns, ...reportHealth(memory, remarkable, round), ...left] };
}

function recoverFailedHosts(memory: Memory, round: MasterRound): Step {
  const others = watchedHosts(memory, round.database, round.view);
  const mayFence = !isCutOff(memory) && memory.sawPoolSinceBoot;
  return withoutRest(recoverHosts(memory, others, round, { mayFence, fenceOnly: false }), round);
}

function chooseSuccessorAtRest(memory: Memory, round: MasterRound): Step {
  return memory.promotion === null ? chooseSuccessor(memory, round) : nothing(memory);
}

/** Before its take-over is told to XAPI there is no database to set right, and one that leads nobody sets nothing right. */
function setRight(memory: Memory, round: MasterRound): Step {
  const isNamedNow = namedByGroup(round.view) === round.view.self.uuid;
  // A take-over is brought to its end: the xapis of the members wait for its database.
  const isAtRest = isPoolDisarmed(round.view) && memory.promotion === null;
  const mayAct = hasMandate(round.view) && isNamedNow && !isAtRest;
  return withoutRest(setDatabaseRight(memory, round, mayAct), round);
}

/** What a take-over that is brought to its end has no need of. */
function withoutRest(step: Step, { view }: MasterRound): Step {
  return { ...step, actions: step.actions.filter((action) => !isAtRest(action, view, view.self.uuid)) };
}

function startOrHold(memory: Memory, round: MasterRound): Step {
  const why = whyNoStarts(memory, round);
  if (why === null) return startVms(memory, round);
  return reportDown(memory, round, stopVerdicts(memory, round), () => `starts are held back: ${why}`);
}
