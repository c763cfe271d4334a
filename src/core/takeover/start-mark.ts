import { hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import type { HostView } from "../model/pool-view.ts";
import { whenDue } from "../pace/back-off.ts";

/** In `host.other_config`: the `agent_start_time` of the start of xapi that the host itself has seen to its end. */
export const START_MARK_KEY = "ha-lizard-start-complete";

/**
 * A slave says in the pool database that its xapi's start is over. Only then has it compared its VMs with the database
 * of its master (adapters/xapi/README.md, "The comparison after a restart"); nothing else in the database tells, for the host is enabled before, and a new master
 * waits for it with every start of a VM. What the comparison was for is looked at too: that every domain here which the
 * database knows is a resident of this host, for xapi goes on with its start when the comparison has failed.
 *
 * The cookie is believed by its age: that of the start before stays for two seconds after xapi has ended. (The time of
 * the start is rounded down to seconds; no xapi ends, starts and enters it within one.)
 */
export function markOwnStart(memory: Memory, round: MasterRound): Step {
  return { memory, actions: marks(round), reasons: [] };
}

function marks(round: MasterRound): readonly Action[] {
  const { self } = round.view;
  const own = rowOf(hostRows(round.memory, round.view), self.uuid).record;
  if (own === null || own.xapiStartTime === null || self.initCompleteAtMs === null) return [];
  if (isStartMarked(own) || self.domains === "unknown" || round.database.domains.length > 0) return [];
  const startedMs = Number(own.xapiStartTime) * 1_000;
  // Written so that a time which is no number is no proof.
  if (!(self.initCompleteAtMs >= startedMs)) return [];
  return whenDue(
    { kind: "mark-start", host: own.uuid, key: START_MARK_KEY, value: own.xapiStartTime },
    round,
  );
}

/** Has this host ever told the end of a start? */
export function hasStartMark(host: HostView): boolean {
  return host.otherConfig[START_MARK_KEY] !== undefined;
}

/** Has this host told that the start of its xapi which the database knows is over? */
export function isStartMarked(host: HostView): boolean {
  return host.xapiStartTime !== null && host.otherConfig[START_MARK_KEY] === host.xapiStartTime;
}
