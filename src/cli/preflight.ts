import type { ListedVm } from "../ports/pool-database.ts";
import type { CliPorts } from "./cli-ports.ts";
import type { Finding } from "./doctor/check.ts";
import { examineSight } from "./doctor/examine.ts";
import { lookAtPool } from "./sight/look.ts";
import { waitingVms } from "./vm-management.ts";

/** What is to be known before HA is switched on. */
export interface Preflight {
  /** Doctor's findings without those that are good, and without the one that HA is off. */
  readonly findings: readonly Finding[];
  /** The VMs that will be started at once; null when they could not be listed. */
  readonly starts: readonly ListedVm[] | null;
}

/** Looks at the pool as doctor does. Changes nothing, fences nobody. */
export async function preflight(
  ports: CliPorts,
  progress: (ended: number, all: number) => void,
): Promise<Preflight> {
  const sight = await lookAtPool(ports);
  const findings = await examineSight(sight, ports, progress);
  const { vms, pool, resolved } = sight;
  return {
    findings: findings.filter(({ check, verdict }) => verdict !== "ok" && check !== "ha-flag"),
    starts: vms === null || pool === null ? null : waitingVms(vms, pool.uuid, resolved.settings),
  };
}
