import { knownVms } from "../adapters/files/known-vms.ts";
import { readInventory, readRole } from "../adapters/files/local-host-files.ts";
import { cleanEnvironment, pathsFrom } from "../adapters/files/paths.ts";
import { createSystemClock } from "../adapters/processes/clock-system.ts";
import { writeOutput } from "../adapters/processes/standard-streams.ts";
import {
  PLUGIN,
  PLUGIN_DOMAINS,
  readPluginCall,
  renderPluginAnswer,
} from "../adapters/xapi/plugin-protocol.ts";
import { neverAborts } from "../ports/deadline.ts";

/**
 * `ha-lizard-plugin`: called by XAPI on this host, for the master, when the monitor of this host is silent
 * (`host.call_plugin`). Its one function is `domains`. What fails is an answer, too: XAPI would take another exit code
 * for a fault of its own.
 */
export async function run(args: readonly string[]): Promise<number> {
  const called = readPluginCall(args[0] ?? "");
  writeOutput(
    called === PLUGIN_DOMAINS
      ? renderPluginAnswer("Success", JSON.stringify(await domains()))
      : renderPluginAnswer(
          "Failure",
          `${PLUGIN} has the function ${PLUGIN_DOMAINS}, and not ${called ?? "this"}`,
        ),
  );
  return 0;
}

async function domains() {
  const environment = cleanEnvironment(process.env);
  const paths = pathsFrom(process.env);
  const inventory = await readInventory(paths.inventory);
  const options = { paths, clock: createSystemClock(), environment };
  const vms = await knownVms(options, inventory["CONTROL_DOMAIN_UUID"] ?? "", neverAborts());
  return { role: await readRole(paths.poolConf), vms: vms === "unknown" ? null : vms };
}
