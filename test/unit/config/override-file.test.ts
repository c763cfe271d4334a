import { expect, test } from "bun:test";
import { parseOverrideFile, renderAssignment } from "../../../src/config/override-file.ts";
import { cpuMs } from "../cpu-time.ts";

const understood: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["", {}],
  ["# a comment\n\n  # another", {}],
  ["A=1", { A: "1" }],
  ["A=1\r\nB=2\r\n", { A: "1", B: "2" }],
  ["\uFEFFA=1", { A: "1" }],
  ["  A = 1  ", { A: "1" }],
  ["export A=1", { A: "1" }],
  ["A=", { A: "" }],
  ["A=()", { A: "()" }],
  ["A=one two", { A: "one two" }],
  ["A=1 # why", { A: "1" }],
  ["A=# why", { A: "" }],
  ["A=a#b", { A: "a#b" }],
  ["A='one # two'", { A: "one # two" }],
  [`A="one 'two'" # why`, { A: "one 'two'" }],
  [`A="a\\"b\\\\c\\$d"`, { A: `a"b\\c$d` }],
  ["A='a\\'", { A: "a\\" }],
  ["A=''", { A: "" }],
  ["A=$(reboot)", { A: "$(reboot)" }],
  ["A=`reboot`; reboot", { A: "`reboot`; reboot" }],
  ["A=b=c", { A: "b=c" }],
];

for (const [text, values] of understood) {
  test(`parseOverrideFile: reads ${JSON.stringify(text)}`, () => {
    expect(parseOverrideFile(text)).toEqual({ values, unclear: [], problems: [] });
  });
}

const reported: readonly (readonly [string, string])[] = [
  ["reboot", "no KEY=VALUE"],
  ["1A=2", "no KEY=VALUE"],
  ["A B=2", "no KEY=VALUE"],
  ["=2", "no KEY=VALUE"],
  ["A='open", "A has a quote"],
  ['A="open\\"', "A has a quote"],
  ["A='b'c", "A has a quote"],
  ["A='b' c", "A has a quote"],
];

for (const [text, why] of reported) {
  test(`parseOverrideFile: reports ${JSON.stringify(text)} with its line, and the rest holds`, () => {
    const file = parseOverrideFile(`X=1\n${text}\nY=2`);
    expect(file.values).toEqual({ X: "1", Y: "2" });
    expect(file.problems).toHaveLength(1);
    expect(file.problems[0]).toStartWith("line 2: ");
    expect(file.problems[0]).toContain(why);
  });
}

test("parseOverrideFile: a key whose line is not understood is set, and nobody knows to what", () => {
  const rows: readonly (readonly [string, readonly string[], Record<string, string>])[] = [
    ["A='open", ["A"], {}],
    ["export A='open", ["A"], {}],
    ["A ILO", ["A"], {}],
    ["A: ILO", ["A"], {}],
    ["\u00a0A='open", ["A"], {}],
    ["export A", [], {}],
    ["A", [], {}],
    ["A=\ufffd", ["A"], {}],
    ["A=1\nA='open", ["A"], { A: "1" }],
    ["A='open\nA=2", [], { A: "2" }],
    ["1A=2", [], {}],
    // Of what stands behind a value nobody reads more.
    ["A=1 # f\ufffdr", [], { A: "1" }],
  ];
  for (const [text, unclear, values] of rows)
    expect({ text, ...parseOverrideFile(text) }).toMatchObject({ text, unclear, values });
});

test("parseOverrideFile: of two lines for one key the later counts, and it is said", () => {
  const file = parseOverrideFile("A=1\nA=2");
  expect(file.values).toEqual({ A: "2" });
  expect(file.problems).toEqual(["line 2: A stands in line 1 already; the later one counts"]);
});

test("parseOverrideFile: a problem never repeats what stands in the line", () => {
  const { problems } = parseOverrideFile('FENCE_PASSWD=\'hunter2\nhunter2\nSMTP_PASS="hunter2"hunter2');
  expect(problems).toHaveLength(3);
  expect(problems.join()).not.toContain("hunter2");
});

