import { describeFault } from "../../core/alerts/describe-fault.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { nameOf } from "../sight/sight.ts";
import { describeVm } from "../vm-management.ts";
import { type Check, type Examination, type Finding, fewNames, findingsOf } from "./check.ts";

const READ_MS = 30_000;

/** VMs with a disk, or an inserted CD, that not every host can reach: these cannot be started everywhere. */
export const storageCheck: Check = {
  name: "storage",
  limitMs: () => READ_MS,
  async run(examination, signal) {
    const { ok, warn } = findingsOf("storage");
    const { sight, survey } = examination;
    if (!sight.database.ok || sight.hosts.length < 2) return [];
    const disks = await survey.localDisks(signal);
    if (!disks.ok)
      return [warn(`the disks could not be listed: ${describeFault(disks.fault)}`, "run this again")];
    const managed = managedNames(examination);
    const byStorage = new Map<string, { hosts: readonly HostUuid[]; vms: Set<string> }>();
    for (const { vm, storage, hosts } of disks.value) {
      const name = managed.get(vm);
      if (name === undefined) continue;
      const key = `${storage} ${hosts.join(" ")}`;
      const entry = byStorage.get(key) ?? { hosts, vms: new Set<string>() };
      entry.vms.add(name);
      byStorage.set(key, entry);
    }
    const found = [...byStorage].map(([key, { hosts, vms }]): Finding => {
      const storage = key.slice(0, key.length - hosts.join(" ").length - 1);
      const names = fewNames([...vms].sort());
      const where = hosts.length === 0 ? "no host" : fewNames(hosts.map((host) => nameOf(sight, host)));
      return warn(
        `${vms.size === 1 ? "VM" : `${vms.size} VMs`} ${names} on storage ${storage}, which only ${where} has: cannot be started elsewhere`,
        "move the disks to shared storage, eject the CD, or plug the storage on every host",
      );
    });
    return found.length > 0 ? found : [ok("every managed VM has its disks on storage of all hosts")];
  },
};

function managedNames({ sight, settings }: Examination): ReadonlyMap<string, string> {
  const { vms, pool } = sight;
  if (vms === null || pool === null) return new Map();
  return new Map(
    vms.filter((vm) => describeVm(vm, pool.uuid, settings).managed).map(({ uuid, name }) => [uuid, name]),
  );
}
