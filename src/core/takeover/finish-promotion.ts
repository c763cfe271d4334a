import { type DecisionInput, hostName, mayBegin } from "../members/decision.ts";
import { isAlive } from "../members/host-health.ts";
import { EPOCH_KEY } from "../members/remember.ts";
import { isSlaveOf } from "../members/slave-of.ts";
import type { Memory } from "../memory/memory.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { isWrittenOff } from "./gathering.ts";
import {
  needsRecoverSlaves,
  type PromotionState,
  RECOVER_LIMIT_MS,
  stepPromotion,
  stillAwaited,
} from "./promotion.ts";

export interface PromotionStep {
  readonly memory: Memory;
  readonly actions: readonly Action[];
  readonly reasons: readonly Reason[];
}

/**
 * What a freshly promoted master does until the pool is whole: call the members back, wait until each has compared its
 * VMs with the database, deal with the old master (core/fencing/step-incidents.ts), then say that it is over.
 */
export function finishPromotion(memory: Memory, database: DatabaseView, input: DecisionInput): PromotionStep {
  if (memory.promotion === null) return { memory, actions: [], reasons: [] };
  const { nowMs, self, probes } = input.view;
  const writtenOff = memory.promotion.awaited.filter((host) => isWrittenOff(host, memory, input));
  const promotion = stepPromotion(memory.promotion, { nowMs, self: self.uuid, database, probes, writtenOff });
  const missing = stillAwaited(promotion, nowMs);
  const isWhole = missing.length === 0 && self.initCompleteAtMs !== null;
  if (isWhole && isDealtWith(promotion.oldMaster, memory, input)) {
    return closePromotion(memory, promotion, database);
  }
  const recover: Action = { kind: "recover-slaves" };
  const calls = needsRecoverSlaves(promotion) && mayBegin(recover, input) ? [recover] : [];
  const actions = [...calls, ...restartSleepers(promotion, database, input)];
  const reasons: Reason[] = [{ kind: "promotion-under-way", phase: "the pool is being put together again" }];
  if (missing.length > 0) {
    reasons.push({ kind: "waits-for-members", hosts: missing.map((host) => hostName(memory, host)) });
  }
  return { memory: { ...memory, promotion }, actions, reasons };
}

/**
 * A member that followed this very address already is not restarted by being called, and without a restart it never says
 * which VMs it runs: it would be awaited for ever. Seen where a pool had lost its master and one of its hosts became it.
 */
function restartSleepers(
  promotion: PromotionState,
  database: DatabaseView,
  input: DecisionInput,
): readonly Action[] {
  const { nowMs, self, probes } = input.view;
  if (nowMs - promotion.sinceMs < RECOVER_LIMIT_MS) return [];
  const own = database.hosts.find((host) => host.uuid === self.uuid);
  return promotion.awaited.flatMap((uuid): readonly Action[] => {
    const host = database.hosts.find((candidate) => candidate.uuid === uuid);
    const sleeps =
      isSlaveOf(probes.get(uuid), own?.address) && host?.agentStartTime === promotion.startTimes[uuid];
    const action: Action = { kind: "restart-agent", host: uuid };
    return sleeps && host?.live === true && mayBegin(action, input) ? [action] : [];
  });
}

/** The old master's VMs are free to start, or it was never fenced by the administrator's choice, or it is back. */
function isDealtWith(oldMaster: HostUuid | null, memory: Memory, input: DecisionInput): boolean {
  if (oldMaster === null) return true;
  const phase = memory.incidents[oldMaster]?.phase;
  // Silent, and not failed yet: this host may have been away since its fence, and the old master back.
  if (phase === undefined) return isAlive(memory.health[oldMaster]) || !input.settings.FENCE_ENABLED;
  return phase === "declared" || phase === "answered" || !input.settings.FENCE_ENABLED;
}

function closePromotion(memory: Memory, promotion: PromotionState, database: DatabaseView): PromotionStep {
  const { oldMaster } = promotion;
  const before = Number.parseInt(database.pool.otherConfig[EPOCH_KEY] ?? "0", 10);
  const epoch = (Number.isNaN(before) ? 0 : before) + 1;
  return {
    memory: {
      ...memory,
      promotion: null,
      confirmed: true,
      promoted: oldMaster === null ? null : { oldMaster, epoch },
    },
    actions: [],
    reasons: [{ kind: "promoted", oldMaster: oldMaster === null ? null : hostName(memory, oldMaster) }],
  };
}

/** Keeps the epoch of the last take-over in the pool database until the old master has become a slave of this host. */
export function stepPromoted(memory: Memory, database: DatabaseView, input: DecisionInput): PromotionStep {
  const { promoted } = memory;
  if (promoted === null) return { memory, actions: [], reasons: [] };
  const value = String(promoted.epoch);
  if (database.pool.otherConfig[EPOCH_KEY] !== value) {
    const action: Action = { kind: "set-pool-key", key: EPOCH_KEY, value };
    return { memory, actions: mayBegin(action, input) ? [action] : [], reasons: [] };
  }
  const own = database.hosts.find((host) => host.uuid === input.view.self.uuid);
  const gone = !database.hosts.some((host) => host.uuid === promoted.oldMaster);
  const isSlave = isSlaveOf(input.view.probes.get(promoted.oldMaster), own?.address);
  return { memory: isSlave || gone ? { ...memory, promoted: null } : memory, actions: [], reasons: [] };
}
