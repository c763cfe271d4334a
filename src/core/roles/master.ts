import { watchFenceDevices } from "../fencing/fence-devices.ts";
import { isSettled } from "../fencing/incident.ts";
import { reEnable } from "../fencing/re-enable.ts";
import { isFenceable, stepIncidents } from "../fencing/step-incidents.ts";
import {
  aliveNow,
  type Decision,
  type DecisionInput,
  heuristicsFor,
  hostName,
  mayBegin,
  reportHealth,
  reportReturns,
  stepAllHealth,
  tallyNow,
} from "../members/decision.ts";
import { isAlive } from "../members/host-health.ts";
import { endIsolation, isIsolated, stepIsolation } from "../members/isolation.ts";
import { chooseSuccessor, markHosts, stampHomePools } from "../members/mark-hosts.ts";
import type { QuorumTally } from "../members/quorum.ts";
import { rememberView } from "../members/remember.ts";
import type { Memory } from "../memory/memory.ts";
import type { Action } from "../model/action.ts";
import { customFieldKey } from "../model/ha-flag.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { findLeftovers } from "../restart/leftover-domains.ts";
import { planStarts, rememberOrders, reportRefusals } from "../restart/plan-starts.ts";
import { callBackLost } from "../takeover/call-back.ts";
import { finishPromotion, stepPromoted } from "../takeover/finish-promotion.ts";
import { missingMembers, stepGathering } from "../takeover/gathering.ts";
import { judgeMastership, type Mastership } from "../takeover/mastership.ts";
import { adoptPromotion } from "../takeover/plan-promotion.ts";

/**
 * The order of a master's decisions (behaviour.md §6). Everything above a line is a condition of everything below it:
 * a believable database, being the master, HA on, the members' health, failed hosts, and only then VMs.
 */
export function decideMaster(input: DecisionInput): Decision {
  const { view, settings } = input;
  if (!view.database.ok) {
    return waitForDatabase(input, [{ kind: "xapi-silent", fault: view.database.fault }]);
  }
  const database = view.database.value;
  if (database.pool.master !== view.self.uuid) {
    const master = database.hosts.find((host) => host.uuid === database.pool.master)?.name ?? "another host";
    return waitForDatabase(input, [{ kind: "not-master-in-database", master }]);
  }
  const health = stepAllHealth(input);
  const known = adoptPromotion({ ...input.memory, health }, database, view);
  const lastGood = rememberView(known, database, { view, fieldName: settings.XC_FIELD_NAME });
  const memory: Memory = {
    ...known,
    following: null,
    masterlessSinceMs: null,
    health: onlyWatched(health, database, [...(lastGood?.members ?? []), ...incidentHosts(known)]),
    lastGood,
  };

  if (database.pool.haEnabled) return standAside(memory, database, input);
  if (lastGood?.haFlag !== "on") return watchOnly(memory, database, input);

  const mastership = judge(memory, database, input);
  const confirmed = memory.confirmed || mastership.kind === "undisputed";
  const gathering = stepGathering(memory, database, mastership, input);
  if (mastership.kind === "rival") {
    const { host, address } = mastership;
    return {
      memory: { ...memory, gathering },
      actions: standDown(memory, database, address, input),
      reasons: [{ kind: "rival-master", host: hostName(memory, host), address }],
    };
  }
  return decideUndisputed({ ...memory, confirmed, gathering }, database, mastership, input);
}

/**
 * A host that was away, and finds members following another one that lives, becomes its slave at once: when the other's
 * xapi starts while this one still calls itself master, it would follow this one with its old database (seen: running
 * VMs were ended). One that was never away leaves it to the other, who remembers having replaced it.
 */
function standDown(
  memory: Memory,
  database: DatabaseView,
  address: string,
  input: DecisionInput,
): readonly Action[] {
  const rival = database.hosts.find((host) => host.address === address && host.uuid !== input.view.self.uuid);
  const followed = [...input.view.probes].some(
    ([uuid, { follows }]) =>
      uuid !== rival?.uuid && follows.kind === "slave-of" && follows.address === address,
  );
  const away = !memory.confirmed && memory.promotion === null && memory.promoted === null;
  if (rival === undefined || !followed || !away || !isAlive(memory.health[rival.uuid])) return [];
  const action: Action = { kind: "follow-master", address };
  return mayBegin(action, input) ? [action] : [];
}

/** Without a database that names this host master nothing is decided; a take-over under way waits for it. */
function waitForDatabase(input: DecisionInput, reasons: readonly Reason[]): Decision {
  const { promotion } = input.memory;
  if (promotion === null) return { memory: input.memory, actions: [], reasons };
  return {
    memory: input.memory,
    actions: [],
    reasons: [{ kind: "promotion-under-way", phase: "XAPI restarts as master" }],
  };
}

