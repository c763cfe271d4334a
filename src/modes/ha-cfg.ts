import { hostname } from "node:os";
import { join } from "node:path";
import { maskFencer } from "../adapters/fencing/masked-fencer.ts";
import { createDaemons } from "../adapters/files/daemon-files.ts";
import { createPrivateFiles } from "../adapters/files/private-files.ts";
import { createTcpProbe } from "../adapters/peers/tcp-connect.ts";
import { createSystemKeyboard } from "../adapters/processes/keyboard.ts";
import { wakeMonitor } from "../adapters/processes/service-script.ts";
import { writeError, writeOutput } from "../adapters/processes/standard-streams.ts";
import { createLogFile } from "../adapters/syslog/log-file.ts";
import { openSurvey } from "../adapters/xapi/survey.ts";
import { createSocketTransport } from "../adapters/xapi/transport.ts";
import { runHaCfg } from "../cli/ha-cfg.ts";
import { createMethods } from "./real-fence-methods.ts";
import { createFencer } from "./real-fencer.ts";
import { createRealPeers } from "./real-xapi.ts";
import { createRuntime } from "./runtime.ts";
import { VERSION } from "./version.ts";

/** Where syslog writes in Dom0, and on other systems. */
const LOGS = ["var/log/messages", "var/log/syslog"];

/** Aborts when nobody reads the output any more: `ha-cfg log | head` has to end. */
function outputClosed(): AbortSignal {
  const controller = new AbortController();
  process.stdout.on("error", () => controller.abort());
  return controller.signal;
}

/** `ha-cfg`: the command line for administrators. */
export function run(args: readonly string[]): Promise<number> {
  const runtime = createRuntime();
  const { paths, clock, store, config, secrets } = runtime;
  const peers = createRealPeers(runtime, { pingAfterMs: 0 });
  const closed = outputClosed();
  return runHaCfg(args, {
    version: VERSION,
    clock,
    openXapi: peers.openXapi,
    config,
    override: config,
    fencer: maskFencer(createFencer(runtime), secrets.mask),
    fenceMethods: createMethods(runtime),
    localHost: peers.localHost,
    store,
    keyboard: createSystemKeyboard(),
    files: createPrivateFiles(),
    log: createLogFile({ clock, places: LOGS.map((place) => join(paths.root, place)), closed }),
    prober: peers.prober,
    pinger: peers.pinger,
    daemons: createDaemons(paths),
    mail: {
      // Only who sends a mail loads what that needs.
      send: async (...mail) => (await import("../adapters/mail/smtp.ts")).createSmtp(clock).send(...mail),
    },
    hostName: hostname(),
    tcp: createTcpProbe(),
    openSurvey: (xeTimeoutMs) =>
      openSurvey({
        transport: createSocketTransport({ socketPath: paths.xapiSocket, mask: secrets.mask }),
        clock,
        xeTimeoutMs,
      }),
    wakeMonitor: async () => wakeMonitor(paths),
    stdout: writeOutput,
    // What XAPI, a device or a mail server answered may repeat a password. Standard output shows them only when asked to.
    stderr: (text) => writeError(secrets.mask(text)),
    isTerminal: process.stdout.isTTY === true,
    colours: process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined,
    isRoot: process.getuid?.() === 0,
  });
}
