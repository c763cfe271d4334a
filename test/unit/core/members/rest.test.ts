import { describe, expect, test } from "bun:test";
import { findRest, restOf } from "../../../../src/core/members/rest.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { goodView, healthIn, host, knownHost, memoryWith } from "../fixtures.ts";

const MIN_MS = 60_000;
const NOW_MS = 100 * MIN_MS;

/** h3 was fenced at these minutes, and is in this state since that one. */
const resting = (
  fenced: readonly number[],
  sinceMin: number,
  state: "alive" | "suspect" | "xapi-down" = "alive",
  over: Partial<Memory> = {},
) =>
  restOf(
    host(3),
    host(1),
    memoryWith({
      fencedAtMs: { h3: fenced.map((min) => min * MIN_MS) },
      health: { h3: healthIn(state, { sinceMs: sinceMin * MIN_MS }) },
      ...over,
    }),
    NOW_MS,
  ) === "fences";

describe("restOf: of fences", () => {
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
  test("its end is said: ten minutes after it was well, twenty after the last fence at the most", () => {
    const endMin = (fenced: readonly number[], sinceMin: number) => {
      const memory = memoryWith({
        fencedAtMs: { h3: fenced.map((min) => min * MIN_MS) },
        health: { h3: healthIn("alive", { sinceMs: sinceMin * MIN_MS }) },
      });
      const rest = findRest(host(3), host(1), memory, NOW_MS);
      return rest === null ? null : rest.untilMs / MIN_MS;
    };
    expect([endMin([50, 85], 94), endMin([50, 82], 99), endMin([85], 94)]).toEqual([104, 102, null]);
  });
  test("not after one", () => expect(resting([80], 95)).toBe(false));
  test("as long as it is not well it does not begin to be", () =>
    expect([resting([50, 85], 10, "xapi-down"), resting([50, 85], 10, "suspect")]).toEqual([true, true]));
  test("this host itself, which nobody probes, and one that was never fenced", () => {
    expect(restOf(host(1), host(1), memoryWith(), NOW_MS)).toBeNull();
    expect(
      restOf(
        host(2),
        host(1),
        memoryWith({ health: { h2: healthIn("alive", { sinceMs: NOW_MS }) } }),
        NOW_MS,
      ),
    ).toBeNull();
  });
});

describe("restOf: of boots by itself", () => {
  /** This host has booted at this second of the wall clock; a hundred minutes ago. */
  const BEGAN_S = 1_795_426_000;
  const lastGood = goodView({ hosts: [knownHost(host(1), { bootTime: `${BEGAN_S}.` }), knownHost(host(3))] });
  const rest = (boots: readonly number[], fenced: readonly number[] = [], wellSinceMin = 95) =>
    restOf(
      host(3),
      host(1),
      memoryWith({
        lastGood,
        ownBootsS: { h3: boots.map((min) => BEGAN_S + min * 60) },
        fencedAtMs: { h3: fenced.map((min) => min * MIN_MS) },
        health: { h3: healthIn("alive", { sinceMs: wellSinceMin * MIN_MS }) },
      }),
      NOW_MS,
    );
  test("after two within an hour, and after one and a fence", () => {
    expect([rest([50, 94]), rest([94]), rest([30, 94])]).toEqual(["boots", null, null]);
    expect([rest([94], [60]), rest([60], [94]), rest([94], [60, 80])]).toEqual(["boots", "boots", "boots"]);
    expect(rest([94], [60, 90])).toBe("fences");
  });
  test("until it has been well for ten minutes, and no longer than twenty", () => {
    expect([rest([50, 89], [], 91), rest([50, 89], [], 90)]).toEqual(["boots", null]);
    expect([rest([50, 80.1]), rest([50, 80])]).toEqual(["boots", null]);
  });
});
