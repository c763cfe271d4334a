import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { foldersIn } from "./folders.ts";
import { KNOWN_FAILURE, parseKnownFailure } from "./known-failure.ts";

const FOLDER = import.meta.dir;
const TOPICS = foldersIn(FOLDER);
const CLAIMS = TOPICS.flatMap((topic) =>
  foldersIn(join(FOLDER, topic)).map((claim) => join(FOLDER, topic, claim)),
);

test("every topic has a test file that plays it, so that no scenario is left out", () => {
  const unplayed = TOPICS.filter((topic) => {
    const file = join(FOLDER, topic, `${topic}.test.ts`);
    return !existsSync(file) || !/^playTopic\(import\.meta\.dir\b/m.test(readFileSync(file, "utf8"));
  });
  expect(unplayed).toEqual([]);
});

test("every scenario says what it claims, and its script claims something", () => {
  for (const name of TOPICS.flatMap((topic) =>
    foldersIn(join(FOLDER, topic)).map((claim) => `${topic}/${claim}`),
  )) {
    const claim = readFileSync(join(FOLDER, name, "README.md"), "utf8");
    const script = readFileSync(join(FOLDER, name, "script.txt"), "utf8");
    expect({ name, claim: claim.trim().length > 40 }).toEqual({ name, claim: true });
    expect({ name, claims: /^\S+\s+expect /m.test(script) }).toEqual({ name, claims: true });
  }
});

test("a known failure says what is seen and which rules are broken, and has no story that is expected", () => {
  for (const directory of CLAIMS.filter((claim) => existsSync(join(claim, KNOWN_FAILURE)))) {
    expect(parseKnownFailure(readFileSync(join(directory, KNOWN_FAILURE), "utf8")).broken).not.toEqual([]);
    expect({ directory, told: existsSync(join(directory, "expected.log")) }).toEqual({
      directory,
      told: false,
    });
  }
});
