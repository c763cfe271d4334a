import { describe, expect, test } from "bun:test";
import type { ToolstackSilence } from "../../../../src/core/memory/toolstack.ts";
import { stepToolstack } from "../../../../src/core/pace/toolstack.ts";
import { master, short } from "../fixtures.ts";

/** Does the own xapi answer at these seconds, or is it held? What is done at each. */
function play(rows: readonly [number, boolean | "held"][], XAPI_DOWN_TOLERANCE = 300): readonly string[] {
  let toolstack: ToolstackSilence | null = null;
  return rows.map(([atS, answers]) => {
    const { view } = master().input(atS, {});
    const isHeld = answers === "held";
    const self = { ...view.self, xapiAnswers: answers === true, heldSinceMs: isHeld ? 1_000 : null };
    const seen = { ...view, self };
    const step = stepToolstack(toolstack, seen, { XAPI_DOWN_TOLERANCE });
    toolstack = step.toolstack;
    return short(step.actions).join(" ") || (toolstack === null ? "answers" : "waits");
  });
}

describe("stepToolstack", () => {
  test("a silent xapi is restarted after half of XAPI_DOWN_TOLERANCE, before the others lose patience", () =>
    expect(
      play([
        [0, true],
        [10, false],
        [159, false],
        [160, false],
      ]),
    ).toEqual(["answers", "waits", "waits", "restart-toolstack"]));

  test("it is restarted once in a silence", () =>
    expect(
      play([
        [0, false],
        [150, false],
        [151, false],
        [1_000, false],
      ]),
    ).toEqual(["waits", "restart-toolstack", "waits", "waits"]));

  test("an answer ends the silence, and the next one has its own restart", () =>
    expect(
      play([
        [0, false],
        [150, false],
        [160, true],
        [170, false],
        [319, false],
        [320, false],
      ]),
    ).toEqual(["waits", "restart-toolstack", "answers", "waits", "waits", "restart-toolstack"]));

  test("a xapi that is held is never restarted, and what was silence before does not count after", () =>
    expect(
      play([
        [0, false],
        [100, false],
        [110, "held"],
        [2_000, "held"],
        [2_001, false],
        [2_150, false],
        [2_151, false],
      ]),
    ).toEqual(["waits", "waits", "answers", "answers", "waits", "waits", "restart-toolstack"]));

  test("a xapi that is held after its restart, and is silent after that: the same incident, and no other restart", () =>
    expect(
      play([
        [0, false],
        [150, false],
        [151, "held"],
        [160, false],
        [2_000, false],
        [2_010, true],
        [2_020, false],
        [2_170, false],
      ]),
    ).toEqual([
      "waits",
      "restart-toolstack",
      "waits",
      "waits",
      "waits",
      "answers",
      "waits",
      "restart-toolstack",
    ]));

  test("a restart of the toolstack is not a silence, however short XAPI_DOWN_TOLERANCE is: 60 s at least", () =>
    expect(
      play(
        [
          [0, false],
          [59, false],
          [60, false],
        ],
        10,
      ),
    ).toEqual(["waits", "waits", "restart-toolstack"]));
});
