import { type ParameterName, ROWS, rowOf } from "../../config/params.ts";
import type { Resolved } from "../../config/resolve.ts";
import { defineAction } from "../action.ts";
import { EXIT, UsageError } from "../cli-ports.ts";
import { requireParameter } from "../parameter-argument.ts";
import { withPool } from "../pool-access.ts";
import {
  renderParameter,
  renderParameters,
  renderParametersJson,
  renderParametersPlain,
  type ShownParameter,
  settingText,
  shownText,
} from "../screens/parameters.ts";

export const getAction = defineAction({
  name: "get",
  description:
    "Shows parameters: the value in force on this host and where it comes from. Without a terminal: NAME=VALUE lines.",
  args: {
    param: { type: "positional", required: false, description: "one parameter; without it, all of them" },
    json: { type: "boolean", description: "for programs" },
    plain: {
      type: "boolean",
      description: "NAME=VALUE lines, as without a terminal: those that HA-Lizard 1.x and 2.x print",
    },
    "show-secrets": { type: "boolean", description: "passwords too (root only)" },
  },
  async run(args, ports) {
    const one = args.param === undefined ? null : requireParameter("get", args.param);
    if (one === "WATCH_INTERVAL") {
      throw new UsageError("Cannot get WATCH_INTERVAL: it is a variable in /etc/init.d/ha-lizard-watchdog");
    }
    if (args.json === true && args.plain === true)
      throw new UsageError("Cannot get parameters: give --json or --plain, not both");
    const showSecrets = args["show-secrets"] === true;
    if (showSecrets && !ports.isRoot) {
      ports.stderr("Cannot show secrets: only root may see them.\n");
      return EXIT.failed;
    }
    return withPool(ports, async ({ texts, database, resolved, exitWithout }) => {
      for (const problem of [...texts.problems, ...resolved.problems]) ports.stderr(`Warning: ${problem}\n`);
      const shown = showParameters(one === null ? [...ROWS.keys()] : [one], resolved, showSecrets);
      const [first] = shown;
      if (args.json === true) ports.stdout(renderParametersJson(shown));
      else if (args.plain === true || !ports.isTerminal) ports.stdout(renderParametersPlain(shown));
      else if (one !== null && first !== undefined) ports.stdout(renderParameter(first));
      else ports.stdout(renderParameters(shown));
      if (database !== null) return EXIT.done;
      ports.stderr("These are the last good values that this host knows.\n");
      return exitWithout;
    });
  },
});

function showParameters(
  names: readonly ParameterName[],
  { settings, sources }: Resolved,
  showSecrets: boolean,
): readonly ShownParameter[] {
  return names.flatMap((name): readonly ShownParameter[] => {
    const row = rowOf(name);
    const source = sources.get(name);
    if (source === undefined) return [];
    return [{ name, row, value: shownText(row, settingText(name, row, settings), showSecrets), source }];
  });
}
