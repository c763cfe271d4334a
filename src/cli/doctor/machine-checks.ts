import { describeFault } from "../../core/alerts/describe-fault.ts";
import { fenceMethods } from "../../core/fencing/fence-policy.ts";
import type { HostFacts } from "../../ports/pool-survey.ts";
import { nameOf, type Sight } from "../sight/sight.ts";
import { type Check, type Examination, type Finding, fewNames, findingsOf } from "./check.ts";

const READ_MS = 30_000;
/** These ask no device, so nothing is switched off by them. */
const WITHOUT_DEVICE = new Set(["POOL", "WATCHDOG"]);

/** What the pool database knows of each machine: its BMC, and its version. */
export const machineCheck: Check = {
  name: "machines",
  limitMs: () => READ_MS,
  async run(examination, signal) {
    const { sight, survey } = examination;
    if (!sight.database.ok || sight.hosts.length < 2) return [];
    const facts = await survey.hostFacts(signal);
    if (!facts.ok) {
      const text = `the hosts' BMCs and versions could not be read: ${describeFault(facts.fault)}`;
      return [findingsOf("machines").warn(text, "run this again")];
    }
    return [...unusedBmcs(facts.value, examination), ...versions(facts.value, sight)];
  },
};

/** XAPI can switch these hosts on; what it knows of their BMCs would switch them off as well. */
function unusedBmcs(facts: readonly HostFacts[], { settings, sight }: Examination): readonly Finding[] {
  const methods = settings.FENCE_ENABLED ? fenceMethods(settings.FENCE_METHOD) : [];
  if (methods.some((method) => !WITHOUT_DEVICE.has(method))) return [];
  const known = facts.flatMap(({ host, powerOn }) =>
    powerOn === null || powerOn.mode === "wake-on-lan" ? [] : [{ host, ...powerOn }],
  );
  if (known.length === 0) return [];
  const names = fewNames(
    known.map(
      ({ host, mode, address }) => `${nameOf(sight, host)} (${[mode, address].filter(Boolean).join(" ")})`,
    ),
  );
  const method = settings.FENCE_ENABLED ? `FENCE_METHOD=${settings.FENCE_METHOD}` : "fencing, which is off,";
  return [
    findingsOf("bmc").warn(
      `XAPI knows a BMC of ${names}, and ${method} does not use it: with it a dead host is proved to be off`,
      `ha-cfg fence-hosts from-xapi --method IPMI --password; ${settings.FENCE_ENABLED ? "" : "ha-cfg set FENCE_ENABLED 1; "}ha-cfg set FENCE_METHOD IPMI; ha-cfg fence-test`,
    ),
  ];
}

/** In the middle of an update; XAPI moves and starts VMs only on hosts that are as new as the master. */
function versions(facts: readonly HostFacts[], sight: Sight): readonly Finding[] {
  const byVersion = new Map<string, string[]>();
  for (const { host, version } of facts)
    byVersion.set(version, [...(byVersion.get(version) ?? []), nameOf(sight, host)]);
  if (byVersion.size < 2) return [];
  const listed = [...byVersion].map(([version, names]) => `${version} on ${fewNames(names, 3)}`).join("; ");
  return [
    findingsOf("versions").warn(
      `the hosts have different versions: ${listed}. A VM may not start on an older one`,
      "complete the update, the master first",
    ),
  ];
}
