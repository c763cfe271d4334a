import { afterAll, describe, expect, test } from "bun:test";
import { MUTANTS, type Mutant } from "./mutants.ts";
import { PatchedTree } from "./patched-tree.ts";

const tree = new PatchedTree();
afterAll(() => tree.remove());
const MINUTE = 60_000;

/** Claims and rules that break in each scenario. */
async function play(names: readonly string[]): Promise<Record<string, readonly string[]>> {
  const { code, output } = await tree.bun(["test/simulated/faults/play-scenarios.ts", ...names]);
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  return JSON.parse(output) as Record<string, readonly string[]>;
}

/** Names of the tests that fail; the run itself has to be a whole one. */
async function failing(file: string, name: string): Promise<readonly string[]> {
  const { output } = await tree.bun(["test", `./${file}`, ...(name === "" ? [] : ["-t", name])]);
  expect(output).toMatch(/Ran \d+ tests? across 1 file/);
  expect(output).not.toContain("SyntaxError");
  return [...output.matchAll(/^\(fail\) (.*)$/gm)].map((match) => match[1] ?? "");
}

async function seenBy(mutant: Mutant): Promise<Record<string, boolean>> {
  const seen: Record<string, boolean> = {};
  const results = await play(mutant.scenarios ?? []);
  for (const [name, failures] of Object.entries(results)) seen[name] = failures.length > 0;
  for (const [file, name] of mutant.tests ?? [])
    seen[`${file} ${name}`] = (await failing(file, name)).length > 0;
  return seen;
}

describe("the suite sees", () => {
  for (const mutant of MUTANTS) {
    test(
      `${mutant.fault}: ${mutant.regression}`,
      async () => {
        tree.restore();
        tree.patch(mutant.edits);
        const seen = await seenBy(mutant);
        expect(Object.keys(seen).length).toBeGreaterThan(0);
        expect(Object.entries(seen).filter(([, red]) => !red)).toEqual([]);
      },
      2 * MINUTE,
    );
  }

  test(
    "nothing in the tree as it is: the same scenarios and tests are green",
    async () => {
      tree.restore();
      const scenarios = MUTANTS.flatMap((mutant) => mutant.scenarios ?? []);
      const broken = Object.entries(await play(scenarios)).filter(([, failures]) => failures.length > 0);
      expect(broken).toEqual([]);
      for (const [file, name] of MUTANTS.flatMap((mutant) => mutant.tests ?? [])) {
        expect({ file, failing: await failing(file, name) }).toEqual({ file, failing: [] });
      }
    },
    3 * MINUTE,
  );
});
