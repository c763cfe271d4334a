import type { Random } from "../../../src/simulation/random.ts";

/** What breaks parsers: other kinds, limits of numbers, names of the language itself, odd characters. */
const GARBAGE = [
  "",
  "\0",
  "\n",
  "\r\n",
  "\u2028",
  "\u202e",
  "\ufeff",
  "\ud800",
  "\ufffd",
  "🦎",
  "\u001b[2J",
  "'",
  '"',
  "\\",
  "{",
  "[",
  "]}",
  "null",
  "-1",
  "1e999",
  "NaN",
  "__proto__",
  "constructor",
  "OpaqueRef:NULL",
  "$(id)",
  "%s%n",
  "../../..",
  "a=b",
  ":",
  "/",
  "x".repeat(5_000),
  "[".repeat(2_000),
  '{"a":'.repeat(500),
];

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  2 ** 53,
  0.5,
  "",
  "x",
  [],
  {},
  [[]],
  { __proto__: null },
  JSON.parse('{"__proto__": {"x": 1}}'),
  "OpaqueRef:NULL",
  "__proto__",
];

/** A text that was damaged in one to four places, or is nothing of the kind at all. */
export function mangleText(random: Random, text: string): string {
  if (random.chance(0.05)) return random.pick(GARBAGE);
  let mangled = text;
  for (let times = 1 + random.below(4); times > 0; times--) mangled = damage(random, mangled);
  return mangled;
}

function damage(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const length = random.below(Math.min(text.length - at, 40) + 1);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + random.pick(GARBAGE) + text.slice(at + length);
    case 3:
      return text.slice(0, at) + text.slice(at, at + length).repeat(1 + random.below(30)) + text.slice(at);
    case 4:
      return flip(random, text, at);
    case 5:
      return text.replace(/\d+/, () => random.pick(["0", "-1", "9".repeat(30), "1e5", "00"]));
    case 6:
      return text
        .split("\n")
        .reverse()
        .join(random.pick(["\n", "\r\n", "\r", "\n\n"]));
    default:
      return `${random.pick(GARBAGE)}${text}${random.pick(GARBAGE)}`;
  }
}

function flip(random: Random, text: string, at: number): string {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return text;
  return `${text.slice(0, at)}${String.fromCharCode(code ^ (1 << random.below(8)))}${text.slice(at + 1)}`;
}

/** Plain data of which one to three values, at any depth, are other ones, missing, or more than there should be. */
export function mangleData(random: Random, data: unknown): unknown {
  let mangled: unknown = structuredClone(data);
  for (let times = 1 + random.below(3); times > 0; times--) mangled = mangleOne(random, mangled);
  return mangled;
}

function mangleOne(random: Random, value: unknown): unknown {
  const isInner = typeof value === "object" && value !== null;
  if (!isInner || random.chance(0.08)) return otherThan(random, value);
  if (Array.isArray(value)) {
    if (value.length === 0) return [random.pick(VALUES)];
    const at = random.below(value.length);
    if (random.chance(0.2)) return value.filter((_, index) => index !== at);
    if (random.chance(0.1)) return [...value, ...value];
    return value.map((item, index) => (index === at ? mangleOne(random, item) : item));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return { [random.pick(["x", "constructor", ""])]: random.pick(VALUES) };
  const [key, inner] = random.pick(entries);
  const others = entries.filter(([other]) => other !== key);
  if (random.chance(0.2)) return Object.fromEntries(others);
  if (random.chance(0.1)) return Object.fromEntries([...others, [random.pick(GARBAGE), inner]]);
  return Object.fromEntries([...others, [key, mangleOne(random, inner)]]);
}

function otherThan(random: Random, value: unknown): unknown {
  if (typeof value === "string" && random.chance(0.7)) return mangleText(random, value);
  if (typeof value === "number" && random.chance(0.7)) return value + random.pick([-1, 1, 1e9, -1e9]);
  if (typeof value === "boolean" && random.chance(0.7)) return !value;
  return random.pick(VALUES);
}
