import type { Memory } from "../memory/memory.ts";
import { type MasterRound, nothing, type Step } from "../memory/step.ts";
import type { HostMark } from "../model/action.ts";
import { customFieldKey } from "../model/ha-flag.ts";
import { whenDue } from "../pace/back-off.ts";
import { type HostRow, hostRows, rowOf } from "./host-rows.ts";

/** The health of each host as XenCenter shows it; written only when it changes. */
export function markHosts(memory: Memory, round: MasterRound): Step {
  if (memory.promotion !== null) return nothing(memory);
  const key = customFieldKey(round.settings.XC_FIELD_NAME);
  const rows = hostRows(memory, round.view);
  const actions = round.database.hosts.flatMap(({ uuid: host, otherConfig }) => {
    const value = markOf(rowOf(rows, host));
    if (value === null || otherConfig[key] === value) return [];
    return whenDue({ kind: "mark-host", host, key, value }, round);
  });
  return { memory, actions, reasons: [] };
}

function markOf({ isSelf, incident, isAlive }: HostRow): HostMark | null {
  if (isSelf) return "master";
  if (incident !== null) return "failed";
  return isAlive ? "healthy" : null;
}
