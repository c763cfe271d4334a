import { type ArgsDef, type CommandDef, defineCommand, type ParsedArgs, parseArgs } from "citty";
import { nearestWord } from "../config/nearest.ts";
import { type CliPorts, UsageError } from "./cli-ports.ts";

export interface ActionDefinition<T extends ArgsDef> {
  readonly name: string;
  readonly description: string;
  readonly args: T;
  /** The exit code: one of `EXIT`, where nobody else has laid down others. */
  run(args: ParsedArgs<T>, ports: CliPorts): Promise<number>;
}

/** One action of ha-cfg: a citty command, and the arguments that it really has. */
export interface Action {
  readonly name: string;
  readonly description: string;
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
  return { name, description, args, command: command as unknown as CommandDef };
}

/**
 * Refuses what citty lets pass in silence: options that do not exist, values for options that take none, and
 * arguments too many. A mistyped option must not turn into the action without it.
 */
export function checkArguments(action: Action, rawArgs: readonly string[]): void {
  const end = rawArgs.indexOf("--");
  const { plain, valued } = optionsOf(action.args);
  const given = rawArgs.slice(0, end === -1 ? rawArgs.length : end);
  for (let at = 0; at < given.length; at++) {
    const raw = given[at] ?? "";
    if (!raw.startsWith("-") || raw === "-" || plain.includes(raw)) continue;
    if (valued.includes(raw)) {
      at += 1;
      if (at < given.length && given[at] !== "") continue;
      throw new UsageError(`Cannot run ${action.name}: ${raw} needs a value`);
    }
    if (valued.some((name) => raw.startsWith(name.startsWith("--") ? `${name}=` : name))) continue;
    const near = nearestWord(raw, [...plain, ...valued]);
    const hint = near === undefined ? "write -- before a value that begins with -" : `did you mean ${near}?`;
    // What looks like an option may be a password that begins with -.
    const shown = "value" in action.args ? "such option" : `option ${raw.split("=")[0]}`;
    throw new UsageError(`Cannot run ${action.name}: there is no ${shown}; ${hint}`);
  }
  const places = Object.values(action.args).filter((arg) => arg.type === "positional").length;
  const taken = parseArgs([...rawArgs], action.args)._.length;
  if (taken > places) {
    const why = `${taken} values given, at most ${places} taken; put quotes around a value with spaces`;
    throw new UsageError(`Cannot run ${action.name}: ${why}`);
  }
}

/** The options as they are typed: those that stand alone, and those that a value follows. */
function optionsOf(args: ArgsDef): { readonly plain: readonly string[]; readonly valued: readonly string[] } {
  const plain: string[] = [];
  const valued: string[] = [];
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === "boolean") plain.push(`--${name}`, ...(arg.default === true ? [`--no-${name}`] : []));
    if (arg.type !== "string") continue;
    valued.push(`--${name}`);
    if (typeof arg.alias === "string") valued.push(`-${arg.alias}`);
  }
  return { plain, valued };
}
