import type { Severity } from "../../core/model/alert.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/notices.ts";
import { runCommand } from "../processes/run-command.ts";
import { writeError } from "../processes/standard-streams.ts";

const PRIORITIES: Record<Severity | "debug", string> = {
  debug: "user.debug",
  info: "user.info",
  warning: "user.warning",
  error: "user.err",
  critical: "user.crit",
};
const LINE_MS = 2_000;
const WAITING_LINES = 500;

export interface SyslogLogger extends Logger {
  /** Resolves when what was logged so far has been handed over, or could not be. */
  flush(): Promise<void>;
}

/**
 * Syslog through the system's `logger`, tag `ha-lizard[pid]`, one process a line: Bun has no datagram sockets to
 * /dev/log, and a process kept open would be cut off from a syslog that restarts. Lines keep their order; a syslog
 * that hangs costs two seconds and the lines that wait behind it, and never the caller.
 */
export function createSyslogLogger(options: {
  readonly clock: Clock;
  readonly environment: Record<string, string>;
  /** Also write to standard error, for people who started the program by hand. */
  readonly foreground: boolean;
}): SyslogLogger {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  /** A logger that hangs makes what waits behind it void: the program must not live on for its log. */
  let generation = 0;
  const tag = `ha-lizard[${process.pid}]`;
  return {
    log(severity, from, text) {
      const line = `${from}: ${text.replace(/\p{Cc}+/gu, " ")}`;
      if (options.foreground) writeError(`${severity} ${line}\n`);
      if (waiting >= WAITING_LINES) return;
      waiting++;
      const born = generation;
      last = last.then(async () => {
        waiting--;
        if (born !== generation) return;
        const command = ["logger", "-t", tag, "-p", PRIORITIES[severity]];
        const { clock, environment: env } = options;
        const how = { timeoutMs: LINE_MS, env, signal: NEVER, stdin: `${line}\n` };
        if ((await runCommand(clock, command, how)).late) generation++;
      });
    },
    flush: () => last,
  };
}

const NEVER = new AbortController().signal;
