import { ROWS, rowOf } from "../../config/params.ts";
import { PRESETS } from "../../config/presets.ts";
import type { Action } from "../action.ts";
import { EXPLAINED } from "../commands/explain.ts";
import { FENCE_HOSTS_WORDS } from "../commands/fence-hosts.ts";
import { TIE_WORDS } from "../commands/tie-breaker.ts";
import { ALL_CHAPTERS, CHAPTERS } from "../manual-contents.ts";

/** What may stand in the place of an argument, for the shell: words, or a source that is asked then. */
export type Candidates =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "values-of-parameter" }
  | { readonly kind: "vm-names" }
  | { readonly kind: "host-names" }
  /** Hosts or VMs, whichever the word before says. */
  | { readonly kind: "names-of-kind" }
  | { readonly kind: "files" }
  | { readonly kind: "nothing" };

export interface CompletedAction {
  readonly name: string;
  readonly options: readonly string[];
  /** By place, the first argument first. */
  readonly places: readonly Candidates[];
}

/** What each action can be completed with, from its own table of arguments. */
export function completedActions(actions: readonly Action[]): readonly CompletedAction[] {
  return actions.map(({ name, args }) => {
    const all = Object.entries(args);
    return {
      name,
      options: [...all.flatMap(([option, arg]) => optionOf(option, arg)), "--help"],
      places: all.flatMap(([place, { type }]) =>
        type === "positional" ? [candidatesFor(place, "local" in args)] : [],
      ),
    };
  });
}

/** What is on by itself is only written to switch it off. */
function optionOf(name: string, arg: Action["args"][string]): readonly string[] {
  if (arg.type === "positional") return [];
  return [arg.type === "boolean" && arg.default === true ? `--no-${name}` : `--${name}`];
}

/** Those that `set` and `unset` take: the others stand in files of each host. */
const POOL_PARAMETERS = [...ROWS].flatMap(([name, { scope }]) => (scope === "pool" ? [name] : []));

/** The names of the arguments are the same in all actions. */
function candidatesFor(place: string, isChange: boolean): Candidates {
  switch (place) {
    case "param":
      return { kind: "words", words: isChange ? POOL_PARAMETERS : [...ROWS.keys()] };
    case "value":
      return { kind: "values-of-parameter" };
    case "vm":
      return { kind: "vm-names" };
    case "host":
      return { kind: "host-names" };
    case "kind":
      return { kind: "words", words: EXPLAINED };
    case "thing":
      return { kind: "names-of-kind" };
    case "file":
      return { kind: "files" };
    case "flag":
      return { kind: "words", words: ["true", "false"] };
    case "chapter":
      return { kind: "words", words: [...CHAPTERS.map((chapter) => chapter.name), ALL_CHAPTERS] };
    case "choice":
      return { kind: "words", words: TIE_WORDS };
    case "verb":
      return { kind: "words", words: FENCE_HOSTS_WORDS };
    case "name":
      return { kind: "words", words: [...PRESETS.keys()] };
    default:
      return { kind: "nothing" };
  }
}

/** The values of the parameters that have few. */
export function parameterValues(): readonly (readonly [string, readonly string[]])[] {
  return POOL_PARAMETERS.flatMap((name) => {
    const { choices } = rowOf(name).kind;
    return choices.length > 0 ? [[name, choices] as const] : [];
  });
}
