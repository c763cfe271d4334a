import { existsSync, readFileSync } from "node:fs";
import type { Clock } from "../ports/clock.ts";
import type { Service } from "../ports/service.ts";
import type { Paths } from "./paths.ts";
import { runCommand } from "./run-command.ts";

const MONITOR = "ha-lizard.mon";
const RESTART_MS = 55_000;

/** The pid in the pid file, if it is a live monitor and not another process that was given its number. */
export function monitorPid(paths: Paths): number | null {
  try {
    return findMonitor(paths);
  } catch {
    return null;
  }
}

/** null: there is no such process. Throws when the pid file is there and cannot be read. */
function findMonitor(paths: Paths): number | null {
  const pid = Number.parseInt(readIfThere(paths.monitorPid) ?? "", 10);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  return readIfThere(`/proc/${pid}/cmdline`)?.includes(MONITOR) === true ? pid : null;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ESRCH: a process that ended between open and read.
    if (code === "ENOENT" || code === "ESRCH") return null;
    throw error;
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
        return findMonitor(paths) === null ? "dead" : "running";
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
