import { existsSync } from "node:fs";
import type { Clock } from "../../ports/clock.ts";
import type { Service } from "../../ports/service.ts";
import type { Paths } from "../files/paths.ts";
import { findDaemon } from "./daemon-process.ts";
import { runCommand } from "./run-command.ts";

const MONITOR = "ha-lizard.mon";
const RESTART_MS = 55_000;

/** The pid in the pid file, if it is a live monitor and not another process that was given its number. */
export function monitorPid(paths: Paths): number | null {
  try {
    return findDaemon(paths.monitorPid, MONITOR);
  } catch {
    return null;
  }
}

/** The monitor's service, by its script in init.d, which everyone else uses too. */
export function createService(options: {
  readonly paths: Paths;
  readonly clock: Clock;
  readonly environment: Record<string, string>;
}): Service {
  const { paths, clock, environment: env } = options;
  return {
    async state() {
      if (existsSync(paths.monitorStopped)) return "stopped-on-purpose";
      try {
        return findDaemon(paths.monitorPid, MONITOR) === null ? "dead" : "running";
      } catch {
        return "running";
      }
    },
    async restart(signal) {
      const command = [paths.serviceScript, "restart"];
      const how = { timeoutMs: RESTART_MS, env, signal, noOutput: true };
      const { exitCode, late } = await runCommand(clock, command, how);
      if (exitCode === 0) return;
      const why = late ? "it did not end in time" : `exit status ${exitCode ?? "unknown"}`;
      throw new Error(`Cannot restart the monitor by ${command.join(" ")}: ${why}`);
    },
  };
}

/** Asks the monitor of this host for an iteration now; one that does not run needs no asking. */
export function wakeMonitor(paths: Paths): void {
  const pid = monitorPid(paths);
  if (pid === null) return;
  try {
    process.kill(pid, "SIGHUP");
  } catch {
    // It has ended meanwhile.
  }
}
