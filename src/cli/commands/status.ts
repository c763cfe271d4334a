import { runCommand } from "citty";
import { defineAction } from "../action.ts";
import { type CliPorts, EXIT, type ExitCode } from "../cli-ports.ts";
import { paintFor } from "../screens/paint.ts";
import { renderStatus } from "../screens/status.ts";
import { lookAtPool } from "../sight/look.ts";
import type { Sight } from "../sight/sight.ts";
import { gatherStatus } from "../status/gather.ts";
import type { StatusReport } from "../status/status-report.ts";
import { haDisableAction, haEnableAction } from "./ha-switch.ts";

export const statusAction = defineAction({
  name: "status",
  description: "Shows the pool, its hosts and what HA is doing; offers to switch HA on or off on a terminal.",
  args: { json: { type: "boolean", description: "for programs" } },
  async run(args, ports) {
    const sight = await lookAtPool(ports);
    const report = await gatherStatus(sight, ports);
    if (args.json === true) {
      ports.stdout(`${JSON.stringify(report, null, 2)}\n`);
      return exitOf(sight);
    }
    ports.stdout(renderStatus(report, { paint: paintFor(ports.colours), box: ports.isTerminal }));
    const asks = ports.isTerminal && ports.keyboard.isTerminal && report.source === "pool";
    return asks ? offerSwitch(report, ports) : exitOf(sight);
  },
});

/** What was shown came from the caches: the caller has to be told. */
function exitOf({ database }: Sight): ExitCode {
  if (database.ok) return EXIT.done;
  const { kind } = database.fault;
  return kind === "timeout" || kind === "unreachable" ? EXIT.xapiSilent : EXIT.failed;
}

/** Whoever answers anything but `yes` has only looked. The switch is that of ha-enable and ha-disable, with their checks. */
async function offerSwitch({ ha }: StatusReport, ports: CliPorts): Promise<ExitCode> {
  const [action, question] =
    ha === "on" ? [haDisableAction, "Switch HA off?"] : [haEnableAction, "Switch HA on?"];
  const answer = await ports.keyboard.readLine(`${question} (yes, anything else changes nothing) `, true);
  if (answer?.trim().toLowerCase() !== "yes") return EXIT.done;
  const { result } = await runCommand(action.command, { rawArgs: [], data: ports });
  return result === EXIT.done ? EXIT.done : EXIT.failed;
}
