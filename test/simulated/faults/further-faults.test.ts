import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Detector, FURTHER_MUTANTS } from "./further-mutants.ts";
import { EXPLORER } from "./group-mutants.ts";
import { guardFolder } from "./guard-folder.ts";
import { MUTANTS } from "./mutants.ts";
import { PatchedTree } from "./patched-tree.ts";
import type { Played } from "./play-with-reasons.ts";

const MINUTE = 60_000;
/** One process plays so many within its time, also beside others. */
const AT_ONCE = 20;
const tree = new PatchedTree();
guardFolder(tree.folder);
afterAll(() => tree.remove(), MINUTE);

/** What a detector has to say of the tree as it is patched now; in any other case what went wrong instead. */
type Sight = "seen" | "not seen" | string;

async function look(detector: Detector): Promise<Sight> {
  if ("test" in detector) return lookAtTest(detector.file, detector.test);
  const { scenario, sign } = detector;
  return judgePlayed((await play([scenario]))[scenario], sign);
}

async function play(scenarios: readonly string[]): Promise<Record<string, Played>> {
  const { code, output } = await tree.bun([
    "--no-orphans",
    "test/simulated/faults/play-with-reasons.ts",
    ...scenarios,
  ]);
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  return JSON.parse(output) as Record<string, Played>;
}

function judgePlayed(played: Played | undefined, sign: string): Sight {
  if (played === undefined || played.crashed) return "an iteration crashed";
  if (played.failures.length === 0) return "not seen";
  return played.failures.some((failure) => failure.includes(sign)) ? "seen" : played.failures.join("\n");
}

/** One test of a file. It has to fail by what it claims, not by an exception or by a file that does not load. */
async function lookAtTest(file: string, name: string): Promise<Sight> {
  const pattern = `${name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
  const { code, output } = await tree.bun(["--no-orphans", "test", `./${file}`, "-t", pattern]);
  if (!/Ran 1 test across 1 file/.test(output)) return output;
  if (code === 0) return "not seen";
  const fails = [...output.matchAll(/^\(fail\) (.*?)(?: \[[\d.]+ms\])?$/gm)].map((match) => match[1] ?? "");
  return fails.some((fail) => fail.endsWith(name)) && output.includes("error: expect(") ? "seen" : output;
}

describe("the suite sees, for its own reason,", () => {
  for (const { fault, regression, edits, caughtBy } of FURTHER_MUTANTS) {
    test(
      `${fault}: ${regression}`,
      async () => {
        tree.restore();
        tree.patch(edits);
        expect(await look(caughtBy)).toBe("seen");
      },
      2 * MINUTE,
    );
  }

  test(
    "nothing in the tree as it is",
    async () => {
      tree.restore();
      const detectors = FURTHER_MUTANTS.map(({ caughtBy }) => caughtBy);
      const scenarios = detectors.flatMap((detector) => ("scenario" in detector ? [detector.scenario] : []));
      const sights = new Map<string, Sight>();
      const names = [...new Set(scenarios)];
      for (let at = 0; at < names.length; at += AT_ONCE)
        for (const [name, played] of Object.entries(await play(names.slice(at, at + AT_ONCE))))
          sights.set(name, judgePlayed(played, ""));
      for (const detector of detectors) {
        // A ring of its own plays these in the tree as it is, and they take seconds.
        if ("test" in detector && detector.file !== EXPLORER)
          sights.set(detector.test, await lookAtTest(detector.file, detector.test));
      }
      expect([...sights].filter(([, sight]) => sight !== "not seen")).toEqual([]);
    },
    6 * MINUTE,
  );
});

test("README.md has a row for each regression", () => {
  const rows = readFileSync(join(import.meta.dir, "README.md"), "utf8").split("\n");
  const missing = [...MUTANTS, ...FURTHER_MUTANTS].filter(
    ({ fault, regression }) => !rows.some((row) => row.startsWith(`| ${fault} | ${regression} |`)),
  );
  expect(missing.map(({ fault, regression }) => `| ${fault} | ${regression} |`)).toEqual([]);
});
