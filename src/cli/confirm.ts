import { type CliPorts, UsageError } from "./cli-ports.ts";

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
  if (!ports.keyboard.isTerminal) {
    const why = "it asks first, and standard input is no terminal; nothing was changed; give --yes";
    throw new UsageError(`Cannot run ${action}: ${why}`);
  }
  const answer = await ports.keyboard.readLine(`${question} (yes/no) `, true);
  if (answer?.trim().toLowerCase() === "yes") return true;
  ports.stderr("Nothing was changed.\n");
  return false;
}
