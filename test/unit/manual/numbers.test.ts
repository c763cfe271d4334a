import { expect, test } from "bun:test";
import type { ChapterName } from "../../../src/cli/manual-contents.ts";
import { PARAMETERS } from "../../../src/config/params.ts";
import { PRESETS } from "../../../src/config/presets.ts";
import { MOST_HOSTS } from "../../../src/core/group/limits.ts";
import { PARALLEL_STARTS } from "../../../src/core/restart/restart-plan.ts";
import { createManual } from "../../../src/manual/manual.ts";

const { FENCE_MIN_HOSTS, FENCE_WATCHDOG_TIMEOUT, XAPI_COUNT, XAPI_DELAY } = PARAMETERS;
const WORDS: Readonly<Record<number, string>> = { 10: "ten" };
const patience = ({ XAPI_COUNT = "", XAPI_DELAY = "" }: Readonly<Record<string, string>>): number =>
  Number(XAPI_COUNT) * Number(XAPI_DELAY);
const fast = patience(PRESETS.get("fast")?.values ?? {});
const faster = patience(PRESETS.get("two-node")?.faster ?? {});
const standard = XAPI_COUNT.default * XAPI_DELAY.default;

const rows: readonly (readonly [ChapterName, string])[] = [
  ["modes", `At most ${WORDS[PARALLEL_STARTS]} starts are under way`],
  ["limits", `Up to ${MOST_HOSTS} hosts`],
  ["cluster", `With the preset \`fast\` a dead host has failed after ${fast} s`],
  ["examples", `A dead host has failed after ${fast} s instead of ${standard}`],
  ["examples", `shortens the patience to ${faster} s`],
  ["fencing", `the failed one included: ${FENCE_MIN_HOSTS.default} by default`],
  ["fencing", `ha-cfg set FENCE_WATCHDOG_TIMEOUT ${FENCE_WATCHDOG_TIMEOUT.default}\n`],
];

for (const [chapter, sentence] of rows)
  test(`${chapter}: ${sentence.trim()}`, () =>
    expect(createManual([]).markdown(chapter)).toContain(sentence));
