import { showName } from "../../core/model/plain-text.ts";
import type { ListedVm } from "../../ports/pool-database.ts";
import { describeVm } from "../vm-management.ts";
import { type Examination, fewNames } from "./check.ts";

/** The VMs that HA looks after; none when they could not be listed. */
export function managedVms({ sight, settings }: Examination): readonly ListedVm[] {
  const { vms, pool } = sight;
  if (vms === null || pool === null) return [];
  return vms.filter((vm) => describeVm(vm, pool.uuid, settings).managed);
}

/** `VM web`, `3 VMs a, b, c`. */
export function vmNames(names: readonly string[]): string {
  const shown = fewNames([...names].map(showName).sort());
  return names.length === 1 ? `VM ${shown}` : `${names.length} VMs ${shown}`;
}
