import { knownVms } from "../adapters/files/known-vms.ts";
import { readInventory, readRole } from "../adapters/files/local-host-files.ts";
import { cleanEnvironment, pathsFrom } from "../adapters/files/paths.ts";
import { createSystemClock } from "../adapters/processes/clock-system.ts";
import { writeOutput } from "../adapters/processes/standard-streams.ts";
import {
  PLUGIN,
  PLUGIN_ARM,
  PLUGIN_DISARM,
  PLUGIN_DOMAINS,
  PLUGIN_HISTORY,
  PLUGIN_PLAN,
  PLUGIN_STATUS,
  readPluginArguments,
  readPluginCall,
  renderPluginAnswer,
} from "../adapters/xapi/plugin-protocol.ts";
import { neverAborts } from "../ports/deadline.ts";
import type { PluginAnswer } from "./plugin-answers.ts";

/**
 * `ha-lizard-plugin`: called by XAPI on this host, for the master, when the monitor of this host is silent, and for an
 * administrator who sets a tie-breaker or lists of fence devices up, or looks at the pool from outside (`host.call_plugin`). What fails
 * is an answer, too: XAPI would take another exit code
 * for a fault of its own.
 */
export async function run(args: readonly string[]): Promise<number> {
  const call = args[0] ?? "";
  const called = readPluginCall(call);
  const ended = await answerOfHaCfg(called, call);
  if (ended !== null) {
    writeOutput(renderPluginAnswer(ended.ok ? "Success" : "Failure", ended.text));
    return 0;
  }
  const answer = await answerOf(called, call);
  writeOutput(
    answer !== null
      ? renderPluginAnswer("Success", JSON.stringify(answer))
      : renderPluginAnswer(
          "Failure",
          `${PLUGIN} of this version has no function ${called ?? "that could be read"}`,
        ),
  );
  return 0;
}

/** What ha-cfg shows or changes on this host; null: the function is none of those. Only who asks for it loads it. */
async function answerOfHaCfg(called: string | null, call: string): Promise<PluginAnswer | null> {
  if (called === PLUGIN_STATUS || called === PLUGIN_PLAN)
    return (await import("./plugin-shown.ts")).answerOfShown(called, readPluginArguments(call));
  if (called === PLUGIN_DISARM || called === PLUGIN_ARM)
    return (await import("./plugin-changes.ts")).answerOfChange(called, call);
  return null;
}

/** null: there is no such function. */
async function answerOf(called: string | null, call: string): Promise<unknown> {
  if (called === PLUGIN_DOMAINS) return domains();
  if (called === PLUGIN_HISTORY) return history(readPluginArguments(call)["since"] ?? "");
  // Only who sets something up loads what that needs.
  if (called?.startsWith("fence_list_") === true) {
    const { answerOfLists } = await import("./plugin-lists.ts");
    return answerOfLists(called, readPluginArguments(call));
  }
  if (called?.startsWith("tie_") !== true) return null;
  const { answerOfTies } = await import("./plugin-ties.ts");
  return answerOfTies(called, readPluginArguments(call), cleanEnvironment(process.env));
}

/** An answer of XAPI's has to be read by it and by the one who asks. */
const HISTORY_BYTES = 400_000;

async function history(since: string) {
  const { createRecordFiles } = await import("../adapters/record/record-reader.ts");
  const sinceMs = /^\d{1,15}$/.test(since) ? Number(since) : 0;
  return { events: await createRecordFiles(pathsFrom(process.env)).events(sinceMs, HISTORY_BYTES) };
}

async function domains() {
  const environment = cleanEnvironment(process.env);
  const paths = pathsFrom(process.env);
  const inventory = await readInventory(paths.inventory);
  const options = { paths, clock: createSystemClock(), environment };
  const vms = await knownVms(options, inventory["CONTROL_DOMAIN_UUID"] ?? "", neverAborts());
  return { role: await readRole(paths.poolConf), vms: vms === "unknown" ? null : vms };
}
