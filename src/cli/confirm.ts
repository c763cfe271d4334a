import { type CliPorts, UsageError } from "./cli-ports.ts";

/** Where there is nobody to ask: throws UsageError, which names `--yes`. */
export function wantTerminal({ keyboard }: Pick<CliPorts, "keyboard">, action: string): void {
  if (keyboard.isTerminal) return;
  const why = "it asks first, and standard input is no terminal; nothing was changed; give --yes";
  throw new UsageError(`Cannot run ${action}: ${why}`);
}

/**
 * Asks before something that cannot be undone: true only for the word `yes`, or for `--yes`. Without a terminal there is
 * nobody to ask: throws UsageError, which names `--yes`.
 */
export async function confirm(
  ports: CliPorts,
  action: string,
  question: string,
  yes: boolean,
): Promise<boolean> {
  if (yes) return true;
  wantTerminal(ports, action);
  const answer = await ports.keyboard.readLine(`${question} (yes/no) `, true);
  if (answer?.trim().toLowerCase() === "yes") return true;
  ports.stderr("Nothing was changed.\n");
  return false;
}
