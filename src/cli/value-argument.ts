import type { ParameterName } from "../config/params.ts";
import { rowOf } from "../config/params.ts";
import { type CliPorts, UsageError } from "./cli-ports.ts";

/**
 * The value that was typed; `-` is read from the terminal or from standard input, so that a password is neither in the
 * shell's history nor in `ps`. A secret is not shown while it is typed, and is typed twice.
 */
export async function readValue(name: ParameterName, typed: string, ports: CliPorts): Promise<string> {
  const { secret } = rowOf(name);
  if (typed !== "-") {
    if (secret && typed !== "")
      ports.stderr(`Warning: whoever is on this host can see a command line; ha-cfg set ${name} - asks.\n`);
    return typed;
  }
  const { keyboard } = ports;
  const value = await keyboard.readLine(`${name}: `, !secret);
  if (value === null) throw new UsageError(`Cannot set ${name}: there is no line of text on standard input`);
  if (!secret || !keyboard.isTerminal) return value;
  const again = await keyboard.readLine(`${name} again: `, false);
  if (again !== value) throw new UsageError(`Cannot set ${name}: the two are not the same`);
  return value;
}
