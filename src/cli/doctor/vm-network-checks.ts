import { describeFault } from "../../core/alerts/describe-fault.ts";
import { type Check, type Finding, findingsOf } from "./check.ts";
import { tiesOfManaged } from "./tied-vms.ts";

const READ_MS = 30_000;

/** VMs in a network that not every host has, such as a VLAN that was forgotten on one of them. */
export const vmNetworkCheck: Check = {
  name: "vm-networks",
  limitMs: () => READ_MS,
  async run(examination, signal) {
    const { ok, warn } = findingsOf("vm-networks");
    const { sight, survey } = examination;
    if (!sight.database.ok || sight.hosts.length < 2) return [];
    const networks = await survey.localNetworks(signal);
    if (!networks.ok)
      return [warn(`the networks could not be listed: ${describeFault(networks.fault)}`, "run this again")];
    const ties = networks.value.map(({ vm, network, hosts }) => ({ vm, what: network, hosts }));
    const found = tiesOfManaged(ties, examination).map(
      ({ vms, what, where }): Finding =>
        warn(
          `${vms} in network ${what}, which only ${where} has: cannot be started elsewhere`,
          "xe pool-vlan-create network-uuid=NETWORK pif-uuid=PIF vlan=TAG makes a VLAN on every host",
        ),
    );
    return found.length > 0 ? found : [ok("every managed VM has its networks on all hosts")];
  },
};
