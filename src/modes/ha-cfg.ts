import { hostname, setPriority } from "node:os";
import { join } from "node:path";
import { maskFencer } from "../adapters/fencing/masked-fencer.ts";
import { createDaemons } from "../adapters/files/daemon-files.ts";
import { deniedPath } from "../adapters/files/denied.ts";
import { createHostSurvey } from "../adapters/files/host-survey-files.ts";
import { createPrivateFiles } from "../adapters/files/private-files.ts";
import { createHearingReader } from "../adapters/group/hearing-file.ts";
import { createTcpProbe } from "../adapters/peers/tcp-connect.ts";
import { createGate } from "../adapters/processes/firewall.ts";
import { createSystemKeyboard } from "../adapters/processes/keyboard.ts";
import { createLiveScreen } from "../adapters/processes/live-screen.ts";
import { findOperator } from "../adapters/processes/operator.ts";
import { wakeMonitor } from "../adapters/processes/service-script.ts";
import { writeError, writeOutput } from "../adapters/processes/standard-streams.ts";
import { createRecordFiles } from "../adapters/record/record-reader.ts";
import { createLogFile } from "../adapters/syslog/log-file.ts";
import { createSyslogLogger } from "../adapters/syslog/logger-syslog.ts";
import { createTieBreakers } from "../adapters/ties/open-tie-breaker.ts";
import { openSurvey } from "../adapters/xapi/survey.ts";
import { createSocketTransport } from "../adapters/xapi/transport.ts";
import { switcherOf } from "../app/pass/fence.ts";
import type { CliPorts } from "../cli/cli-ports.ts";
import { runHaCfg } from "../cli/ha-cfg.ts";
import type { Secrets } from "../config/secrets.ts";
import type { Xapi } from "../ports/pool-database.ts";
import { fenceListsOf } from "./plugin-lists.ts";
import { createMethods } from "./real-fence-methods.ts";
import { createFencer } from "./real-fencer.ts";
import { createRealPeers } from "./real-xapi.ts";
import { createRuntime } from "./runtime.ts";
import { VERSION } from "./version.ts";

/** The greatest niceness. */
const LAST_IN_LINE = 19;

/** Where syslog writes in Dom0, and on other systems. */
const LOGS = ["var/log/messages", "var/log/syslog"];

/** Aborts when nobody reads the output any more: `ha-cfg log | head` has to end. */
function outputClosed(): AbortSignal {
  const controller = new AbortController();
  process.stdout.on("error", () => controller.abort());
  return controller.signal;
}

/** The locale by the rule of the system: the first of these that is set. Without any it is "C". */
function showsUnicode(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = environment["LC_ALL"] || environment["LC_CTYPE"] || environment["LANG"] || "C";
  return /utf-?8/i.test(locale);
}

/** The client, whose reads teach the passwords that stand in the pool database. */
function learning(xapi: Xapi, secrets: Secrets): Xapi {
  return {
    ...xapi,
    async read(scope, signal) {
      const read = await xapi.read(scope, signal);
      if (read.ok) secrets.learn(read.value.pool.otherConfig);
      return read;
    },
  };
}

/** `ha-cfg`: the command line for administrators. */
export async function run(args: readonly string[]): Promise<number> {
  const code = await runInto(args, () => ({}));
  // Whoever has typed q does not wait for a look that is under way.
  if (args[0] === "watch") setTimeout(() => process.exit(), LINGER_MS).unref();
  return code;
}

/** Long enough for a session to be closed by a xapi that is well. */
const LINGER_MS = 500;

/** The same with some ports replaced; they are told how to take the passwords out of a text. */
export function runInto(
  args: readonly string[],
  replaced: (mask: (text: string) => string, real: Pick<CliPorts, "operator">) => Partial<CliPorts>,
): Promise<number> {
  const runtime = createRuntime();
  const { paths, clock, environment, store, config, secrets, self } = runtime;
  const peers = createRealPeers(runtime, { pingAfterMs: 0, namesFaults: true });
  const closed = outputClosed();
  const operator = findOperator(paths.root);
  const fencer = maskFencer(createFencer(runtime), secrets.mask);
  return runHaCfg(args, {
    version: VERSION,
    clock,
    openXapi: (xeTimeoutMs) => learning(peers.openXapi(xeTimeoutMs), secrets),
    masterWay: peers.masterWay,
    config,
    override: config,
    fencer,
    switchOn: switcherOf(fencer),
    fenceMethods: createMethods(runtime),
    fenceLists: fenceListsOf(runtime),
    localHost: peers.localHost,
    store,
    keyboard: createSystemKeyboard(),
    liveScreen: createLiveScreen(clock),
    files: createPrivateFiles(),
    records: createRecordFiles(paths),
    // Only who reads it loads it.
    openManual: async (actions) => (await import("../manual/manual.ts")).createManual(actions),
    // Only who plays it loads the simulated pool.
    playDrill: async (request) => {
      const { playDrill } = await import("../simulation/drill/play.ts");
      // It only computes, and must not hold up the monitor beside it.
      setPriority(LAST_IN_LINE);
      return playDrill(request);
    },
    log: createLogFile({ clock, places: LOGS.map((place) => join(paths.root, place)), closed }),
    prober: peers.prober,
    pinger: peers.pinger,
    hearing: createHearingReader(paths.hearing),
    daemons: createDaemons(paths),
    tieBreaker: createTieBreakers({ paths, clock, environment, self }),
    mail: {
      // Only who sends a mail loads what that needs.
      send: async (...mail) => (await import("../adapters/mail/smtp.ts")).createSmtp(clock).send(...mail),
    },
    // On a terminal the action itself has said what it did.
    logger: createSyslogLogger({ clock, environment, foreground: false, mask: secrets.mask }),
    operator,
    hostName: hostname(),
    tcp: createTcpProbe(),
    openSurvey: (xeTimeoutMs) =>
      openSurvey({
        transport: createSocketTransport({ socketPath: paths.xapiSocket, mask: secrets.mask }),
        clock,
        xeTimeoutMs,
        conceal: (secret) => secrets.learn({ FENCE_PASSWD: secret }),
      }),
    hostSurvey: { ...createHostSurvey(paths), gate: createGate(clock, environment) },
    wakeMonitor: async () => wakeMonitor(paths),
    stdout: writeOutput,
    // What XAPI, a device or a mail server answered may repeat a password. Standard output shows them only when asked to.
    stderr: (text) => writeError(secrets.mask(text)),
    isTerminal: process.stdout.isTTY === true,
    screen: { columns: process.stdout.columns || 80, unicode: showsUnicode(process.env) },
    colours: process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined,
    denied: deniedPath([
      { path: paths.xapiSocket, writes: true },
      { path: paths.override, writes: false },
      { path: paths.state, writes: false },
    ]),
    isRoot: process.getuid?.() === 0,
    ...replaced(secrets.mask, { operator }),
  });
}
