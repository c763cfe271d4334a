import type { Clock } from "../../ports/clock.ts";
import { neverAborts } from "../../ports/deadline.ts";
import { runCommand } from "../processes/run-command.ts";

const RELEASE_MS = 5_000;

/**
 * Makes `portreserve` give back the port that it keeps for XAPI's own HA under this name (adapters/xapi/README.md,
 * "XAPI's own HA"): it would have it before us. Where there is no such command nobody keeps it. Never rejects.
 */
export function portReleaser(clock: Clock, env: Record<string, string>): () => Promise<void> {
  return async () => {
    const options = { timeoutMs: RELEASE_MS, env, signal: neverAborts(), noOutput: true } as const;
    await runCommand(clock, ["portrelease", "xhad"], options);
  };
}
