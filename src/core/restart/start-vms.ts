import { hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { DatabaseView, HostView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { put } from "../model/record.ts";
import {
  planApplianceRestarts,
  planVmRestarts,
  type RestartInput,
  type RestartPlan,
  type RestartRefusal,
  type StartTarget,
} from "./restart-plan.ts";

const REFUSALS: Partial<Record<RestartRefusal, string>> = {
  "start-blocked": "its start is blocked",
  "home-is-another-pool": "its home is another pool",
  "keeps-halting": "it halts again and again, so its next start waits",
  "no-healthy-host": "no healthy host can take it",
};

/** Starts the VMs or appliances that are down (OP_MODE), on hosts that are alive, enabled and above suspicion. */
export function startVms(memory: Memory, round: MasterRound): Step {
  const { settings, database } = round;
  const input = inputOf(memory, round);
  const plan =
    settings.OP_MODE === 1 ? planApplianceRestarts(input, settings) : planVmRestarts(input, settings);
  return {
    memory: rememberOrders(memory, plan, database),
    actions: plan.starts,
    reasons: reportRefusals(plan),
  };
}

function inputOf(memory: Memory, { view, database, inFlight }: MasterRound): RestartInput {
  const rows = hostRows(memory, view);
  const isHealthy = (host: HostView): boolean => {
    const { isHeard, health } = rowOf(rows, host.uuid);
    return host.enabled && host.live && isHeard && health?.state !== "xapi-down";
  };
  const targets = database.hosts
    .filter(isHealthy)
    .map(({ uuid, freeMemoryBytes }): StartTarget => ({ uuid, freeMemoryBytes }));
  return {
    pool: database.pool.uuid,
    nowMs: view.nowMs,
    halted: database.halted,
    appliances: database.appliances ?? [],
    targets,
    allHealthy: database.hosts.every((host) => isHealthy(host) || !host.enabled),
    restarts: memory.restarts,
    retries: memory.retries,
    inFlight,
  };
}

/** The order of what is being started, for the groups that come after it. */
function rememberOrders(memory: Memory, plan: RestartPlan, database: DatabaseView): Memory {
  let { restarts } = memory;
  for (const action of plan.starts) {
    const vm =
      action.kind === "start-vm" ? database.halted.find(({ uuid }) => uuid === action.vm) : undefined;
    if (vm === undefined) continue;
    const startedAtMs = restarts[vm.uuid]?.startedAtMs ?? [];
    restarts = put(restarts, vm.uuid, { startedAtMs, order: vm.order, startDelayS: 0 });
  }
  return { ...memory, restarts };
}

/** Refusals that an administrator would wonder about; the everyday ones are not worth a line. */
function reportRefusals(plan: RestartPlan): readonly Reason[] {
  return plan.refused.flatMap(({ name, why }): readonly Reason[] => {
    const text = REFUSALS[why];
    return text === undefined ? [] : [{ kind: "vm-not-started", vm: name, why: text }];
  });
}
