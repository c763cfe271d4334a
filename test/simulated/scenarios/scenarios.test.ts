import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { playScenario } from "./run.ts";

const FOLDER = import.meta.dir;
const NAMES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();
const UPDATE = process.env["UPDATE_EXPECTED"] === "1";

describe("scenario", () => {
  for (const name of NAMES) {
    const directory = join(FOLDER, name);
    if (existsSync(join(directory, "gap.md"))) {
      // What should be and is not yet: when it is, the file has to go.
      test(`${name} (a known gap)`, async () => {
        expect((await playScenario(directory)).failures).not.toEqual([]);
      }, 60_000);
      continue;
    }
    test(name, async () => {
      const { story, failures } = await playScenario(directory);
      expect(failures).toEqual([]);
      const expected = join(directory, "expected.log");
      if (UPDATE) writeFileSync(expected, story);
      expect(story).toBe(existsSync(expected) ? readFileSync(expected, "utf8") : "");
    }, 60_000);
  }
});

describe("the collection", () => {
  test("every scenario says what it claims, and its script claims something", () => {
    for (const name of NAMES) {
      const claim = readFileSync(join(FOLDER, name, "README.md"), "utf8");
      const script = readFileSync(join(FOLDER, name, "script.txt"), "utf8");
      expect({ name, claim: claim.trim().length > 40 }).toEqual({ name, claim: true });
      expect({ name, claims: /^\S+\s+expect /m.test(script) }).toEqual({ name, claims: true });
    }
  });
});
