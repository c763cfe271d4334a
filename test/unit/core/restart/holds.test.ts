import { describe, expect, test } from "bun:test";
import { emptyMemory } from "../../../../src/core/memory/memory.ts";
import { holdsOf } from "../../../../src/core/restart/holds.ts";
import {
  database,
  goodView,
  haltedVm,
  healthIn,
  host,
  masterRound,
  runsThere,
  type Situation,
  three,
  vm,
} from "../fixtures.ts";

const AT_MS = 1_000_000;

/** The hold of web, which has been down since then. */
function hold(situation: Situation, downSinceMs: number, h3AliveSinceMs = 0) {
  const memory = {
    ...emptyMemory("boot-1"),
    lastGood: goodView(),
    down: { web: { sinceMs: downSinceMs, failure: null } },
    health: { h3: healthIn("alive", { sinceMs: h3AliveSinceMs }) },
  };
  const seen = database(three(), { halted: [haltedVm("web")] });
  return holdsOf(memory, masterRound(memory, { nowMs: AT_MS, database: seen, ...situation })).get(vm("web"));
}

const silent3 = { runs: new Map([[host(2), runsThere(host(1))]]) };

describe("holdsOf", () => {
  test("everybody says no: there is none", () => expect(hold({}, 0)).toBeUndefined());

  test("it runs somewhere", () => {
    const runs = new Map([
      [host(2), runsThere(host(1))],
      [host(3), runsThere(host(1), [vm("web")])],
    ]);
    expect(hold({ runs }, 0)).toEqual({
      kind: "runs-already",
      why: "it runs on h3, although the pool database says otherwise",
      isSettling: false,
      isLong: true,
    });
  });

  const rows: readonly [string, number, number, boolean][] = [
    ["a VM that is down for a minute, by a host that is as it is for long", AT_MS - 60_000, 0, true],
    ["a VM that is down for less", AT_MS - 59_000, 0, false],
    ["a host that has just come back", 0, AT_MS - 59_000, false],
  ];
  for (const [title, downSinceMs, h3SinceMs, isLong] of rows)
    test(`${title}: ${isLong ? "told" : "not told yet"}`, () =>
      expect(hold(silent3, downSinceMs, h3SinceMs)).toEqual({
        kind: "whereabouts-not-known",
        why: "h3 has not answered whether it runs it (if that host is off: ha-cfg confirm-off h3)",
        isSettling: false,
        isLong,
      }));
});
