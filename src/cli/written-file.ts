import type { CliPorts } from "./cli-ports.ts";
import { confirm } from "./confirm.ts";
import { plainText } from "./screens/text.ts";

/** A file that an action writes because an administrator has named it. */
export interface Target {
  readonly file: string;
  /** What is written there: `a backup`. */
  readonly what: string;
  /** The action, for who has no terminal to be asked at. */
  readonly action: string;
  /** Replaces what is there without asking. */
  readonly yes: boolean;
}

/** Asks before an ordinary file is replaced; anything else that is there is not touched, and that is said. */
export async function mayWrite({ file, what, action, yes }: Target, ports: CliPorts): Promise<boolean> {
  const shown = plainText(file);
  const there = await ports.files.look(file);
  if (there === "other") {
    ports.stderr(`Cannot write ${what} to ${shown}: it is there, and it is no ordinary file.\n`);
    return false;
  }
  return there !== "ordinary" || confirm(ports, action, `${shown} is there already. Replace it?`, yes);
}

/** Writes it. Says why it could not; false then. */
export async function write({ file, what }: Target, text: string, ports: CliPorts): Promise<boolean> {
  const why = await ports.files.write(file, text);
  if (why !== null) ports.stderr(`Cannot write ${what} to ${plainText(file)}: ${why}.\n`);
  return why === null;
}
