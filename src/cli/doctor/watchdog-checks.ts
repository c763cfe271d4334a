import { countsOnLease } from "../../core/model/lease-method.ts";
import { type Check, type Finding, findingsOf } from "./check.ts";

/** With FENCE_METHOD=WATCHDOG: this host can arm Xen's watchdog, and has both of its slots. */
export const watchdogCheck: Check = {
  name: "xen-watchdog",
  limitMs: () => 2_000,
  async run({ ports, settings, sight }): Promise<readonly Finding[]> {
    const { ok, bad } = findingsOf("xen-watchdog");
    if (!settings.FENCE_ENABLED || !countsOnLease(settings.FENCE_METHOD)) return [];
    const { program, serviceOn } = await ports.hostSurvey.watchdogTools();
    const found: Finding[] = [];
    if (program === null)
      found.push(
        bad(
          "xenwatchdogd is not installed on this host, so FENCE_METHOD=WATCHDOG cannot reset it: nothing ever proves that it is off",
          "yum install xen-dom0-tools",
        ),
      );
    if (serviceOn)
      found.push(
        bad(
          "xen-watchdog.service is on: it has one of the two slots of Xen's watchdog, which FENCE_METHOD=WATCHDOG needs both",
          "systemctl disable xen-watchdog.service, then reboot this host when its VMs run elsewhere",
        ),
      );
    const trouble = sight.hearing?.group.ownLease?.trouble ?? null;
    if (found.length === 0 && trouble !== null)
      found.push(bad(`this host has no lease: ${trouble}`, "see ha-cfg status, and ha-cfg log check_xapi"));
    return found.length > 0 ? found : [ok("Xen's watchdog can be armed on this host")];
  },
};
