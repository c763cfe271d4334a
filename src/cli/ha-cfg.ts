import { stripVTControlCharacters } from "node:util";
import { runCommand } from "citty";
import { nearestWord } from "../config/nearest.ts";
import { type Action, checkArguments } from "./action.ts";
import { type CliPorts, EXIT, UsageError } from "./cli-ports.ts";
import { backupAction } from "./commands/backup.ts";
import { bashCompletionAction } from "./commands/bash-completion.ts";
import { clearAlertsAction } from "./commands/clear-alerts.ts";
import { confirmOffAction } from "./commands/confirm-off.ts";
import { armAction, disarmAction } from "./commands/disarm.ts";
import { doctorAction } from "./commands/doctor.ts";
import { drillAction } from "./commands/drill.ts";
import { emailAction, emailDebugAction } from "./commands/email.ts";
import { explainAction } from "./commands/explain.ts";
import { fenceHostsAction } from "./commands/fence-hosts.ts";
import { fenceTestAction } from "./commands/fence-test.ts";
import { getAction } from "./commands/get.ts";
import { getVmHaAction } from "./commands/get-vm-ha.ts";
import { haStatusAction } from "./commands/ha-status.ts";
import { haDisableAction, haEnableAction } from "./commands/ha-switch.ts";
import { historyAction } from "./commands/history.ts";
import { insertAction } from "./commands/insert.ts";
import { logAction } from "./commands/log.ts";
import { manualAction } from "./commands/manual.ts";
import { metricsAction } from "./commands/metrics.ts";
import { planAction } from "./commands/plan.ts";
import { powerOnAction } from "./commands/power-on.ts";
import { presetAction } from "./commands/preset.ts";
import { removeAction } from "./commands/remove.ts";
import { replayAction } from "./commands/replay.ts";
import { reportAction } from "./commands/report.ts";
import { restoreAction } from "./commands/restore.ts";
import { restoreDefaultAction } from "./commands/restore-default.ts";
import { resumeAction } from "./commands/resume.ts";
import { setAction } from "./commands/set.ts";
import { setVmHaAction } from "./commands/set-vm-ha.ts";
import { showAlertsAction } from "./commands/show-alerts.ts";
import { statusAction } from "./commands/status.ts";
import { tieBreakerAction } from "./commands/tie-breaker.ts";
import { unsetAction } from "./commands/unset.ts";
import { versionAction } from "./commands/version.ts";
import { watchAction } from "./commands/watch.ts";
import { asNagiosPlugin, isForNagios } from "./nagios.ts";
import { renderActionHelp, renderHelp } from "./screens/help.ts";

const LISTED: readonly Action[] = [
  insertAction,
  removeAction,
  getAction,
  setAction,
  unsetAction,
  getVmHaAction,
  setVmHaAction,
  presetAction,
  backupAction,
  restoreAction,
  restoreDefaultAction,
  emailAction,
  emailDebugAction,
  showAlertsAction,
  clearAlertsAction,
  logAction,
  statusAction,
  watchAction,
  metricsAction,
  haStatusAction,
  haEnableAction,
  haDisableAction,
  disarmAction,
  armAction,
  confirmOffAction,
  powerOnAction,
  resumeAction,
  planAction,
  drillAction,
  historyAction,
  reportAction,
  replayAction,
  explainAction,
  fenceHostsAction,
  fenceTestAction,
  tieBreakerAction,
  doctorAction,
  manualAction(() => [...ACTIONS.values()]),
  versionAction,
];

const ACTIONS: ReadonlyMap<string, Action> = new Map(
  [...LISTED, bashCompletionAction(LISTED)].map((action) => [action.name, action]),
);

/**
 * Runs `ha-cfg <argv>`.
 *
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage (nothing was done), 124 XAPI did not answer in time; with `status --nagios`
 *   those of monitoring plugins.
 */
export function runHaCfg(argv: readonly string[], ports: CliPorts): Promise<number> {
  const run = (to: CliPorts) => runAction(argv, to);
  return isForNagios(argv) ? asNagiosPlugin(ports, run) : run(ports);
}

async function runAction(argv: readonly string[], ports: CliPorts): Promise<number> {
  try {
    return await dispatch(argv, ports);
  } catch (error) {
    if (error instanceof UsageError || isUsageFault(error)) {
      ports.stderr(`${stripVTControlCharacters(error.message)}\n`);
      return EXIT.usage;
    }
    const [first] = argv;
    ports.stderr(`Cannot run ha-cfg ${first}: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  }
}

/** What is no UTF-8 has become this on its way here: as a value it would be another one than was typed. */
const NO_TEXT = "\ufffd";

/** With one dash as well: that is how many programs of Dom0 spell it. */
const HELP_OPTIONS: readonly string[] = ["--help", "-help", "-h", "-?"];
/** These only print what is in the program, or in a file that is handed over. */
const FOR_EVERYBODY: readonly string[] = ["version", "bash-completion", "manual", "replay"];
const VERSION_OPTIONS: readonly string[] = ["--version", "-version"];

async function dispatch(argv: readonly string[], ports: CliPorts): Promise<number> {
  const broken = argv.findIndex((arg) => arg.includes(NO_TEXT));
  if (broken >= 0) throw new UsageError(`Cannot run ha-cfg: argument ${broken + 1} is no text (UTF-8)`);
  const [typed, ...rest] = argv;
  if (typed === undefined) {
    ports.stderr(renderHelp([...ACTIONS.values()]));
    return EXIT.usage;
  }
  if (typed === "help" || HELP_OPTIONS.includes(typed)) {
    const about = typed === "help" && rest[0] !== undefined ? findAction(rest[0]) : undefined;
    ports.stdout(about === undefined ? renderHelp([...ACTIONS.values()]) : renderActionHelp(about));
    return EXIT.done;
  }
  const action = findAction(VERSION_OPTIONS.includes(typed) ? "version" : typed);
  if (asksForHelp(rest)) {
    ports.stdout(renderActionHelp(action));
    return EXIT.done;
  }
  checkArguments(action, rest);
  if (ports.denied !== null && !FOR_EVERYBODY.includes(action.name)) {
    ports.stderr(
      `Cannot run ha-cfg ${action.name}: this user may not use ${ports.denied}. Run it as root.\n`,
    );
    return EXIT.failed;
  }
  const { result } = await runCommand(action.command, { rawArgs: rest, data: ports });
  return typeof result === "number" ? result : EXIT.failed;
}

function findAction(typed: string): Action {
  const action = ACTIONS.get(typed);
  if (action !== undefined) return action;
  const near = nearestWord(typed, ACTIONS.keys());
  const hint = near === undefined ? "see ha-cfg --help" : `did you mean ${near}?`;
  throw new UsageError(`Cannot run ha-cfg ${typed}: there is no such action; ${hint}`);
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some((arg) => HELP_OPTIONS.includes(arg));
}

/** citty's class of such errors is not exported; missing and unknown arguments carry these codes. */
function isUsageFault(error: unknown): error is Error {
  return (
    error instanceof Error && "code" in error && (error.code === "EARG" || error.code === "E_UNKNOWN_COMMAND")
  );
}
