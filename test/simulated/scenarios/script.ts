/** One line of a script: when, what, on what. */
export interface Line {
  readonly atMs: number;
  readonly words: readonly string[];
  readonly text: string;
  readonly number: number;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `90s`, `1m30s`, `10d` in milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNITS[unit ?? ""] ?? Number.NaN);
  }
  return total;
}

/** Words of a line; double quotes keep blanks together, `#` begins a comment. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/"[^"]*"|#.*$|[^\s"#]+/g)) {
    if (!word.startsWith("#")) words.push(word.replaceAll('"', ""));
  }
  return words;
}

/** A scenario's script: the pool and the parameters by the words of `presets.ts`, then what happens. */
export interface Script {
  readonly pool: readonly string[];
  readonly params: readonly string[];
  readonly lines: readonly Line[];
}

/**
 * Reads a script: lines `pool …` and `params …`, then lines of `<time> <verb> <args>`. A time is counted from the
 * beginning (`90s`), or with `+` from the line before; times never go back, so that a script reads like the story it
 * tells.
 */
export function parseScript(text: string): Script {
  const head = { pool: [] as string[], params: [] as string[] };
  const lines: Line[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const [time, ...words] = wordsOf(raw);
    if (time === undefined) continue;
    if (lines.length === 0 && (time === "pool" || time === "params")) head[time].push(...settingsOf(raw));
    else lines.push(parseLine({ time, words, raw, number: index + 1, afterMs: lines.at(-1)?.atMs ?? 0 }));
  }
  return { ...head, lines };
}

/** The words of a line `params …` as they are: quotes belong to a value. */
function settingsOf(raw: string): readonly string[] {
  return raw
    .replace(/\s#.*$/, "")
    .trim()
    .split(/\s+/)
    .slice(1);
}

interface RawLine {
  readonly time: string;
  readonly words: readonly string[];
  readonly raw: string;
  readonly number: number;
  /** When the line before it happens. */
  readonly afterMs: number;
}

function parseLine({ time, words, raw, number, afterMs }: RawLine): Line {
  const ms = parseDuration(time.replace(/^\+/, ""));
  if (ms === null || words.length === 0)
    throw new Error(`script.txt:${number}: "<time> <verb> …" is wanted: ${raw}`);
  const atMs = time.startsWith("+") ? afterMs + ms : ms;
  if (atMs < afterMs) throw new Error(`script.txt:${number}: goes back in time: ${raw}`);
  return { atMs, words, text: raw.trim(), number };
}
