import type { PingConfig } from "ping";
import { getCommandArguments } from "ping/lib/builder/linux.js";
import { createParser } from "ping/lib/parser/factory.js";
import { isIP } from "../../config/ip.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Pinger } from "../../ports/peers.ts";
import { runCommand } from "../processes/run-command.ts";
import { createSlots } from "./slots.ts";

/** ping's own limits, in whole seconds: one echo, waited for one second, the process gone after two. */
const CONFIG: PingConfig = { timeout: 1, deadline: 2, min_reply: 1, numeric: true };
const DEADLINE_MS = 2_500;
/** A pool has 64 hosts at most: all of them at once, so that sixty dead ones take the time of one. */
const PROCESSES = 64;
const HOST_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/;

/**
 * ICMP echo by the system's `ping` (iputils, busybox). The package `ping` writes the command line and reads the answer;
 * the process is ours: the package's own would throw where nobody can catch it when the first line has one word, and
 * has no way to end a ping that hangs (adapters/processes/README.md, "Packages").
 */
export function createPinger({ clock }: { readonly clock: Clock }): Pinger {
  const slots = createSlots(PROCESSES);
  // The package reads English; under an administrator's LC_ALL a live host's "Zeit=" would be silence.
  const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", LANG: "C" };
  return {
    async ping(address, signal) {
      // An address that begins with `-` would be an option; what is neither address nor name is nobody's.
      if (isIP(address) === 0 && !HOST_NAME.test(address)) return "silent";
      const v6 = isIP(address) === 6;
      // The configuration is changed by the package, so each ping has its own.
      const command = [v6 ? "ping6" : "ping", ...getCommandArguments(address, { ...CONFIG, v6 })];
      const options = { timeoutMs: DEADLINE_MS, env, signal, stderrToo: true };
      const { output, late } = await slots.run(() => runCommand(clock, command, options));
      if (isAnswered(address, output)) return "answered";
      // It has limits of its own, so one that is late is broken, or we are in a hurry: nothing was learnt.
      return !late && NO_ANSWER.test(output) ? "silent" : "unknown";
    },
  };
}

function isAnswered(address: string, output: string): boolean {
  try {
    const parser = createParser(address, "linux", {});
    for (const line of output.split("\n")) parser.eat(line);
    return parser.getResult().alive;
  } catch {
    return false;
  }
}

/** No answer, no route and no such name are silence. What ping says about itself (not permitted, no such option) is not. */
const NO_ANSWER =
  /packets transmitted|unreachable|unknown host|bad address|not known|name resolution|No address/i;
