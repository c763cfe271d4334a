import { hostRows, rowOf } from "../members/host-rows.ts";
import { isEntered } from "../members/lease.ts";
import { restOf } from "../members/rest.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { Action, Asked } from "../model/action.ts";
import { type VmUuid, vmUuid } from "../model/ids.ts";
import type { DatabaseView, HostView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { put } from "../model/record.ts";
import { type Coming, needsOf, placementHosts } from "../placement/build-problem.ts";
import { awaitedGuests } from "./awaited-guests.ts";
import { reportDown } from "./down.ts";
import { type Hold, holdsOf } from "./holds.ts";
import { rankOf } from "./rank.ts";
import { reportStops, whyApplianceIsLeft } from "./report-stops.ts";
import {
  type PlannedStart,
  planApplianceRestarts,
  planVmRestarts,
  type Refused,
  type RestartInput,
  type RestartPlan,
  type RestartRefusal,
} from "./restart-plan.ts";
import { seeStops, stopVerdicts } from "./stops.ts";
import { supplyOf } from "./supply.ts";
import { mayStartByThemselves, restsOn, witnessesOf } from "./witnesses.ts";

const REFUSALS: Partial<Record<RestartRefusal, string>> = {
  "start-blocked": "its start is blocked",
  "home-is-another-pool": "its home is another pool",
  "keeps-halting": "it halts again and again, so its next start waits",
  "no-healthy-host": "no healthy host can take it",
  "its-host-is-disarmed": "HA is disarmed for the host on which it ran last (ha-cfg disarm --host)",
};

/** Reasons that are worth a word only when they last. */
const LASTING_REFUSALS: Partial<Record<RestartRefusal, string>> = {
  ...REFUSALS,
  "operation-in-progress": "an operation on it is in progress in XAPI and does not end",
  "being-released": "its host is still being declared dead in XAPI, which frees its disks",
  "waits-for-lower-order": "VMs of a lower order are not up yet, or their guests are not ready",
};

/** What a start of ours brings about by itself. */
const PASSING_REFUSALS: ReadonlySet<RestartRefusal> = new Set([
  "runs-already",
  "whereabouts-not-known",
  "waits-for-back-off",
  "operation-in-progress",
  "stop-not-read",
]);

/** Starts the VMs or appliances that are down (OP_MODE), on hosts that are alive, enabled and above suspicion. */
export function startVms(before: Memory, round: MasterRound): Step {
  const memory = seeStops(before, round);
  const { settings, database, view } = round;
  const holds = holdsOf(memory, round);
  const stops = stopVerdicts(memory, round);
  const input = inputOf(memory, round, { holds, stops });
  const plan =
    settings.OP_MODE === 1 ? planApplianceRestarts(input, settings) : planVmRestarts(input, settings);
  const holdOf: HoldOf = (key, refusal) => {
    const hold = findHold(key, holds, database);
    return hold?.kind === refusal ? hold : undefined;
  };
  const whyOther = whyDown(memory, plan, holdOf, round);
  const why = (key: string) => whyApplianceIsLeft(key, stops, database) ?? whyOther(key);
  const down = reportDown(rememberOrders(memory, plan, database), round, stops, why);
  const witnesses = witnessesOf(memory, view);
  const asked = (vm: VmUuid): Asked => {
    const knownStopMs = memory.stops[vm]?.messages?.stoppedAtMs ?? null;
    return { vm, witnesses: witnesses(vm), ...(knownStopMs === null ? {} : { knownStopMs }) };
  };
  const unlessOn = mayStartByThemselves(memory);
  const rests = (vms: readonly VmUuid[]) => [...new Set(vms.flatMap((vm) => restsOn(vm, memory)))];
  const isSettling = plan.refused.some(({ vm, why: refusal }) => holdOf(vm, refusal)?.isSettling === true);
  const isForGuests =
    input.unready.size > 0 && plan.refused.some(({ why }) => why === "waits-for-lower-order");
  return {
    memory: { ...down.memory, isSettling: isSettling || isForGuests },
    actions: plan.starts.map((start): Action => {
      const vms = vmsOf(start, database);
      return { ...start, asks: vms.map(asked), rests: rests(vms), unlessOn };
    }),
    reasons: [
      ...reportStops(stops, round, new Set(plan.starts.flatMap((start) => vmsOf(start, database)))),
      ...reportRefusals(plan, down.memory, view.nowMs),
      ...reportHolds(plan, holdOf),
      ...down.reasons,
    ],
  };
}

/** The VMs that a start is about. */
function vmsOf(start: PlannedStart, { appliances }: DatabaseView): readonly VmUuid[] {
  if (start.kind === "start-vm") return [start.vm];
  return appliances?.find(({ uuid }) => uuid === start.appliance)?.haltedVms ?? [];
}

/** The hold of a VM, or that of the first VM of an appliance which has one. */
function findHold(
  key: string,
  holds: ReadonlyMap<string, Hold>,
  { appliances }: DatabaseView,
): Hold | undefined {
  const appliance = appliances?.find(({ uuid }) => uuid === key);
  const vms = appliance?.haltedVms ?? [key];
  return vms.map((vm) => holds.get(vm)).find((hold) => hold !== undefined);
}

/** The hold that is behind this refusal of a VM or appliance; undefined: another reason is. */
type HoldOf = (key: string, refusal: RestartRefusal | undefined) => Hold | undefined;

function reportHolds(plan: RestartPlan, holdOf: HoldOf): readonly Reason[] {
  return plan.refused.flatMap(({ vm, name, why }): readonly Reason[] => {
    const hold = holdOf(vm, why);
    return hold?.isLong === true ? [{ kind: "vm-not-started", vm: name, why: hold.why }] : [];
  });
}

/**
 * Why each of them is still down, as far as this round knows; null for one that is being started now. A start that has
 * failed stays the reason while the next one is waited for and under way, so that it is told once.
 */
function whyDown(
  memory: Memory,
  plan: RestartPlan,
  holdOf: HoldOf,
  { inFlight }: MasterRound,
): (key: string) => string | null {
  const refusals = new Map(plan.refused.map((refused) => [refused.vm, refused]));
  return (key) => {
    const refused = refusals.get(key);
    const refusal = refused?.why;
    const hold = holdOf(key, refusal);
    if (hold?.isLong === true) return hold.why;
    const failure = memory.down[key]?.failure;
    if (failure != null && (refusal === undefined || PASSING_REFUSALS.has(refusal)))
      return `its last start failed: ${failure.why}`;
    if (refused?.why === "no-host-fits") return lacksText(refused);
    if (refusal !== undefined) return LASTING_REFUSALS[refusal] ?? null;
    const isAsked = inFlight.has(`start-vm:${key}`) || inFlight.has(`start-appliance:${key}`);
    return isAsked ? "its start was asked of XAPI and has not ended" : null;
  };
}

function inputOf(
  memory: Memory,
  { view, database, inFlight, settings }: MasterRound,
  { holds, stops }: Pick<RestartInput, "holds" | "stops">,
): RestartInput {
  const rows = hostRows(memory, view);
  const isResting = ({ uuid }: HostView) => rowOf(rows, uuid).isDisarmed;
  const isHealthy = (host: HostView): boolean => {
    const { isHeard, health } = rowOf(rows, host.uuid);
    const isInUse = host.enabled && !isResting(host);
    const isFine = isInUse && host.live && isHeard && health?.state !== "xapi-down";
    return isFine && isEntered(host.uuid, view, settings.FENCE_METHOD);
  };
  const restOfHost = ({ uuid }: HostView) => restOf(uuid, view.self.uuid, memory, view.nowMs);
  const healthy = database.hosts.filter(isHealthy);
  const fresh = healthy.filter((each) => restOfHost(each) === null);
  // Where all of them have booted so, their power has failed and not each of them.
  const able = fresh.length > 0 ? fresh : healthy.filter((each) => restOfHost(each) !== "fences");
  const isTarget = (host: HostView): boolean => able.includes(host);
  const { inventory } = view;
  const names = new Map<string, string>(database.hosts.map(({ uuid, name }) => [uuid, name]));
  return {
    pool: database.pool.uuid,
    nowMs: view.nowMs,
    halted: database.halted,
    appliances: database.appliances ?? [],
    targets: placementHosts(able, comingVms(memory, database, inFlight), {
      inventory,
      settings,
    }),
    excluded: database.hosts
      .filter((host) => !isTarget(host))
      .map((host) => ({ host: host.uuid, why: whyNot(host, isResting(host)) })),
    needs: needsOf(inventory),
    nameOf: (uuid) => names.get(uuid) ?? inventory?.names.get(uuid) ?? uuid,
    allHealthy: database.hosts.every((host) => isHealthy(host) || !host.enabled),
    isAnyResting: database.hosts.some((each) => restOfHost(each) !== null || isResting(each)),
    resting: new Set(database.hosts.filter(isResting).map(({ uuid }) => uuid)),
    restarts: memory.restarts,
    retries: memory.retries,
    down: memory.down,
    supply: supplyOf(database),
    holds,
    stops,
    unready: new Set(
      awaitedGuests(memory, database, settings, view.nowMs).filter((vm) => !view.ready.has(vm)),
    ),
    unreleased: new Set(
      Object.values(memory.incidents).flatMap(({ phase, vms }) => (phase === "fenced" ? vms : [])),
    ),
    inFlight,
  };
}

function whyNot({ enabled }: HostView, isAtRest: boolean): string {
  if (isAtRest) return "disarmed";
  return enabled ? "not in service" : "disabled";
}

/** What is being started, by us or by others, and where, as far as that is known. */
function comingVms(
  { restarts }: Memory,
  { halted }: DatabaseView,
  inFlight: MasterRound["inFlight"],
): readonly Coming[] {
  return halted.flatMap(({ uuid, scheduledOn, memoryBytes }): readonly Coming[] => {
    if (scheduledOn !== null) return [{ vm: uuid, host: scheduledOn, bytes: 0 }];
    const host = inFlight.has(`start-vm:${uuid}`) ? (restarts[uuid]?.host ?? null) : null;
    return host === null ? [] : [{ vm: uuid, host, bytes: memoryBytes }];
  });
}

/** The rank and the host of what is being started, for what comes after it. */
function rememberOrders(memory: Memory, plan: RestartPlan, database: DatabaseView): Memory {
  let { restarts } = memory;
  for (const action of plan.starts) {
    const vm =
      action.kind === "start-vm" ? database.halted.find(({ uuid }) => uuid === action.vm) : undefined;
    if (vm === undefined) continue;
    const startedAtMs = restarts[vm.uuid]?.startedAtMs ?? [];
    const host = action.kind === "start-vm" ? (action.candidates[0] ?? null) : null;
    restarts = put(restarts, vm.uuid, { startedAtMs, order: rankOf(vm), startDelayS: 0, host });
  }
  return { ...memory, restarts };
}

const lacksText = ({ lacks }: Refused): string => `no host can run it: ${lacks}`;

/** A VM without a host for a minute is told: a host that boots, or attaches its storage, is not worth a word. */
const NO_HOST_MS = 60_000;

/** Refusals that an administrator would wonder about; the everyday ones are not worth a line. */
function reportRefusals({ refused }: RestartPlan, { down }: Memory, nowMs: number): readonly Reason[] {
  return refused.flatMap((one): readonly Reason[] => {
    const { vm, name, why } = one;
    if (why !== "no-host-fits") {
      const text = REFUSALS[why];
      return text === undefined ? [] : [{ kind: "vm-not-started", vm: name, why: text }];
    }
    const isLong = nowMs - (down[vm]?.sinceMs ?? nowMs) >= NO_HOST_MS;
    if (!isLong) return [{ kind: "vm-not-started", vm: name, why: lacksText(one) }];
    return [{ kind: "vm-has-no-host", vm: name, uuid: vmUuid(vm), why: lacksText(one) }];
  });
}
