import { hostRows, rowOf } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { MasterRound, Step } from "../memory/step.ts";
import type { Action } from "../model/action.ts";
import { whenDue } from "../pace/back-off.ts";
import { afterEvent } from "./incident.ts";

/** xapi enables a host at the end of its own start; one that does not within this time never will. */
const OWN_ENABLE_MS = 60_000;

/**
 * `host.declare_dead` disables a host, and xapi enables one only when it starts: a host that came back while it was
 * being declared dead stays disabled for ever. Such a host is enabled again, by the program that disabled it. One that
 * was seen enabled meanwhile is nobody's business any more: if it is disabled later, an administrator wants it.
 */
export function reEnable(memory: Memory, round: MasterRound): Step {
  const rows = hostRows(memory, round.view);
  let after = memory;
  const actions: Action[] = [];
  for (const incident of Object.values(memory.incidents)) {
    if (incident.phase !== "returned") continue;
    const { record, followsThisHost } = rowOf(rows, incident.host);
    if (record === null || record.enabled) {
      after = afterEvent(after, incident, { kind: "nothing-left" });
      continue;
    }
    const longBack = round.view.nowMs - (incident.returnedAtMs ?? 0) >= OWN_ENABLE_MS;
    if (followsThisHost && record.live && longBack)
      actions.push(...whenDue({ kind: "enable-host", host: incident.host }, round));
  }
  return { memory: after, actions, reasons: [] };
}
