import { describe, expect, test } from "bun:test";
import { notBeforeMs } from "../../../../src/core/pace/flapping.ts";

const MINUTE = 60_000;

describe("notBeforeMs", () => {
  // Starts and now in minutes; how long after the last start the next one waits.
  const rows: readonly [string, readonly number[], number, number][] = [
    ["one start costs nothing", [100], 100, 0],
    ["after two starts the third waits a minute", [99, 100], 100, 1],
    ["then two", [98, 99, 100], 100, 2],
    ["then four", [97, 98, 99, 100], 100, 4],
    ["then eight", [96, 97, 98, 99, 100], 100, 8],
    ["then a quarter of an hour", [95, 96, 97, 98, 99, 100], 100, 15],
    ["and never longer", [93, 94, 95, 96, 97, 98, 99, 100], 100, 15],
    ["starts a quarter of an hour ago are forgotten", [80, 84, 85, 99], 100, 0],
    ["a start just within the quarter counts", [86, 99], 100, 1],
  ];
  for (const [what, starts, now, wait] of rows)
    test(what, () => {
      const history = { startedAtMs: starts.map((at) => at * MINUTE), order: 0, startDelayS: 0, host: null };
      const last = (starts.at(-1) ?? 0) * MINUTE;
      expect(notBeforeMs(history, now * MINUTE)).toBe(wait === 0 ? 0 : last + wait * MINUTE);
    });

  test("a VM that was never started starts at once", () => expect(notBeforeMs(undefined, 0)).toBe(0));
});
