import { existsSync, readdirSync } from "node:fs";
import type { DaemonName, DaemonState, Daemons } from "../../ports/daemons.ts";
import { findDaemon } from "../processes/daemon-process.ts";
import type { Paths } from "./paths.ts";

interface Files {
  readonly service: string;
  /** Part of the command line of the daemon's process. */
  readonly program: string;
  readonly pid: string;
  readonly stopped: string;
}

function filesOf(name: DaemonName, paths: Paths): Files {
  return name === "monitor"
    ? {
        service: "ha-lizard",
        program: "ha-lizard.mon",
        pid: paths.monitorPid,
        stopped: paths.monitorStopped,
      }
    : {
        service: "ha-lizard-watchdog",
        program: "ha-lizard-watchdog",
        pid: paths.watchdogPid,
        stopped: paths.watchdogStopped,
      };
}

/** The daemons by what their service scripts leave behind. */
export function createDaemons(paths: Paths): Daemons {
  return {
    async look(name) {
      const files = filesOf(name, paths);
      return { ...stateOf(files), atBoot: startsAtBoot(files.service, paths) };
    },
  };
}

/** A live process goes before the flag of a stop: whoever started it by hand has forgotten the flag. */
function stateOf({ pid, program, stopped }: Files): Pick<DaemonState, "state" | "pid"> {
  try {
    const found = findDaemon(pid, program);
    if (found !== null) return { state: "running", pid: found };
    return { state: existsSync(stopped) ? "stopped-on-purpose" : "dead", pid: null };
  } catch {
    return { state: "unknown", pid: null };
  }
}

/**
 * chkconfig and update-rc.d both leave a link `S<number><service>` for run level 3, of which systemd makes its units
 * too; a unit of its own has a link of its name.
 */
function startsAtBoot(service: string, paths: Paths): DaemonState["atBoot"] {
  const lists = [paths.runLevel, paths.runLevelOther, paths.bootUnits].flatMap((folder) => {
    try {
      return [readdirSync(folder)];
    } catch {
      return [];
    }
  });
  if (lists.length === 0) return "unknown";
  return lists.some((names) =>
    names.some((name) => name === `${service}.service` || name.replace(/^S\d\d/, "") === service),
  );
}
