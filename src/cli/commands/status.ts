import { defineAction } from "../action.ts";
import { EXIT, type ExitCode } from "../cli-ports.ts";
import { paintFor } from "../screens/paint.ts";
import { renderStatus } from "../screens/status.ts";
import { lookAtPool } from "../sight/look.ts";
import type { Sight } from "../sight/sight.ts";
import { gatherStatus } from "../status/gather.ts";
import type { StatusReport } from "../status/status-report.ts";

export const statusAction = defineAction({
  name: "status",
  description: "Shows the pool, its hosts and what HA is doing.",
  args: { json: { type: "boolean", description: "for programs" } },
  async run(args, ports) {
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

/** What was shown came from the caches: the caller has to be told. */
function exitOf({ database }: Sight): ExitCode {
  if (database.ok) return EXIT.done;
  const { kind } = database.fault;
  return kind === "timeout" || kind === "unreachable" ? EXIT.xapiSilent : EXIT.failed;
}

/** Who looks is not asked anything: the next look may be a second later. */
function switchText({ ha }: StatusReport): string {
  return ha === "on" ? "ha-cfg ha-disable switches HA off.\n" : "ha-cfg ha-enable switches HA on.\n";
}
