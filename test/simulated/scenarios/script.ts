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

/**
 * Reads a script: lines of `<time> <verb> <args>`. A time is counted from the beginning (`90s`), or with `+` from the
 * line before; times never go back, so that a script reads like the story it tells.
 */
export function parseScript(text: string): readonly Line[] {
  const lines: Line[] = [];
  let atMs = 0;
  for (const [index, raw] of text.split("\n").entries()) {
    const [time, ...words] = wordsOf(raw);
    if (time === undefined) continue;
    const number = index + 1;
    const ms = parseDuration(time.replace(/^\+/, ""));
    if (ms === null || words.length === 0)
      throw new Error(`script.txt:${number}: "<time> <verb> …" is wanted: ${raw}`);
    const nextMs = time.startsWith("+") ? atMs + ms : ms;
    if (nextMs < atMs) throw new Error(`script.txt:${number}: goes back in time: ${raw}`);
    atMs = nextMs;
    lines.push({ atMs, words, text: raw.trim(), number });
  }
  return lines;
}

/** `KEY=VALUE` lines, `#` comments. */
export function parseParams(text: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const at = line.indexOf("=");
    if (at < 1) throw new Error(`params.conf: KEY=VALUE is wanted: ${raw}`);
    values[line.slice(0, at)] = line.slice(at + 1);
  }
  return values;
}
