import { describe, expect, test } from "bun:test";
import { stepHealth } from "../../../../src/core/members/host-health.ts";
import type { HostHealth } from "../../../../src/core/memory/host-health.ts";
import type { PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { ALIVE, DEAD, UNKNOWN, XAPI_DOWN } from "../fixtures.ts";

const SETTINGS = { XAPI_COUNT: 2, XAPI_DELAY: 10, XAPI_DOWN_TOLERANCE: 300 };

/** Probes at seconds, and the state after each. */
function play(rows: readonly [number, PeerProbe][], settings = SETTINGS): readonly string[] {
  let health: HostHealth | undefined;
  return rows.map(([atS, probe]) => {
    health = stepHealth(health, probe, atS * 1_000, settings);
    return health?.state ?? "unseen";
  });
}

describe("stepHealth", () => {
  test("a silent host is a suspect, and failed after XAPI_COUNT retries XAPI_DELAY apart", () => {
    expect(
      play([
        [0, ALIVE()],
        [5, DEAD],
        [15, DEAD],
        [25, DEAD],
        [35, DEAD],
      ]),
    ).toEqual(["alive", "suspect", "suspect", "failed", "failed"]);
  });

  test("passes woken early do not shorten the patience", () => {
    expect(
      play([
        [0, DEAD],
        [1, DEAD],
        [2, DEAD],
        [3, DEAD],
        [9, DEAD],
        [10, DEAD],
        [11, DEAD],
        [20, DEAD],
      ]),
    ).toEqual(["suspect", "suspect", "suspect", "suspect", "suspect", "suspect", "suspect", "failed"]);
  });

  test("one good probe clears a suspicion and a failure", () => {
    expect(
      play([
        [0, DEAD],
        [10, ALIVE()],
        [20, DEAD],
        [30, DEAD],
      ]),
    ).toEqual(["suspect", "alive", "suspect", "suspect"]);
    expect(
      play([
        [0, DEAD],
        [10, DEAD],
        [20, DEAD],
        [30, ALIVE()],
      ]).at(-1),
    ).toBe("alive");
  });

  test("XAPI silent with ping answering is xapi-down for XAPI_DOWN_TOLERANCE, then like any silence", () => {
    expect(
      play([
        [0, ALIVE()],
        [10, XAPI_DOWN],
        [300, XAPI_DOWN],
        [310, XAPI_DOWN],
        [311, XAPI_DOWN],
        [321, XAPI_DOWN],
        [331, XAPI_DOWN],
      ]),
    ).toEqual(["alive", "xapi-down", "xapi-down", "xapi-down", "suspect", "suspect", "failed"]);
  });

  test("XAPI_DOWN_TOLERANCE=0: silent XAPI is silence at once, as HA-Lizard 2.x has it", () => {
    expect(
      play(
        [
          [0, ALIVE()],
          [10, XAPI_DOWN],
        ],
        { ...SETTINGS, XAPI_DOWN_TOLERANCE: 0 },
      ),
    ).toEqual(["alive", "suspect"]);
  });

  test("unknown is not dead: a probe that learnt nothing changes nothing", () => {
    expect(
      play([
        [0, UNKNOWN],
        [10, ALIVE()],
        [20, UNKNOWN],
        [30, UNKNOWN],
        [40, UNKNOWN],
      ]),
    ).toEqual(["unseen", "alive", "alive", "alive", "alive"]);
    expect(
      play([
        [0, DEAD],
        [10, UNKNOWN],
        [20, UNKNOWN],
        [30, UNKNOWN],
      ]).at(-1),
    ).toBe("suspect");
  });

  test("a toolstack restart of 60 s never makes a suspect", () => {
    const rows: [number, PeerProbe][] = [[0, ALIVE()]];
    for (let second = 1; second <= 60; second++) rows.push([second, XAPI_DOWN]);
    rows.push([61, ALIVE()]);
    expect(new Set(play(rows))).toEqual(new Set(["alive", "xapi-down"]));
  });
});
