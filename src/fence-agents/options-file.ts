import { contentLines } from "./content-lines.ts";

/** The options that a method knows: what each is when it is not set, and what it may be. */
export type KnownOptions<Name extends string> = Readonly<
  Record<Name, { readonly fallback: string; readonly pattern: RegExp }>
>;

/** The options of one method, from `<METHOD>.conf`: what most administrators never need. */
export type Options<Name extends string> = Readonly<Record<Name, string>>;

export type OptionsFile<Name extends string> =
  | { readonly ok: true; readonly options: Options<Name> }
  | { readonly ok: false; readonly why: string };

/**
 * `NAME=value`, one a line; `#` begins a comment. A name that the method does not know, or a value that does not match
 * its pattern, is an error: half an option may cut the wrong host.
 */
export function parseOptions<Name extends string>(
  text: string,
  known: KnownOptions<Name>,
): OptionsFile<Name> {
  const names = Object.keys(known) as Name[];
  const options = Object.fromEntries(names.map((name) => [name, known[name].fallback])) as Record<
    Name,
    string
  >;
  for (const { line, content } of contentLines(text)) {
    const [, typed = "", value = ""] = /^([A-Za-z_]+)=(.*)$/.exec(content) ?? [];
    const name = names.find((candidate) => candidate === typed);
    const where = `line ${line}`;
    if (name === undefined)
      return { ok: false, why: `${where}: ${typed || content} is no option; there are ${names.join(", ")}` };
    const plain = value.replace(/^(["'])(.*)\1$/, "$2");
    if (!known[name].pattern.test(plain))
      return { ok: false, why: `${where}: ${name}=${plain} is not valid` };
    options[name] = plain;
  }
  return { ok: true, options };
}
