import { aliveNow, type DecisionInput } from "../members/decision.ts";
import type { Memory } from "../memory/memory.ts";
import type { DatabaseView, HostView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { put } from "../model/record.ts";
import {
  planApplianceRestarts,
  planVmRestarts,
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

/** The VMs or appliances to start now, by OP_MODE, on hosts that are alive, enabled and above suspicion. */
export function planStarts(memory: Memory, database: DatabaseView, input: DecisionInput): RestartPlan {
  const alive = new Set(aliveNow(input.view, memory.health));
  const healthy = (host: HostView) =>
    host.enabled && host.live && alive.has(host.uuid) && memory.health[host.uuid]?.state !== "xapi-down";
  const targets: readonly StartTarget[] = database.hosts
    .filter(healthy)
    .map((host) => ({ uuid: host.uuid, freeMemoryBytes: host.freeMemoryBytes }));
  const restart = {
    pool: database.pool.uuid,
    nowMs: input.view.nowMs,
    halted: database.halted,
    appliances: database.appliances ?? [],
    targets,
    allHealthy: database.hosts.every((host) => healthy(host) || !host.enabled),
    restarts: memory.restarts,
    retries: memory.retries,
    inFlight: input.inFlight,
  };
  return input.settings.OP_MODE === 1
    ? planApplianceRestarts(restart, input.settings)
    : planVmRestarts(restart, input.settings);
}

/** The order of what is being started, for the groups that come after it. */
export function rememberOrders(memory: Memory, plan: RestartPlan, database: DatabaseView): Memory {
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
export function reportRefusals(plan: RestartPlan): readonly Reason[] {
  return plan.refused.flatMap(({ name, why }): readonly Reason[] => {
    const text = REFUSALS[why];
    return text === undefined ? [] : [{ kind: "vm-not-started", vm: name, why: text }];
  });
}
