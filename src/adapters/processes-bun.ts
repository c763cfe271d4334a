import type { Processes } from "../ports/processes.ts";
import { killGroup } from "./run-command.ts";

/** Iterations as children of this program, each the leader of its own process group. */
export function createProcesses(options: {
  /** How this program is started: its path, and for tests what comes before it. */
  readonly self: readonly string[];
  readonly environment: Record<string, string>;
}): Processes {
  return {
    startIteration() {
      const child = Bun.spawn([...options.self, "iterate"], {
        cwd: "/",
        env: options.environment,
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
