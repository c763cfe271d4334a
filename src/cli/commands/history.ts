import { defineAction } from "../action.ts";
import { EXIT, UsageError } from "../cli-ports.ts";
import { findIncident, poolHistory } from "../pool-history.ts";
import { renderIncident, renderIncidents, renderMissing } from "../screens/history.ts";
import { plainText } from "../screens/text.ts";

export const historyAction = defineAction({
  name: "history",
  description:
    "Shows the incidents of the pool in the last 30 days, from the records of its hosts; or one incident in full.",
  args: {
    incident: { type: "positional", required: false, description: "an incident of the list, or last" },
    json: { type: "boolean", description: "for programs" },
  },
  async run(args, ports) {
    const history = await poolHistory(ports);
    const { incident: typed } = args;
    const incident = typed === undefined ? null : findIncident(history, typed);
    ports.stderr(args.json === true ? "" : renderMissing(history));
    if (incident === undefined)
      throw new UsageError(
        `Cannot show ${plainText(typed ?? "")}: there is no such incident; see ha-cfg history`,
      );
    if (args.json === true) {
      const incidents = incident === null ? history.incidents : [incident];
      ports.stdout(`${JSON.stringify({ schema: 1, ...history, incidents }, null, 2)}\n`);
    } else
      ports.stdout(
        incident === null
          ? renderIncidents(history.incidents)
          : renderIncident(incident, ports.clock.wallMs()),
      );
    return EXIT.done;
  },
});