/** A host that was declared dead is neither enabled nor a member: only its incident waits for it. */
function incidentHosts(memory: Memory): readonly HostUuid[] {
  return Object.values(memory.incidents).map((incident) => incident.host);
}

/** Hosts that are in maintenance or gone are not watched: they are never suspects (behaviour.md §4). */
function onlyWatched(
  health: Memory["health"],
  database: DatabaseView,
  expected: readonly HostUuid[],
): Memory["health"] {
  const watched = new Set<string>(expected);
  for (const host of database.hosts) if (host.enabled) watched.add(host.uuid);
  return Object.fromEntries(Object.entries(health).filter(([uuid]) => watched.has(uuid)));
}

/** XenServer HA is on: two HA systems would fight over every host, so this one switches itself off. */
function standAside(memory: Memory, database: DatabaseView, input: DecisionInput): Decision {
  const key = customFieldKey(input.settings.XC_FIELD_NAME);
  const off: Action = { kind: "set-pool-key", key, value: "false" };
  const wanted = database.pool.otherConfig[key] !== "false" && mayBegin(off, input);
  return {
    memory: forgetTrouble(memory),
    actions: wanted ? [off] : [],
    reasons: [{ kind: "xapi-ha-enabled" }],
  };
}

/** HA off or unset: caches and successor are kept fresh, nothing else is done, and no incident outlives the switch. */
function watchOnly(memory: Memory, database: DatabaseView, input: DecisionInput): Decision {
  const field = input.settings.XC_FIELD_NAME;
  const flag: Reason = memory.lastGood?.haFlag === "off" ? { kind: "ha-off" } : { kind: "ha-unset", field };
  // A take-over cannot be undone: its members are still to be called as soon as HA is on again.
  const rest: Memory = { ...forgetTrouble(memory), promotion: memory.promotion };
  if (flag.kind === "ha-unset") return { memory: rest, actions: [], reasons: [flag] };
  const successor = chooseSuccessor(memory, database, input);
  return { memory: rest, actions: successor.actions, reasons: [flag, ...successor.reasons] };
}

function forgetTrouble(memory: Memory): Memory {
  return { ...memory, incidents: {}, promotion: null, isolation: null, restarts: {} };
}

function judge(memory: Memory, database: DatabaseView, input: DecisionInput): Mastership {
  const { self, probes } = input.view;
  const addresses = new Map(database.hosts.map((host) => [host.uuid, host.address]));
  return judgeMastership({
    self: self.uuid,
    ownAddress: addresses.get(self.uuid) ?? "",
    members: memory.lastGood?.members ?? [],
    addresses,
    probes,
    heuristics: heuristicsFor(input.view, memory),
    confirmed: memory.confirmed,
    settled: new Set(
      Object.values(memory.incidents)
        .filter(isSettled)
        .map((incident) => incident.host),
    ),
    replaced: memory.promotion?.oldMaster ?? memory.promoted?.oldMaster ?? null,
  });
}

function decideUndisputed(
  entered: Memory,
  database: DatabaseView,
  mastership: Mastership,
  input: DecisionInput,
): Decision {
  const { view } = input;
  const others = watchedHosts(entered, database).filter((uuid) => uuid !== view.self.uuid);
  // Members that are called back restart their xapi: nothing to wonder about.
  const expected = entered.promotion?.awaited ?? [];
  const reasons: Reason[] = [
    ...reportReturns(input.memory, entered, others),
    ...reportHealth(
      entered,
      others.filter((uuid) => !expected.includes(uuid) || entered.health[uuid]?.state === "failed"),
      input,
    ),
  ];
  const actions: Action[] = [];
  const take = (step: { actions: readonly Action[]; reasons: readonly Reason[] }) => {
    actions.push(...step.actions);
    reasons.push(...step.reasons);
  };

  const promotion = finishPromotion(entered, database, input);
  take(promotion);
  const promoted = stepPromoted(promotion.memory, database, input);
  take(promoted);

  const quorum = tallyNow(view, promoted.memory);
  const alone = stepAlone(promoted.memory, others, { quorum, mastership }, input);
  take(alone);
  if (alone.outOfHa) return { memory: alone.memory, actions, reasons };
  const incidents = stepIncidents(alone.memory, others, input, {
    quorum,
    mayFence: !alone.isolated && alone.memory.confirmed,
    fenceOnly: false,
  });
  take(incidents);
  const enabling = reEnable(incidents.memory, database, input);
  actions.push(...enabling.actions);
  const calling = callBackLost(enabling.memory, mastership, input);
  take(calling);
  const devices = watchFenceDevices(calling.memory, database, input);
  const { memory } = devices;

  if (memory.promotion === null) {
    take(devices);
    take(chooseSuccessor(memory, database, input));
    actions.push(...markHosts(memory, database, input), ...stampHomePools(memory, database, input));
  }
  if (mastership.kind === "wanted" && memory.promotion === null) {
    const recover: Action = { kind: "recover-slaves" };
    if (mayBegin(recover, input)) actions.push(recover);
  }
  actions.push(
    ...findLeftovers(view.self, database).map(({ vm }): Action => ({ kind: "destroy-domain", vm })),
  );

  const held = holdStarts(memory, database, mastership, input);
  if (held !== null) {
    reasons.push(...held);
    return { memory, actions, reasons };
  }
  const plan = planStarts(memory, database, input);
  return {
    memory: rememberOrders(memory, plan, database),
    actions: [...actions, ...plan.starts],
    reasons: [...reasons, ...reportRefusals(plan)],
  };
}

