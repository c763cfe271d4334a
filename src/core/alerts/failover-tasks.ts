import { hostName } from "../members/host-rows.ts";
import type { Incident } from "../memory/incident.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { DatabaseView, PoolView } from "../model/pool-view.ts";

/** What XAPI's clients show of the failover of a host: a task with this label, and how far it has come, from 0 to 1, when all its VMs run. */
export interface FailoverTask {
  readonly host: HostUuid;
  readonly label: string;
  readonly progress: number;
}

/** Later than this it is no failover any more, but a host that cannot be fenced, or VMs that are not started: alerts say so. */
const LONGEST_MS = 600_000;
/** A pool that loses more hosts at once has other things to look at. */
const MOST_TASKS = 8;

const BEFORE_STARTS: Readonly<Partial<Record<Incident["phase"], number>>> = {
  open: 0.05,
  fencing: 0.1,
  fenced: 0.3,
};
const DECLARED = 0.4;

/** The failovers of the last ten minutes, on the master; elsewhere none. */
export function failoverTasks(
  memory: Pick<Memory, "incidents" | "lastGood">,
  { self, database, nowMs }: Pick<PoolView, "self" | "database" | "nowMs">,
): readonly FailoverTask[] {
  if (self.role.kind !== "master" || !database.ok) return [];
  const underWay = Object.values(memory.incidents).flatMap((incident) => {
    const progress = progressOf(incident, database.value);
    const isLate = nowMs - incident.openedAtMs > LONGEST_MS;
    if (progress === null || isLate) return [];
    const label = `HA-Lizard: ${hostName(memory, incident.host)} failed, recovering its VMs`;
    return [{ host: incident.host, label, progress }];
  });
  return underWay.slice(0, MOST_TASKS);
}

/** null: nothing of it is under way. */
function progressOf({ phase, vms }: Incident, { halted }: DatabaseView): number | null {
  const before = BEFORE_STARTS[phase];
  if (before !== undefined) return before;
  if (phase !== "declared") return null;
  const down = halted.filter(({ uuid }) => vms.includes(uuid)).length;
  return down === 0 ? 1 : DECLARED + (1 - DECLARED) * ((vms.length - down) / vms.length);
}
