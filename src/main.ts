import { basename } from "node:path";
import { connectDirectly } from "./adapters/peers/direct-connections.ts";
import { heedChildren } from "./adapters/processes/child-signal.ts";
import { exitCodeAfterOutput, writeError, writeOutput } from "./adapters/processes/standard-streams.ts";

/** The modes of the one executable, by the name it is called by (src/README.md, "Modes"). */
const BY_NAME: Readonly<Record<string, string>> = {
  "ha-lizard.mon": "monitor",
  "ha-lizard-watchdog": "watchdog",
  "ha-cfg": "ha-cfg",
  "ha-lizard-plugin": "plugin",
};

const HELP = `Usage: ha-lizard <mode>

High availability for XenServer and XCP-ng pools.

  monitor     watch the pool for ever (also: called as ha-lizard.mon)
  iterate     one iteration, now
  watchdog    keep the monitor alive (also: called as ha-lizard-watchdog)
  ha-cfg      configure and show (also: called as ha-cfg); ha-lizard ha-cfg --help
  fence       the built-in fence agents: fence <METHOD> <host uuid> <start|stop|reset|status>
  version     print the version

monitor, iterate and watchdog take --foreground: their log lines also go to standard error.
Administrators use: service ha-lizard start -w, and ha-cfg.
`;

/**
 * The mode and its own arguments. The base name of argv[0] decides (it keeps the symlink's name, may be empty, and may
 * begin with `-` in a login shell); under any other name, and for the monitor's names too, a first argument that is a
 * mode wins.
 */
export function chooseMode(
  argv0: string,
  args: readonly string[],
): { mode: string; rest: readonly string[] } {
  const named = BY_NAME[basename(argv0).replace(/^-/, "")];
  if (named === "ha-cfg" || named === "plugin") return { mode: named, rest: args };
  const [first, ...rest] = args;
  if (first !== undefined) return { mode: first, rest };
  return { mode: named ?? "help", rest: [] };
}

class WrongUsage extends Error {}

/** The one option of the modes that log. */
function foregroundOf(rest: readonly string[]): true | undefined {
  const [wrong] = rest.filter((arg) => arg !== "--foreground");
  if (wrong !== undefined)
    throw new WrongUsage(`Cannot run: there is no option ${wrong}; there is --foreground.\n`);
  return rest.length > 0 ? true : undefined;
}

/** Only the wanted mode is loaded: the monitor stays small. */
async function run(mode: string, rest: readonly string[]): Promise<number> {
  switch (mode) {
    case "monitor":
      return (await import("./modes/monitor.ts")).run(foregroundOf(rest));
    case "iterate":
      return (await import("./modes/iterate.ts")).run(foregroundOf(rest));
    case "watchdog":
      return (await import("./modes/watchdog.ts")).run(foregroundOf(rest));
    case "ha-cfg":
      return (await import("./modes/ha-cfg.ts")).run(rest);
    case "fence":
      return rest[0] === "--own-agents"
        ? (await import("./modes/own-agents.ts")).run()
        : (await import("./modes/fence.ts")).run(rest);
    case "plugin":
      return (await import("./modes/plugin.ts")).run(rest);
    case "guard":
      return (await import("./modes/guard.ts")).run(rest);
    case "askpass":
      return (await import("./modes/askpass.ts")).run();
    case "end-lease":
      return (await import("./modes/end-lease.ts")).run();
    case "default-file":
      writeOutput((await import("./config/default-file.ts")).renderDefaultFile());
      return 0;
    case "alarm":
      return (await import("./modes/alarm.ts")).run();
    case "send-mail":
      return (await import("./modes/send-mail.ts")).run();
    case "run-hooks":
      return (await import("./modes/run-hooks.ts")).run();
    case "tie-file":
      return (await import("./modes/tie-file.ts")).run(rest);
    case "version":
    case "--version": {
      const { VERSION } = await import("./modes/version.ts");
      writeOutput(`ha-lizard ${VERSION}\n`);
      return 0;
    }
    case "help":
    case "--help":
    case "-h":
      writeOutput(HELP);
      return 0;
    default:
      writeError(
        `Cannot run: there is no mode ${mode}. Modes: monitor, iterate, watchdog, ha-cfg, fence, version.\n`,
      );
      return 2;
  }
}

if (import.meta.main) {
  connectDirectly(process.env);
  heedChildren();
  // ssh calls a program for the password by its path alone, with its question as the argument.
  const askpass = process.env["HA_LIZARD_ASKPASS"] !== undefined;
  const { mode, rest } = askpass
    ? { mode: "askpass", rest: [] }
    : chooseMode(process.argv0, process.argv.slice(2));
  run(mode, rest).then(
    (code) => {
      process.exitCode = exitCodeAfterOutput(code);
    },
    (error: unknown) => {
      if (error instanceof WrongUsage) {
        writeError(error.message);
        process.exitCode = 2;
        return;
      }
      writeError(
        `Cannot go on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      process.exitCode = 1;
    },
  );
}
