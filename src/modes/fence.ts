import { cleanEnvironment, pathsFrom } from "../adapters/files/paths.ts";
import { createSystemClock } from "../adapters/processes/clock-system.ts";
import { writeError, writeOutput } from "../adapters/processes/standard-streams.ts";
import type { MethodContext } from "../fence-agents/method.ts";
import { METHODS } from "../fence-agents/methods.ts";
import { readRequest } from "../fence-agents/request.ts";
import { switchPower } from "../fence-agents/switch-power.ts";
import { selfCommand, stopSignal } from "./runtime.ts";

const EXIT = { done: 0, failed: 1, usage: 2 };

/**
 * `fence <METHOD> <host uuid> <start|stop|reset|status>`: a built-in fence agent (fence-agents/README.md, "The contract
 * of an agent"). What it does goes to standard error, its last line says how it ended; exit code 0 only for what was
 * verified.
 */
export async function run(args: readonly string[]): Promise<number> {
  const [typed = "", ...rest] = args;
  const method = typed.toUpperCase();
  const load = METHODS[method];
  if (load === undefined) {
    say(`usage: ha-lizard fence <${Object.keys(METHODS).join("|")}> <host uuid> <start|stop|reset|status>`);
    return EXIT.usage;
  }
  const paths = pathsFrom(process.env);
  const request = readRequest(method, rest, process.env, paths.fence);
  if (typeof request === "string") {
    say(request);
    return EXIT.usage;
  }
  const clock = createSystemClock();
  const context: MethodContext = {
    clock,
    environment: cleanEnvironment(process.env),
    self: selfCommand(),
    pins: paths.pins,
    say,
  };
  const openDevice = await load();
  const device = openDevice(request, context);
  if (typeof device === "string") {
    say(device);
    return EXIT.failed;
  }
  const over = new AbortController();
  const signal = AbortSignal.any([stopSignal(), over.signal]);
  const timer = clock.sleep(request.timeoutMs, signal).then(() => over.abort());
  const result = await switchPower(device, request.action, { clock, signal, say });
  over.abort();
  await timer;
  writeOutput(`${result.says}\n`);
  return result.ok ? EXIT.done : EXIT.failed;
}

function say(text: string): void {
  writeError(`${text}\n`);
}
