import type { HostUuid, VmUuid } from "../../core/model/ids.ts";
import { nameOf } from "../sight/sight.ts";
import { type Examination, fewNames } from "./check.ts";
import { managedVms, vmNames } from "./managed-vms.ts";

/** Something of a VM that only these hosts have. */
export interface Tie {
  readonly vm: VmUuid;
  readonly what: string;
  readonly hosts: readonly HostUuid[];
}

/** What ties managed VMs to some hosts: once for each such thing, with all its VMs. */
export function tiesOfManaged(
  ties: readonly Tie[],
  examination: Examination,
): readonly { readonly vms: string; readonly what: string; readonly where: string }[] {
  const managed = new Map(managedVms(examination).map(({ uuid, name }) => [uuid, name]));
  const found = new Map<string, { tie: Tie; names: Set<string> }>();
  for (const tie of ties) {
    const name = managed.get(tie.vm);
    if (name === undefined) continue;
    const key = JSON.stringify([tie.what, tie.hosts]);
    const entry = found.get(key) ?? { tie, names: new Set<string>() };
    entry.names.add(name);
    found.set(key, entry);
  }
  return [...found.values()].map(({ tie: { what, hosts }, names }) => ({
    vms: vmNames([...names]),
    what,
    where: hosts.length === 0 ? "no host" : fewNames(hosts.map((host) => nameOf(examination.sight, host))),
  }));
}
