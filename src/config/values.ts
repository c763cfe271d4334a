/** The outcome of reading one parameter's text. `why` names what is allowed and never repeats the text (secrets). */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

/** How one kind of parameter is written: the single source for parser, help, completion and stored text. */
export interface Kind<T> {
  /** One word for tables: flag, seconds, list … */
  readonly label: string;
  /** What may be written, as the end of "allowed: …". */
  readonly allowed: string;
  /** All values, where they are few: for completion. */
  readonly choices: readonly string[];
  parse(text: string): Parsed<T>;
  /** The text that HA-Lizard 2.x stores for this value. */
  render(value: T): string;
}

export function good<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A refusal: what is wrong with it, where that helps, and always what is allowed. */
export function bad<T>(allowed: string, wrong = ""): Parsed<T> {
  return { ok: false, why: wrong === "" ? `allowed: ${allowed}` : `${wrong}; allowed: ${allowed}` };
}

/** `0` or `1`. */
export function flag(): Kind<boolean> {
  const allowed = "0 or 1";
  return {
    label: "flag",
    allowed,
    choices: ["0", "1"],
    parse(text) {
      const trimmed = text.trim();
      return trimmed === "0" || trimmed === "1" ? good(trimmed === "1") : bad(allowed);
    },
    render: (value) => (value ? "1" : "0"),
  };
}

/** A whole number in a range; `label` says of what. */
function wholeNumber(label: string, lowest: number, highest: number): Kind<number> {
  const allowed = `a whole number from ${lowest} to ${highest}${label === "seconds" || label === "minutes" ? ` (${label})` : ""}`;
  return {
    label,
    allowed,
    choices: [],
    parse(text) {
      const trimmed = text.trim();
      if (!/^[0-9]{1,9}$/.test(trimmed)) return bad(allowed, "not a whole number");
      const value = Number.parseInt(trimmed, 10);
      return value >= lowest && value <= highest ? good(value) : bad(allowed, "out of range");
    },
    render: String,
  };
}

export const seconds = (lowest: number, highest: number): Kind<number> =>
  wholeNumber("seconds", lowest, highest);
export const minutes = (lowest: number, highest: number): Kind<number> =>
  wholeNumber("minutes", lowest, highest);
export const count = (lowest: number, highest: number): Kind<number> => wholeNumber("count", lowest, highest);
export const port = (): Kind<number> => wholeNumber("port", 1, 65_535);

/** One of a few words or numbers. */
export function choice<const T extends string | number>(...values: readonly T[]): Kind<T> {
  const choices = values.map(String);
  const allowed = `${choices.slice(0, -1).join(", ")} or ${choices.at(-1)}`;
  return {
    label: "choice",
    allowed,
    choices,
    parse(text) {
      const found = values.find((value) => String(value) === text.trim());
      return found === undefined ? bad(allowed) : good(found);
    },
    render: String,
  };
}

/** One line of free text. Spaces count, so that a password is taken as it is. */
export function text(longest = 255): Kind<string> {
  const allowed = `one line of at most ${longest} characters, or nothing`;
  return {
    label: "text",
    allowed,
    choices: [],
    parse(value) {
      if (hasControlCharacter(value)) return bad(allowed, "contains a control character");
      return value.length <= longest ? good(value) : bad(allowed, "too long");
    },
    render: (value) => value,
  };
}

/** A name of a given form; `known` are offered by completion and accepted in any case. */
export function name(form: RegExp, allowed: string, known: readonly string[] = []): Kind<string> {
  return {
    label: "name",
    allowed,
    choices: known,
    parse(value) {
      const trimmed = value.trim();
      const canonical = known.find((word) => word === trimmed.toUpperCase());
      if (canonical !== undefined) return good(canonical);
      return form.test(trimmed) ? good(trimmed) : bad(allowed);
    },
    render: (value) => value,
  };
}

/**
 * Names in the order in which they are tried, `,` between. `last`: those after which nothing may stand, each with the reason; so no
 * two of them stand together.
 */
export function names(
  form: RegExp,
  allowed: string,
  known: readonly string[],
  last: Readonly<Record<string, string>>,
): Kind<string> {
  const one = name(form, allowed, known);
  return {
    label: "names",
    allowed,
    choices: known,
    parse(value) {
      const parsed = value.split(",").map((part) => one.parse(part));
      const texts = parsed.map((part) => (part.ok ? part.value : ""));
      if (texts.includes("")) return bad(allowed);
      if (new Set(texts).size < texts.length) return bad(allowed, "a name stands there twice");
      const followed = texts.slice(0, -1).find((word) => Object.hasOwn(last, word));
      if (followed !== undefined)
        return bad(allowed, `${followed} ${last[followed]}, so nothing may follow it`);
      return good(texts.join(","));
    },
    render: (value) => value,
  };
}

/** An absolute path without tricks. */
export function path(): Kind<string> {
  const allowed = "an absolute path without '..'";
  return {
    label: "path",
    allowed,
    choices: [],
    parse(value) {
      const trimmed = value.trim();
      const isPlain =
        trimmed.startsWith("/") && !hasControlCharacter(trimmed) && !trimmed.split("/").includes("..");
      return isPlain && trimmed.length <= 1024 ? good(trimmed) : bad(allowed);
    },
    render: (value) => value,
  };
}

/** Also true of NUL, line breaks and the other characters that would break a line of a file, a mail or a log. */
export function hasControlCharacter(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x20 || code === 0x7f || code === 0x2028 || code === 0x2029) return true;
  }
  return false;
}
