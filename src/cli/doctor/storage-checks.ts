import { describeFault } from "../../core/alerts/describe-fault.ts";
import { type Check, type Finding, findingsOf } from "./check.ts";
import { tiesOfManaged } from "./tied-vms.ts";

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
    const ties = disks.value.map(({ vm, storage, hosts }) => ({ vm, what: storage, hosts }));
    const found = tiesOfManaged(ties, examination).map(
      ({ vms, what, where }): Finding =>
        warn(
          `${vms} on storage ${what}, which only ${where} has: cannot be started elsewhere`,
          "move the disks to shared storage, eject the CD, or plug the storage on every host",
        ),
    );
    return found.length > 0 ? found : [ok("every managed VM has its disks on storage of all hosts")];
  },
};
