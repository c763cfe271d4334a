import { describe, expect, test } from "bun:test";
import { rests } from "../../../../src/core/members/rest.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { healthIn, host, memoryWith } from "../fixtures.ts";

const MIN_MS = 60_000;
const NOW_MS = 100 * MIN_MS;

/** h3 was fenced at these minutes, and is in this state since that one. */
const resting = (
  fenced: readonly number[],
  sinceMin: number,
  state: "alive" | "suspect" | "xapi-down" = "alive",
  over: Partial<Memory> = {},
) =>
  rests(
    host(3),
    memoryWith({
      fencedAtMs: { h3: fenced.map((min) => min * MIN_MS) },
      health: { h3: healthIn(state, { sinceMs: sinceMin * MIN_MS }) },
      ...over,
    }),
    NOW_MS,
  );

describe("rests", () => {
  test("after two fences within an hour, until it has been well for ten minutes", () => {
    expect([resting([50, 85], 91), resting([50, 85], 90)]).toEqual([true, false]);
    expect([resting([25, 85], 95), resting([26, 85], 95)]).toEqual([false, true]);
  });
  test("after it was back on the roll, however long ago it was fenced", () => {
    const back = (backMin: number) =>
      resting([5, 30], 95, "alive", { backAtMs: { h3: backMin * MIN_MS }, onRoll: [host(1), host(3)] });
    expect([back(80.1), back(80)]).toEqual([true, false]);
  });
  test("also before it is on the roll", () => {
    expect(resting([5, 30], 95, "alive", { onRoll: [host(1)] })).toBe(true);
    expect(resting([5, 30], 95, "alive", { onRoll: [] })).toBe(false);
  });
  test("no longer than twenty minutes after the last one, however it has been since", () =>
    expect([resting([50, 80.1], 95), resting([50, 80], 95), resting([50, 80], 99, "suspect")]).toEqual([
      true,
      false,
      false,
    ]));
  test("not after one", () => expect(resting([80], 95)).toBe(false));
  test("as long as it is not well it does not begin to be", () =>
    expect([resting([50, 85], 10, "xapi-down"), resting([50, 85], 10, "suspect")]).toEqual([true, true]));
  test("this host itself, which nobody probes, and one that was never fenced", () => {
    expect(rests(host(1), memoryWith(), NOW_MS)).toBe(false);
    expect(
      rests(host(2), memoryWith({ health: { h2: healthIn("alive", { sinceMs: NOW_MS }) } }), NOW_MS),
    ).toBe(false);
  });
});
