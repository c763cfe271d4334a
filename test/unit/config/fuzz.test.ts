import { expect, test } from "bun:test";
import { renderDefaultFile } from "../../../src/config/default-file.ts";
import { parseOverrideFile, renderAssignment } from "../../../src/config/override-file.ts";
import { defaultText, type ParameterName, ROWS } from "../../../src/config/params.ts";
import { resolveSettings } from "../../../src/config/resolve.ts";
import { createRandom, type Random } from "../../../src/simulation/random.ts";

const WHOLE = renderDefaultFile().replace(/^#(?=[A-Z]+_)/gm, "");
const LINES = WHOLE.split("\n");
const GARBAGE = [
  "'",
  '"',
  "=",
  "#",
  "\\",
  "$(id)",
  "`id`",
  "\u0000",
  "\r",
  "\ufeff",
  "é🦎",
  "\ud800",
  "(",
  ";",
  "A",
];

/** A damaged copy of a real file: lines cut, doubled, mixed up, with garbage in them. */
function damaged(random: Random): string {
  const lines = Array.from({ length: 2 + random.below(8) }, () => random.pick(LINES));
  return lines
    .map((line) => {
      const at = random.below(line.length + 1);
      if (random.chance(0.3)) return line;
      if (random.chance(0.3)) return line.slice(0, at);
      return line.slice(0, at) + random.pick(GARBAGE) + line.slice(at + random.below(3));
    })
    .join(random.chance(0.2) ? "\r\n" : "\n");
}

/** Every value that came out is one that its own row would take in again. */
function expectValid(resolved: ReturnType<typeof resolveSettings>, seed: number): void {
  const values: Readonly<Record<string, unknown>> = resolved.settings;
  for (const [name, row] of ROWS) {
    if (row.scope === "watchdog" || /^(LOG|MAIL)_[a-z]/.test(name)) continue;
    const text = row.kind.render(values[name]);
    expect({ seed, name, ok: row.kind.parse(text).ok }).toEqual({ seed, name, ok: true });
  }
}

test("10,000 damaged override files: never a throw, every parameter has a valid value, every problem is a sentence", () => {
  const random = createRandom(5);
  for (let seed = 0; seed < 10_000; seed++) {
    const { values, problems } = parseOverrideFile(damaged(random));
    expect(problems.filter((problem) => !/^line \d+: /.test(problem))).toEqual([]);
    // The whole way costs more: a part of them goes it.
    if (seed % 10 === 0) expectValid(resolveSettings({ override: values, pool: null, lastGood: {} }), seed);
  }
});

test("a good line stays in force whatever stands around it", () => {
  const random = createRandom(6);
  for (let seed = 0; seed < 2_000; seed++) {
    const text = `${damaged(random).replace(/.*XAPI_COUNT.*/g, "")}\nXAPI_COUNT=17\n${damaged(random).replace(/.*XAPI_COUNT.*/g, "")}`;
    expect({ seed, value: parseOverrideFile(text).values["XAPI_COUNT"] }).toEqual({ seed, value: "17" });
  }
});

test("random keys and values of the pool database and of the last good copy: never a throw, valid values", () => {
  const random = createRandom(7);
  const names = [...ROWS.keys(), "__proto__", "toString", "", "POST_VERSION", "PRIORITY_email"];
  const texts = [
    "",
    "0",
    "1",
    "2",
    "-1",
    "1e9",
    "POOL",
    "ILO,IPMI",
    "()",
    "../..",
    "a@b.c;d@e.f",
    "x".repeat(9_000),
    ...GARBAGE,
  ];
  const draw = (prefix: string) =>
    Object.fromEntries(
      Array.from({ length: random.below(12) }, () => [`${prefix}${random.pick(names)}`, random.pick(texts)]),
    );
  for (let seed = 0; seed < 1_000; seed++)
    expectValid(resolveSettings({ override: draw(""), pool: draw("HA_"), lastGood: draw("") }), seed);
});

test("what ha-cfg writes into a file is read back, for every parameter", () => {
  for (const name of ROWS.keys()) {
    const text = defaultText(name as ParameterName);
    expect(parseOverrideFile(renderAssignment(name, text))).toEqual({
      values: { [name]: text },
      unclear: [],
      problems: [],
    });
  }
});
