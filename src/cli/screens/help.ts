import type { ArgsDef } from "citty";
import type { DescribedAction } from "../../ports/manual.ts";
import type { Action } from "../action.ts";
import { wrapText } from "./text.ts";

/** What `ha-cfg --help` shows: every action with what it does. */
export function renderHelp(actions: readonly Action[]): string {
  const width = Math.max(...actions.map(({ name }) => name.length));
  return [
    "Usage: ha-cfg <action> [values]\n\n",
    "Configures high availability of this pool and shows it.\n\n",
    ...actions.map(({ name, description }) => entry(name, description, width)),
    "\nha-cfg <action> --help says more about one of them.\n",
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 124 XAPI did not answer in time.\n",
  ].join("");
}

/** An action as help and manual describe it: places first, then options. */
export function describeAction({ name, description, args }: Action): DescribedAction {
  const entries = Object.entries(args).map(
    ([arg, definition]) => [typed(arg, definition), definition] as const,
  );
  const places = entries.filter(([, { type }]) => type === "positional");
  const options = entries.filter(([, { type }]) => type !== "positional");
  const line = [
    "ha-cfg",
    name,
    ...(options.length > 0 ? ["[options]"] : []),
    ...places.map(([word]) => word),
  ];
  return {
    name,
    description,
    usage: line.join(" "),
    words: [...places, ...options].map(([word, definition]) => [word, definition.description ?? ""]),
  };
}

/** What `ha-cfg <action> --help` shows. */
export function renderActionHelp(action: Action): string {
  const { description, usage, words } = describeAction(action);
  const width = Math.max(6, ...words.map(([word]) => word.length));
  return [
    `Usage: ${usage}\n\n`,
    wrapText(description, ""),
    words.length > 0 ? "\n" : "",
    ...words.map(([word, text]) => entry(word, text, width)),
  ].join("");
}

function entry(word: string, text: string, width: number): string {
  return wrapText(text, " ".repeat(width + 4), `  ${word.padEnd(width)}  `);
}

/** An argument as it is typed. */
function typed(name: string, definition: ArgsDef[string]): string {
  if (definition.type === "positional") return definition.required === false ? `[${name}]` : `<${name}>`;
  if (definition.type === "string") {
    const alias = typeof definition.alias === "string" ? `-${definition.alias}, ` : "";
    return `${alias}--${name} <${definition.valueHint ?? "value"}>`;
  }
  return `--${definition.default === true ? "no-" : ""}${name}`;
}
