import { createConfigFiles } from "../adapters/files/config-files.ts";
import { cleanEnvironment, type Paths, pathsFrom } from "../adapters/files/paths.ts";
import { createStateStore } from "../adapters/files/state-store-files.ts";
import { createSystemClock } from "../adapters/processes/clock-system.ts";
import { hasTerminal } from "../adapters/processes/standard-streams.ts";
import { createSyslogLogger, type SyslogLogger } from "../adapters/syslog/logger-syslog.ts";
import { createSecrets, type Secrets } from "../config/secrets.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConfigSource, OverrideWriter } from "../ports/config-source.ts";
import type { StateStore } from "../ports/state-store.ts";

/** What every mode stands on: cheap, and without any library. */
export interface Runtime {
  readonly paths: Paths;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
  readonly logger: SyslogLogger;
  readonly store: StateStore;
  readonly config: ConfigSource & OverrideWriter;
  /** The passwords that the parameter files have shown so far. */
  readonly secrets: Secrets;
  /** Log lines also go to standard error. */
  readonly foreground: boolean;
  /** How this program is started again as a child. */
  readonly self: readonly string[];
}

/** `foreground`: log lines also go to standard error, as they do on a terminal. */
export function createRuntime(foreground = hasTerminal()): Runtime {
  const paths = pathsFrom(process.env);
  const clock = createSystemClock();
  const environment = cleanEnvironment(process.env);
  const secrets = createSecrets();
  const logger = createSyslogLogger({ clock, environment, foreground, mask: secrets.mask });
  return {
    paths,
    clock,
    environment,
    logger,
    foreground,
    secrets,
    store: createStateStore(paths.state, paths.runState),
    config: createConfigFiles(paths, secrets.learn),
    self: selfCommand(),
  };
}

/** The executable itself when compiled; from source, Bun and the entry file. */
export function selfCommand(): readonly string[] {
  return Bun.main.startsWith("/$bunfs/") ? [process.execPath] : [process.execPath, Bun.main];
}

/** A signal that aborts with SIGTERM or SIGINT. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

const FLUSH_MS = 3_000;

/** Gives the log a moment to leave; a syslog that hangs does not keep the program. */
export async function flushLog(runtime: Runtime): Promise<void> {
  const over = new AbortController();
  await Promise.race([runtime.logger.flush(), runtime.clock.sleep(FLUSH_MS, over.signal)]);
  over.abort();
}
