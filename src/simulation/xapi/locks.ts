import type { Database, Fields } from "../database.ts";

/**
 * The key under which a host's use of a disk is written into VDI.sm_config (adapters/xapi/README.md, "Locks on disks").
 */
export const lockKey = (hostRef: string): string => `host_${hostRef}`;

/** Disks (VDI references) of a VM. */
export function disksOf(database: Database, vmRef: string): string[] {
  const vbds = database.must("VM", vmRef)["VBDs"] as readonly string[];
  return vbds.map((vbd) => String(database.must("VBD", vbd)["VDI"]));
}

export function setLock(database: Database, vdi: string, hostRef: string, locked: boolean): void {
  const { [lockKey(hostRef)]: _, ...others } = database.must("VDI", vdi)["sm_config"] as Fields;
  const sm_config = locked ? { ...others, [lockKey(hostRef)]: "RW" } : others;
  database.update("VDI", vdi, { sm_config });
}

/** Host references, other than `hostRef`, that hold a disk. */
export function otherHolders(database: Database, vdi: string, hostRef: string): string[] {
  const keys = Object.keys(database.must("VDI", vdi)["sm_config"] as Fields);
  return keys
    .filter((key) => key.startsWith("host_") && key !== lockKey(hostRef))
    .map((key) => key.slice("host_".length));
}

/** Takes a host's locks off the disks of the VMs (by uuid) that `which` names; the hook 10resetvdis takes all. */
export function releaseLocks(
  database: Database,
  hostRef: string,
  which: (vm: string) => boolean = () => true,
): void {
  for (const [vdi, fields] of database.entries("VDI")) {
    if (!(lockKey(hostRef) in (fields["sm_config"] as Fields))) continue;
    const vbd = (fields["VBDs"] as readonly string[])[0];
    const vmRef = vbd === undefined ? undefined : database.get("VBD", vbd)?.["VM"];
    const vm = typeof vmRef === "string" ? database.get("VM", vmRef)?.["uuid"] : undefined;
    if (vm === undefined || which(String(vm))) setLock(database, vdi, hostRef, false);
  }
}
