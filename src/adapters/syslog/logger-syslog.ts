import type { Severity } from "../../core/model/alert.ts";
import { cutBytes, oneLine } from "../../core/model/plain-text.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger, LogSource } from "../../ports/notices.ts";
import { runCommand } from "../processes/run-command.ts";
import { writeError } from "../processes/standard-streams.ts";

const PRIORITIES: Record<Severity | "debug", string> = {
  debug: "user.debug",
  info: "user.info",
  warning: "user.warning",
  error: "user.err",
  critical: "user.crit",
};
/** `logger` breaks what is longer than 1 KiB, its own head included, into a second record of anybody's choosing. */
const RECORD_BYTES = 900;
const LINE_MS = 2_000;
const WAITING_LINES = 500;

export interface SyslogLogger extends Logger {
  /** Resolves when what was logged so far has been handed over, or could not be. */
  flush(): Promise<void>;
}

/**
 * Syslog through the system's `logger`, tag `ha-lizard[pid]`, one process a line: Bun has no datagram sockets to
 * /dev/log, and a process kept open would be cut off from a syslog that restarts. Lines keep their order; a syslog
 * that hangs costs two seconds and the lines that wait behind it, and never the caller. Whatever a text says, it is one
 * record.
 */
export function createSyslogLogger(options: {
  readonly clock: Clock;
  readonly environment: Record<string, string>;
  /** Also write to standard error, for people who started the program by hand. */
  readonly foreground: boolean;
  /** Takes the passwords out of a text. */
  readonly mask: (text: string) => string;
}): SyslogLogger {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  /** A logger that hangs makes what waits behind it void: the program must not live on for its log. */
  let generation = 0;
  let wanted = (_from: LogSource): boolean => true;
  const tag = `ha-lizard[${process.pid}]`;
  return {
    obey(settings) {
      wanted = (from) => settings.ENABLE_LOGGING && (from === "ha-cfg" || !settings.logOff.has(from));
    },
    log(severity, from, text) {
      if (!wanted(from)) return;
      const line = cutBytes(oneLine(`${from}: ${options.mask(text)}`), RECORD_BYTES);
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
