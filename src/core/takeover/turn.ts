import { groupOf, hasMandate } from "../group/may-act.ts";
import { hostName, hostRows, rowOf } from "../members/host-rows.ts";
import { isTie } from "../members/quorum.ts";
import { heardHosts } from "../members/vote.ts";
import type { LastGoodView } from "../memory/last-good.ts";
import type { Memory } from "../memory/memory.ts";
import type { Round, Step } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { PromotionRefusal } from "../model/reason.ts";
import { put } from "../model/record.ts";

/** Under this key the next pass is wanted when the turn comes (core/pace/schedule.ts). */
export const TURN_KEY = "turn";

/** May this slave take over from the failed master now? null: yes; else why not. */
export function judgeTakeOver(
  memory: Memory,
  master: HostUuid,
  lastGood: LastGoodView,
  isQuorate: boolean,
  round: Round,
): PromotionRefusal | null {
  const { view, settings } = round;
  if (!settings.PROMOTE_SLAVE) return "promotion-disabled";
  // Somebody works on this host: that is worth a word only where no other one is to take over. Whom the start of its master's xapi
  // has disabled is not meant.
  const { known, isInMaintenance } = rowOf(hostRows(memory, view), view.self.uuid);
  if (known === null || isInMaintenance)
    return lastGood.ranking.length > 0 && !hasMandate(view) ? "not-the-successor" : "in-maintenance";
  if (!hasMandate(view)) {
    if (isLedByAnother(view)) return "not-the-successor";
    if (!isQuorate) return "no-quorum";
  }
  const turnAtMs = turnOf(memory, master, lastGood, round);
  if (turnAtMs === null) return "not-the-successor";
  return view.nowMs >= turnAtMs ? null : "waits-its-turn";
}

/** Another host of the pool has the mandate, and sees to it. */
function isLedByAnother(view: Round["view"]): boolean {
  const lead = groupOf(view)?.lead;
  return lead === "hears" || lead === "told";
}

/** The pass in which the turn comes is remembered, so that the monitor wakes for it. */
export function waitForTurn(memory: Memory, master: HostUuid, lastGood: LastGoodView, round: Round): Step {
  const notBeforeMs = turnOf(memory, master, lastGood, round) ?? round.view.nowMs;
  const retries = put(memory.retries, TURN_KEY, { failures: 0, notBeforeMs });
  return {
    memory: { ...memory, retries },
    actions: [],
    reasons: [{ kind: "not-promoted", master: hostName(memory, master), why: "waits-its-turn" }],
  };
}

/** A host that has not seen its master since its boot lets everyone go first who has. */
const AWAY_S = 120;

/**
 * When this host may act: the leader at once. Without one, where the administrator has chosen that a fence may begin all the same, the
 * first of the ranking, and the next one when those before it do not answer and have had their time; null: never, as long as one
 * before it lives.
 */
function turnOf(memory: Memory, master: HostUuid, lastGood: LastGoodView, round: Round): number | null {
  const { view, settings } = round;
  const failedSince = memory.health[master]?.sinceMs ?? view.nowMs;
  const turnS = settings.XAPI_COUNT * settings.XAPI_DELAY;
  const awayS = memory.sawPoolSinceBoot ? 0 : Math.max(AWAY_S, 2 * turnS);
  if (hasMandate(view)) {
    if (memory.sawPoolSinceBoot) return failedSince;
    return Math.max(failedSince, groupOf(view)?.sinceMs ?? view.nowMs) + awayS * 1_000;
  }
  const position = lastGood.ranking.indexOf(view.self.uuid);
  if (position < 0) return null;
  const before = lastGood.ranking.slice(0, position);
  const alive = heardHosts(view, memory);
  if (before.some((uuid) => alive.includes(uuid))) return null;
  const waitS = position * turnS + awayS + duelDelayS(lastGood, alive, settings);
  return failedSince + waitS * 1_000;
}

/**
 * In a tie both halves may win with the heuristic IPs' vote and fence each other at the same second, and then nobody is
 * left. The master notices a silent slave at its next pass, a MONITOR_DELAY later at the most: the slave's half waits
 * that long and one XAPI_DELAY more, so that a master that lives is the one that stays.
 */
function duelDelayS(
  { members }: LastGoodView,
  alive: readonly HostUuid[],
  settings: { readonly MONITOR_DELAY: number; readonly XAPI_DELAY: number },
): number {
  return isTie(members, alive) ? settings.MONITOR_DELAY + settings.XAPI_DELAY : 0;
}