function watchedHosts(memory: Memory, database: DatabaseView): readonly HostUuid[] {
  const members = new Set<HostUuid>(memory.lastGood?.members ?? []);
  for (const host of database.hosts) {
    if (host.enabled || memory.incidents[host.uuid] !== undefined) members.add(host.uuid);
  }
  return [...members].sort();
}

interface AloneStep {
  readonly memory: Memory;
  readonly isolated: boolean;
  readonly outOfHa: boolean;
  readonly actions: readonly Action[];
  readonly reasons: readonly Reason[];
}

/**
 * Am I the one that was cut off? Then nobody is fenced, and this host reboots itself if the administrator wants that. A
 * host that did so takes part again when more than half are with it, or would be as soon as it calls them.
 */
function stepAlone(
  memory: Memory,
  others: readonly HostUuid[],
  { quorum, mastership }: { readonly quorum: QuorumTally; readonly mastership: Mastership },
  input: DecisionInput,
): AloneStep {
  const { settings, view } = input;
  const satisfied = { ...quorum, quorate: quorum.quorate || !settings.FENCE_QUORUM_REQUIRED };
  const failed = others.filter(
    (uuid) => memory.health[uuid]?.state === "failed" && isFenceable(memory, uuid),
  ).length;
  const alive = aliveNow(view, memory.health);
  const aliveOthers = others.filter((uuid) => alive.includes(uuid)).length;
  if (!isIsolated({ failed, aliveOthers, quorum: satisfied })) {
    const together = satisfied.quorate || mastership.kind === "wanted";
    const outOfHa = memory.isolation?.rebooted === true && !together;
    return {
      memory: outOfHa ? memory : { ...memory, isolation: endIsolation(memory.isolation, view.nowMs) },
      isolated: false,
      outOfHa,
      actions: [],
      reasons: outOfHa ? [{ kind: "out-of-ha-after-reboot" }] : [],
    };
  }
  const step = stepIsolation(memory.isolation, view.nowMs, settings);
  return {
    memory: { ...memory, isolation: step.isolation },
    isolated: true,
    outOfHa: step.isolation.rebooted,
    actions: step.reboot ? [{ kind: "reboot-self" }] : [],
    reasons: [{ kind: "isolated", reboots: step.reboot }],
  };
}

/** Why no VM is started in this round; null when nothing speaks against it. */
function holdStarts(
  memory: Memory,
  database: DatabaseView,
  mastership: Mastership,
  input: DecisionInput,
): readonly Reason[] | null {
  const { settings } = input;
  if (memory.promotion !== null) return [];
  if (memory.promoted !== null && !settings.SLAVE_HA) return [];
  if (mastership.kind === "wanted") {
    return [{ kind: "waits-for-members", hosts: mastership.strays.map((host) => hostName(memory, host)) }];
  }
  const elsewherePossible = settings.PROMOTE_SLAVE && (settings.FENCE_QUORUM_REQUIRED || !memory.confirmed);
  if (mastership.kind === "unproven" && elsewherePossible) {
    return [{ kind: "too-few-followers", followers: mastership.followers, members: mastership.members }];
  }
  if (memory.gathering !== null && settings.PROMOTE_SLAVE) {
    const missing = missingMembers(memory, database, input).map((host) => hostName(memory, host));
    return missing.length === 0 ? [] : [{ kind: "waits-for-members", hosts: missing }];
  }
  return null;
}
