import type { Clock } from "../../ports/clock.ts";
import { runCommand } from "./run-command.ts";

const ASK_MS = 2_000;

/** Is this machine being shut down or rebooted in good order? By systemd, or by the runlevel where there is none. Never rejects. */
export async function isShuttingDown(
  clock: Clock,
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<boolean> {
  const options = { env: environment, timeoutMs: ASK_MS, signal };
  const { output } = await runCommand(clock, ["systemctl", "is-system-running"], options);
  if (output.trim() !== "") return output.trim() === "stopping";
  const level = await runCommand(clock, ["runlevel"], options);
  return /^\S+ [06]$/.test(level.output.trim());
}
