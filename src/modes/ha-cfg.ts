import { createConfigFiles } from "../adapters/config-files.ts";
import { wakeMonitor } from "../adapters/service-script.ts";
import { runHaCfg } from "../cli/ha-cfg.ts";
import { createFencer } from "./real-fencer.ts";
import { createRealPeers } from "./real-xapi.ts";
import { createRuntime } from "./runtime.ts";
import { VERSION } from "./version.ts";

/** `ha-cfg`: the command line for administrators. */
export function run(args: readonly string[]): Promise<number> {
  const runtime = createRuntime();
  const { paths, clock, store } = runtime;
  const peers = createRealPeers(runtime);
  return runHaCfg(args, {
    version: VERSION,
    clock,
    openXapi: peers.openXapi,
    config: createConfigFiles(paths),
    fencer: createFencer(runtime),
    localHost: peers.localHost,
    store,
    wakeMonitor: async () => wakeMonitor(paths),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    colours: process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined,
    isRoot: process.getuid?.() === 0,
  });
}
