import { hostName, hostRows, rowOf } from "../members/host-rows.ts";
import { incidentOf, type Memory } from "../memory/memory.ts";
import {
  needsRecoverSlaves,
  type PromotionState,
  RECOVER_LIMIT_MS,
  stillAwaited,
} from "../memory/promotion.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import { EPOCH_KEY } from "../model/pool-keys.ts";
import type { Reason } from "../model/reason.ts";
import { whenDue } from "../pace/back-off.ts";
import { isWrittenOff } from "./gathering.ts";
import { stepPromotion } from "./promotion.ts";

/**
 * What a freshly promoted master does until the pool is whole: call the members back, wait until each has compared its
 * VMs with the database, recover the old master (core/fencing/recover-hosts.ts), then say that it is over.
 */
export function finishPromotion(memory: Memory, round: MasterRound): Step {
  if (memory.promotion === null) return nothing(memory);
  const { nowMs, self } = round.view;
  const rows = hostRows(memory, round.view);
  const writtenOff = memory.promotion.awaited.filter((host) => isWrittenOff(host, memory, round));
  const promotion = stepPromotion(memory.promotion, { nowMs, rows, writtenOff });
  const missing = stillAwaited(promotion, nowMs);
  const isWhole = missing.length === 0 && self.initCompleteAtMs !== null;
  if (isWhole && isOldMasterSettled(promotion.oldMaster, memory, round)) {
    return closePromotion(memory, promotion, round);
  }
  const calls = needsRecoverSlaves(promotion) ? whenDue({ kind: "recover-slaves" }, round) : [];
  const actions = [...calls, ...restartSleepers(promotion, memory, round)];
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
function restartSleepers(promotion: PromotionState, memory: Memory, round: MasterRound): readonly Action[] {
  if (round.view.nowMs - promotion.sinceMs < RECOVER_LIMIT_MS) return [];
  const rows = hostRows(memory, round.view);
  return promotion.awaited.flatMap((host) => {
    const { record, followsThisHost } = rowOf(rows, host);
    const sleeps =
      followsThisHost && record?.live === true && record.xapiStartTime === promotion.startTimes[host];
    return sleeps ? whenDue({ kind: "restart-xapi", host, mayEnd: null }, round) : [];
  });
}

/** The old master's VMs are free to start, or it was never fenced by the administrator's choice, or it is back. */
function isOldMasterSettled(oldMaster: HostUuid | null, memory: Memory, round: MasterRound): boolean {
  if (oldMaster === null || !round.settings.FENCE_ENABLED) return true;
  const phase = incidentOf(memory, oldMaster)?.phase;
  // Silent, and not failed yet: this host may have been away since its fence, and the old master back.
  if (phase === undefined) return rowOf(hostRows(memory, round.view), oldMaster).isAlive;
  return phase === "declared" || phase === "answered";
}

function closePromotion(memory: Memory, { oldMaster }: PromotionState, { database }: MasterRound): Step {
  const before = Number.parseInt(database.pool.otherConfig[EPOCH_KEY] ?? "0", 10);
  const epoch = (Number.isNaN(before) ? 0 : before) + 1;
  return {
    memory: {
      ...memory,
      promotion: null,
      sawPoolSinceBoot: true,
      promoted: oldMaster === null ? null : { oldMaster, epoch },
    },
    actions: [],
    reasons: [{ kind: "promoted", oldMaster: oldMaster === null ? null : hostName(memory, oldMaster) }],
  };
}

/** Keeps the epoch of the last take-over in the pool database until the old master has become a slave of this host. */
export function keepEpoch(memory: Memory, round: MasterRound): Step {
  const { promoted } = memory;
  if (promoted === null) return nothing(memory);
  const value = String(promoted.epoch);
  if (round.database.pool.otherConfig[EPOCH_KEY] !== value) {
    const actions = whenDue({ kind: "set-pool-key", key: EPOCH_KEY, value }, round);
    return { memory, actions, reasons: [] };
  }
  const { record, followsThisHost } = rowOf(hostRows(memory, round.view), promoted.oldMaster);
  return nothing(followsThisHost || record === null ? { ...memory, promoted: null } : memory);
}
