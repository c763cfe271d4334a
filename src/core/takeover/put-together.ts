import { saidOfItself } from "../members/heard.ts";
import { hostName, hostRows, rowOf } from "../members/host-rows.ts";
import { fingerprintPlacement } from "../members/on-disk.ts";
import { heardOnRoll } from "../members/vote.ts";
import type { Memory } from "../memory/memory.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView, PoolView } from "../model/pool-view.ts";
import type { Reason } from "../model/reason.ts";
import { namedByGroup } from "./named.ts";
import { hasOffice } from "./take-office.ts";
import { afterTakeOver } from "./take-over.ts";

/**
 * This host is master, and the last it knew was another one: an administrator has handed the mastership over, and the group has named it,
 * or its memory of the take-over is gone. Its database is set right as after any other take-over.
 */
export function adoptTakeOver(memory: Memory, database: DatabaseView, view: PoolView): Memory {
  const { lastGood, promotion } = memory;
  const { uuid } = view.self;
  if (lastGood === null || lastGood.pool !== database.pool.uuid || lastGood.master === uuid) return memory;
  if (promotion !== null || namedByGroup(view) !== uuid) return memory;
  return { ...memory, promotion: { oldMaster: lastGood.master, sinceMs: view.nowMs, phase: "promoting" } };
}

/** What a new master does until the pool is whole: nothing is waited for but what a start could be wrong without. */
export function putTogether(memory: Memory, round: MasterRound): Step {
  const { promotion } = memory;
  if (promotion === null) return nothing(memory);
  const righting = afterTakeOver(memory, "serves");
  const righted = isRight(righting, round) ? afterTakeOver(righting, "right") : righting;
  const missing = missingMembers(righted, round);
  const isWhole = missing.length === 0 && round.view.self.initCompleteAtMs !== null;
  if (righted.promotion?.phase === "righted" && isWhole) return close(righted, promotion.oldMaster);
  const phase = righted.promotion?.phase === "righted" ? WAITS : RIGHTING;
  const reasons: Reason[] = [{ kind: "promotion-under-way", phase }];
  if (missing.length > 0)
    reasons.push({ kind: "waits-for-members", hosts: missing.map((host) => hostName(righted, host)) });
  return { memory: righted, actions: [], reasons };
}

const RIGHTING = "its pool database is being corrected";
const WAITS = "the members are reconnecting";

/** The office is there, and nothing that has been declared or set right is in memory alone. */
function isRight(memory: Memory, round: MasterRound): boolean {
  return hasOffice(round) && memory.placementOnDisk === fingerprintPlacement(round.database);
}

/** Who counts, is heard, and whose xapi is not back yet. */
function missingMembers(memory: Memory, { view }: MasterRound): readonly HostUuid[] {
  const rows = hostRows(memory, view);
  return heardOnRoll(view).filter((host) => {
    const { isSelf, isMember, heard } = rowOf(rows, host);
    if (isSelf || !isMember || heard === "unknown") return false;
    const own = saidOfItself(view.hearing, host);
    return own !== null && !(own.master === view.self.uuid && own.xapi === "serving" && own.startComplete);
  });
}

function close(memory: Memory, oldMaster: HostUuid | null): Step {
  const promoted = oldMaster === null ? null : { oldMaster };
  return {
    memory: { ...afterTakeOver(memory, "whole"), sawPoolSinceBoot: true, promoted },
    actions: [],
    reasons: [{ kind: "promoted", oldMaster: oldMaster === null ? null : hostName(memory, oldMaster) }],
  };
}

/** A host that was replaced is remembered until it has become a slave of this one. */
export function forgetReplaced(memory: Memory, round: MasterRound): Step {
  const { promoted } = memory;
  if (promoted === null) return nothing(memory);
  const { record, followsThisHost } = rowOf(hostRows(memory, round.view), promoted.oldMaster);
  return nothing(followsThisHost || record === null ? { ...memory, promoted: null } : memory);
}
