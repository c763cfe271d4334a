import { type ArgsDef, type CommandDef, defineCommand, type ParsedArgs, parseArgs } from "citty";
import { nearestWord } from "../config/nearest.ts";
import { type CliPorts, type ExitCode, UsageError } from "./cli-ports.ts";

export interface ActionDefinition<T extends ArgsDef> {
  readonly name: string;
  readonly description: string;
  readonly args: T;
  run(args: ParsedArgs<T>, ports: CliPorts): Promise<ExitCode>;
}

/** One action of ha-cfg: a citty command, and the arguments that it really has. */
export interface Action {
  readonly name: string;
  readonly args: ArgsDef;
  readonly command: CommandDef;
}

/** An action; its ports reach it as citty's `data`. */
export function defineAction<const T extends ArgsDef>(definition: ActionDefinition<T>): Action {
  const { name, description, args } = definition;
  const command = defineCommand<T>({
    meta: { name, description },
    args,
    run: (context) => definition.run(context.args, context.data as CliPorts),
  });
  return { name, args, command: command as unknown as CommandDef };
}

/**
 * Refuses what citty lets pass in silence: options that do not exist, values for options that take none, and
 * arguments too many. A mistyped option must not turn into the action without it.
 */
export function checkArguments(action: Action, rawArgs: readonly string[]): void {
  const end = rawArgs.indexOf("--");
  const options = Object.entries(action.args).flatMap(([name, arg]) =>
    arg.type === "boolean" ? [`--${name}`] : [],
  );
  for (const raw of end === -1 ? rawArgs : rawArgs.slice(0, end)) {
    if (!raw.startsWith("-") || raw === "-" || options.includes(raw)) continue;
    const near = nearestWord(raw, options);
    const hint = near === undefined ? "write -- before a value that begins with -" : `did you mean ${near}?`;
    // What looks like an option may be a password that begins with -.
    const shown = "value" in action.args ? "such option" : `option ${raw.split("=")[0]}`;
    throw new UsageError(`Cannot run ${action.name}: there is no ${shown}; ${hint}`);
  }
  const places = Object.values(action.args).filter((arg) => arg.type === "positional").length;
  const given = parseArgs([...rawArgs], action.args)._.length;
  if (given > places) {
    const why = `${given} values given, at most ${places} taken; put quotes around a value with spaces`;
    throw new UsageError(`Cannot run ${action.name}: ${why}`);
  }
}
