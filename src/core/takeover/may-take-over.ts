import { groupOf, hasMandate } from "../group/may-act.ts";
import { hostName, hostRows, rowOf } from "../members/host-rows.ts";
import { heardOnRoll } from "../members/vote.ts";
import type { Memory } from "../memory/memory.ts";
import type { Round, Step } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PromotionRefusal } from "../model/reason.ts";
import { put } from "../model/record.ts";

/** Under this key the next pass is wanted when the wait ends (core/pace/schedule.ts). */
export const PATIENCE_KEY = "patience";

/** May this slave take over from the failed master now? null: yes; else why not. */
export function judgeTakeOver(
  memory: Memory,
  master: HostUuid,
  isQuorate: boolean,
  round: Round,
): PromotionRefusal | null {
  const { view, settings } = round;
  if (!settings.PROMOTE_SLAVE) return "promotion-disabled";
  if (!hasMandate(view) && isLedByAnother(view)) return "led-by-another";
  // Somebody works on this host. Whom the start of its master's xapi has disabled is not meant.
  const { known, isInMaintenance } = rowOf(hostRows(memory, view), view.self.uuid);
  if (known === null || isInMaintenance) return "in-maintenance";
  if (!hasMandate(view) && !isQuorate) return "no-quorum";
  return view.nowMs >= notBefore(memory, master, round) ? null : "too-early";
}

/** Another host of the pool has the mandate, and sees to it. */
function isLedByAnother(view: Round["view"]): boolean {
  const lead = groupOf(view)?.lead;
  return lead === "hears" || lead === "told";
}

/** The end of the wait is remembered, so that the monitor wakes for it. */
export function waitUntilThen(memory: Memory, master: HostUuid, round: Round): Step {
  const retries = put(memory.retries, PATIENCE_KEY, {
    failures: 0,
    notBeforeMs: notBefore(memory, master, round),
  });
  return {
    memory: { ...memory, retries },
    actions: [],
    reasons: [
      { kind: "not-promoted", master: hostName(memory, master), why: "too-early", silent: [], tie: null },
    ],
  };
}

/** A leader that has not seen its master since its boot gives it time to boot, too. */
const AWAY_S = 120;

/**
 * When this host may act: the leader at once. Without a mandate, where the administrator has chosen that a fence may begin all the same,
 * both sides may fence each other in the same second, and then nobody is left. The master notices a silent slave at its next pass, a
 * MONITOR_DELAY later at the most: its slaves wait that long and one XAPI_DELAY more, so that a master that lives is the one that stays. Of
 * those that hear each other one fences, and the next one when that has had its time.
 */
function notBefore(memory: Memory, master: HostUuid, { view, settings }: Round): number {
  const failedSince = memory.health[master]?.sinceMs ?? view.nowMs;
  const retriesS = settings.XAPI_COUNT * settings.XAPI_DELAY;
  if (!hasMandate(view)) {
    const { MONITOR_DELAY, XAPI_DELAY } = settings;
    const before = Math.max(0, heardOnRoll(view).indexOf(view.self.uuid));
    return failedSince + (MONITOR_DELAY + XAPI_DELAY + before * (retriesS + MONITOR_DELAY)) * 1_000;
  }
  if (memory.sawPoolSinceBoot) return failedSince;
  const awayS = Math.max(AWAY_S, 2 * retriesS);
  return Math.max(failedSince, groupOf(view)?.sinceMs ?? view.nowMs) + awayS * 1_000;
}
