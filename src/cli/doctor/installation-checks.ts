import { type Check, type Finding, findingsOf } from "./check.ts";

const AGAIN = "install.sh, on this host";

/** What install.sh has put into XAPI's folders is there: an upgrade of the host by its installation medium takes it away. */
export const installationCheck: Check = {
  name: "installation",
  limitMs: () => 2_000,
  async run({ ports, settings }): Promise<readonly Finding[]> {
    const { warn, bad } = findingsOf("installation");
    const { guard, plugin, brokenHooks } = await ports.hostSurvey.installed();
    const found = brokenHooks.map((hook) =>
      bad(
        `${hook} cannot be run: XAPI takes that for a refusal, and no VM starts on this host`,
        hook.endsWith("/50-ha-lizard") ? AGAIN : `chmod 755 ${hook}, or rm ${hook}`,
      ),
    );
    if (guard === "missing" && settings.START_GUARD)
      found.push(
        warn(
          "START_GUARD=1, but its hook is not in /etc/xapi.d/vm-pre-start of this host: a VM that runs elsewhere can be started here by hand",
          AGAIN,
        ),
      );
    if (plugin !== "there")
      found.push(
        warn(
          "the plugin of this program is not in /etc/xapi.d/plugins of this host: while its monitor is silent nobody can ask which VMs run here, and starts wait",
          AGAIN,
        ),
      );
    return found;
  },
};
