import type { LogSettings } from "../ports/notices.ts";
import type { CliPorts } from "./cli-ports.ts";

/**
 * Writes into the log what was changed, by whom, and on which terminal. `change` is the beginning of a sentence, without
 * secrets: `FENCE_METHOD of the pool changed from POOL to IPMI`. ENABLE_LOGGING=0 holds, LOG_<function> does not.
 */
export function audit(
  ports: Pick<CliPorts, "logger" | "operator">,
  settings: LogSettings,
  change: string,
): void {
  const { user, terminal } = ports.operator;
  const where = terminal === null ? "without a terminal" : `on ${terminal}`;
  ports.logger.obey?.(settings);
  ports.logger.log("info", "ha-cfg", `${change}, by ${user} ${where}.`);
}
