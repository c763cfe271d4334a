import type { Processes } from "../../ports/processes.ts";
import { killGroup } from "./run-command.ts";

/** How many iterations before this one left no report; read by `iterate`. */
export const LOST_PASSES = "HA_LIZARD_LOST_PASSES";

/** Iterations as children of this program, each the leader of its own process group. */
export function createProcesses(options: {
  /** How this program is started: its path, and for tests what comes before it. */
  readonly self: readonly string[];
  readonly environment: Record<string, string>;
}): Processes {
  return {
    startIteration(lost) {
      const child = Bun.spawn([...options.self, "iterate"], {
        cwd: "/",
        env: { ...options.environment, [LOST_PASSES]: String(lost) },
        detached: true,
        stdin: "ignore",
        stdout: "inherit",
        stderr: "inherit",
      });
      return {
        pid: child.pid,
        ended: child.exited.then(() => ({
          exitCode: child.exitCode,
          signal: child.signalCode === null ? null : String(child.signalCode),
        })),
        killGroup: () => killGroup(child.pid, "SIGKILL"),
      };
    },
  };
}
