import { defineAction } from "../action.ts";
import { UsageError } from "../cli-ports.ts";
import { showNagios } from "../nagios.ts";
import { paintFor } from "../screens/paint.ts";
import { renderStatus } from "../screens/status.ts";
import { exitOf, lookAtPool } from "../sight/look.ts";
import { gatherStatus } from "../status/gather.ts";
import type { StatusReport } from "../status/status-report.ts";

export const statusAction = defineAction({
  name: "status",
  description: "Shows the pool, its hosts and what HA is doing.",
  args: {
    json: { type: "boolean", description: "for programs" },
    nagios: {
      type: "boolean",
      description:
        "one line for a monitoring system, with its exit codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN",
    },
  },
  async run(args, ports) {
    if (args.nagios === true) {
      if (args.json === true) throw new UsageError("Cannot show the status: --json or --nagios, not both");
      return showNagios(ports);
    }
    const sight = await lookAtPool(ports);
    const report = await gatherStatus(sight, ports);
    if (args.json === true) {
      ports.stdout(`${JSON.stringify(report, null, 2)}\n`);
      return exitOf(sight);
    }
    ports.stdout(
      renderStatus(report, { ...ports.screen, paint: paintFor(ports.colours), box: ports.isTerminal }),
    );
    if (ports.isTerminal && report.source === "pool") ports.stdout(switchText(report));
    return exitOf(sight);
  },
});

/** Who looks is not asked anything: the next look may be a second later. */
function switchText({ ha }: StatusReport): string {
  return ha === "on" ? "ha-cfg ha-disable switches HA off.\n" : "ha-cfg ha-enable switches HA on.\n";
}
