import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { installCheapAbort } from "../../../src/simulation/cheap-abort.ts";
import { foldersIn } from "./folders.ts";
import { KNOWN_FAILURE, parseKnownFailure } from "./known-failure.ts";
import { playScenario } from "./run.ts";
import type { Alerts } from "./story.ts";

// Scenarios are all that such a process plays.
installCheapAbort();

const UPDATE = process.env["UPDATE_EXPECTED"] === "1";
const DEADLINE_MS = 240_000;

/** Plays every scenario of the topic in `folder`, as one test each, whose name is `<topic>/<claim>`. */
export function playTopic(folder: string, alerts: Alerts = "marked"): void {
  for (const claim of foldersIn(folder)) {
    const directory = join(folder, claim);
    const name = `${basename(folder)}/${claim}`;
    if (existsSync(join(directory, "gap.md"))) {
      // It claims what should be and is not yet. When the claims hold, gap.md has to go.
      test(
        `${name} (a known gap)`,
        async () => {
          expect((await playScenario(directory)).failures).not.toEqual([]);
        },
        DEADLINE_MS,
      );
    } else if (existsSync(join(directory, KNOWN_FAILURE))) {
      test(`${name} (a known failure)`, () => failsAsNamed(directory), DEADLINE_MS);
    } else {
      test(name, () => holds(directory, alerts), DEADLINE_MS);
    }
  }
}

/** All that goes wrong is named, and all that is named goes wrong: who mends one has to take the mark away. */
async function failsAsNamed(directory: string): Promise<void> {
  const { broken } = parseKnownFailure(readFileSync(join(directory, KNOWN_FAILURE), "utf8"));
  const { failures } = await playScenario(directory);
  expect({ mended: broken.filter((text) => !failures.some((failure) => failure.includes(text))) }).toEqual({
    mended: [],
  });
  expect({ unnamed: failures.filter((failure) => !broken.some((text) => failure.includes(text))) }).toEqual({
    unnamed: [],
  });
}

/** Nothing that the script claims is wrong, no rule was broken, and the story is the expected one, word for word. */
async function holds(directory: string, alerts: Alerts): Promise<void> {
  const { story, failures } = await playScenario(directory, alerts);
  expect(failures).toEqual([]);
  const expected = join(directory, "expected.log");
  if (UPDATE) writeFileSync(expected, story);
  expect(story).toBe(existsSync(expected) ? readFileSync(expected, "utf8") : "");
}
