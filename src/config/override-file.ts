import { shorten } from "../core/model/plain-text.ts";

/** A file of KEY=VALUE lines, read. */
export interface OverrideFile {
  readonly values: Readonly<Record<string, string>>;
  /** Keys whose last line is not understood: they are set, and nobody knows to what. An earlier line may be in `values`. */
  readonly unclear: readonly string[];
  /** Sentences that begin with `line N:`. Values are never repeated: one may be a password. */
  readonly problems: readonly string[];
}

type Line =
  | { readonly kind: "nothing" }
  | { readonly kind: "entry"; readonly key: string; readonly value: string }
  | { readonly kind: "problem"; readonly key: string | null; readonly why: string };

/**
 * Reads an override file as a shell would, but as data: nothing is expanded, nothing executed. A line that is not
 * understood is reported and the rest holds; what it would have set is `unclear`. Of the lines for one key that are
 * understood the last one counts. Never throws.
 */
export function parseOverrideFile(text: string): OverrideFile {
  const values = new Map<string, string>();
  const unclear = new Set<string>();
  const lineOf = new Map<string, number>();
  const problems: string[] = [];
  let more = 0;
  const report = (problem: string) => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
    else more += 1;
  };
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    const number = index + 1;
    const line = parseLine(raw.endsWith("\r") ? raw.slice(0, -1) : raw);
    if (line.kind === "problem") {
      report(`line ${number}: ${line.why}`);
      if (line.key !== null) unclear.add(line.key);
    }
    if (line.kind !== "entry") continue;
    const before = lineOf.get(line.key);
    if (before !== undefined) {
      report(
        `line ${number}: ${shorten(line.key, LONGEST_KEY)} stands in line ${before} already; the later one counts`,
      );
    }
    values.set(line.key, line.value);
    unclear.delete(line.key);
    lineOf.set(line.key, number);
  }
  if (more > 0) problems[MOST_PROBLEMS - 1] += `; ${more} more lines after it have problems`;
  // fromEntries makes own properties, also of a key like __proto__.
  return { values: Object.fromEntries(values), unclear: [...unclear], problems };
}

/** A list of uuids may be long; no name is. */
const LONGEST_LINE = 64_000;
const LONGEST_KEY = 64;
/** Of a file that is no override file at all nobody reads more. */
const MOST_PROBLEMS = 20;

function parseLine(raw: string): Line {
  const problem = (why: string): Line => ({
    kind: "problem",
    key: nameIn(raw.trim()),
    why: `not understood: ${why}`,
  });
  if (raw.length > LONGEST_LINE) return problem(`${raw.length} characters`);
  const line = raw.trim();
  if (line === "" || line.startsWith("#")) return { kind: "nothing" };
  const match = /^(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*)$/s.exec(line);
  const [, key, rest] = match ?? [];
  if (key === undefined || rest === undefined) return problem("no KEY=VALUE");
  const value = parseText(rest);
  if (value === null)
    return problem(`${shorten(key, LONGEST_KEY)} has a quote that is not closed, or text after it`);
  return value.includes("\ufffd") ? problem("it is no UTF-8") : { kind: "entry", key, value };
}

/** The key that a line would give a value, also one without `=`, as in `KEY: value`; null for what begins with no name. */
function nameIn(line: string): string | null {
  return (
    /^(?:export[ \t]+)?(?!export\b)([A-Za-z_][A-Za-z0-9_]{0,63})(?:[ \t]*[=:]|[ \t])/.exec(line)?.[1] ?? null
  );
}

/** The value behind the `=`; null when the quotes do not fit. */
function parseText(rest: string): string | null {
  const quote = rest[0];
  if (quote !== "'" && quote !== '"') return rest.replace(/(^|[ \t])#.*$/s, "").trimEnd();
  const quoted = quote === "'" ? /^'([^']*)'(.*)$/s.exec(rest) : /^"((?:[^"\\]|\\.)*)"(.*)$/s.exec(rest);
  const [, inner, after] = quoted ?? [];
  if (inner === undefined || after === undefined) return null;
  if (!/^[ \t]*$|^[ \t]+#/.test(after)) return null;
  return quote === "'" ? inner : inner.replace(/\\(["\\$`])/g, "$1");
}

/**
 * One line that parseOverrideFile reads back as it was, and that a shell would as well. A line break cannot be
 * written and becomes a space; no valid value has one.
 */
export function renderAssignment(key: string, value: string): string {
  const line = value.replace(/[\r\n]/g, " ");
  if (/^[\w.,:@/[\]-]*$/.test(line) || line === "()") return `${key}=${line}`;
  if (!line.includes("'")) return `${key}='${line}'`;
  return `${key}="${line.replace(/["\\$`]/g, "\\$&")}"`;
}

/**
 * The text of a file in which `key` has this value, and nothing else is another. It takes the place of the line that
 * counts (the last one), else stands behind the commented-out line of the installed file, else at the end.
 */
export function assignInFile(text: string, key: string, value: string): string {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const assigned = indicesOf(lines, (line) => isAbout(line, key));
  const place = assigned.at(-1);
  const [commented] = indicesOf(lines, (line) => line.startsWith(`#${key}=`));
  const line = renderAssignment(key, value);
  if (place !== undefined) lines[place] = line;
  else lines.splice(commented === undefined ? lines.length : commented + 1, 0, line);
  const kept = lines.filter((_, at) => at === place || !assigned.includes(at));
  return `${kept.join("\n")}\n`;
}

/** The text without any line that gives `key` a value; null when there is none. Comments stay. */
export function removeFromFile(text: string, key: string): string | null {
  const lines = text.split("\n");
  const kept = lines.filter((line) => !isAbout(line, key));
  return kept.length === lines.length ? null : kept.join("\n");
}

/** Does this line give `key` a value, or try to? One that is not understood would leave it unclear. */
function isAbout(line: string, key: string): boolean {
  const parsed = parseLine(line.replace(/^\uFEFF/, ""));
  return parsed.kind !== "nothing" && parsed.key === key;
}

function indicesOf(lines: readonly string[], holds: (line: string) => boolean): readonly number[] {
  return lines.flatMap((line, at) => (holds(line) ? [at] : []));
}