test("parseOverrideFile: a key named like a property of every object is a key like any other", () => {
  const { values } = parseOverrideFile("__proto__=1\nconstructor=2");
  expect(Object.entries(values)).toEqual([
    ["__proto__", "1"],
    ["constructor", "2"],
  ]);
  expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
});

/** mulberry32: the same texts in every run. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const PIECES = [
  "A",
  "FENCE_METHOD",
  "=",
  " = ",
  "'",
  '"',
  "\\",
  "#",
  " ",
  "\t",
  "\n",
  "\r\n",
  "\r",
  "export ",
  "()",
];
const MORE = [
  "$",
  "`",
  "\u0000",
  "\u2028",
  "é",
  "😀",
  "\ud800",
  "__proto__",
  "=1\n",
  "='x'\n",
  '="y"\n',
  ":",
  ";",
];

function randomText(draw: () => number, longest: number): string {
  const pieces = [...PIECES, ...MORE];
  const length = Math.floor(draw() * longest);
  return Array.from({ length }, () => pieces[Math.floor(draw() * pieces.length)]).join("");
}

test("parseOverrideFile: 10,000 random texts never throw, and every problem has its line", () => {
  const draw = random(20_260_101);
  let entries = 0;
  let problems = 0;
  for (let run = 0; run < 10_000; run++) {
    const file = parseOverrideFile(randomText(draw, 60));
    entries += Object.keys(file.values).length;
    problems += file.problems.length;
    for (const problem of file.problems) expect(problem).toMatch(/^line [0-9]+: /);
    for (const key of Object.keys(file.values)) expect(key).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
  }
  expect(entries).toBeGreaterThan(1_000);
  expect(problems).toBeGreaterThan(1_000);
});

test("parseOverrideFile: time grows with the length of the file, not faster", () => {
  for (const text of [
    `A="${"\\".repeat(200_000)}`,
    `A=x${" ".repeat(200_000)}y`,
    `A=${" #".repeat(100_000)}`,
  ]) {
    const begin = cpuMs();
    parseOverrideFile(text);
    expect(cpuMs() - begin).toBeLessThan(1_000);
  }
});

test("renderAssignment: any value of one line is read back as it was", () => {
  const draw = random(7);
  for (let run = 0; run < 5_000; run++) {
    const value = randomText(draw, 12).replace(/[\r\n]/g, "");
    expect(parseOverrideFile(renderAssignment("A", value))).toEqual({
      values: { A: value },
      unclear: [],
      problems: [],
    });
  }
});

test("renderAssignment: a line break cannot make a second line", () => {
  expect(renderAssignment("A", "1\nB=2")).toBe("A='1 B=2'");
});

test("parseOverrideFile: a file that is none costs a few lines, not a line for each of its own", () => {
  const { values, problems } = parseOverrideFile("what is this\n".repeat(100_000));
  expect(values).toEqual({});
  expect(problems.length).toBe(20);
  expect(problems.at(-1)).toBe(
    "line 20: not understood: no KEY=VALUE; 99980 more lines after it have problems",
  );
});

test("parseOverrideFile: a line that is too long, or no UTF-8, is none; the rest holds", () => {
  const text = `A=${"x".repeat(70_000)}\nB=a\ufffdb\n${"K".repeat(9_000)}='\nOP_MODE=1\n`;
  const { values, problems } = parseOverrideFile(text);
  expect(values).toEqual({ OP_MODE: "1" });
  expect(problems.slice(0, 2)).toEqual([
    "line 1: not understood: 70002 characters",
    "line 2: not understood: it is no UTF-8",
  ]);
  expect(problems[2]?.length).toBeLessThan(200);
});

test("parseOverrideFile: linear, whatever stands in a line", () => {
  const parts = [" ", "'", '"', "\\", '\\"', "#", " #", "A", "=", "\t", "export "];
  const began = cpuMs();
  for (const part of parts)
    for (const head of ["", "A=", "A='", 'A="', "export "])
      parseOverrideFile(`${head}${part.repeat(60_000 / part.length)}\n`.repeat(4));
  expect(cpuMs() - began).toBeLessThan(2_000);
});
