import { describe, expect, test } from "bun:test";
import { emptyMemory } from "../../../../src/core/memory/memory.ts";
import { seeRunning } from "../../../../src/core/restart/see-running.ts";
import { DEAD, goodView, host, masterRound, runsThere, type Situation, vm } from "../fixtures.ts";

const AT_MS = 1_000_000;

/** What h1 remembers after a round. */
function after(situation: Situation, seen: Record<string, number> = {}) {
  const before = { ...emptyMemory("boot-1"), lastGood: goodView(), heardAtMs: seen };
  const { memory } = seeRunning(before, masterRound(before, { nowMs: AT_MS, ...situation }));
  return memory;
}

const says = (runs: readonly string[]) => runsThere(host(1), runs.map(vm));

describe("seeRunning", () => {
  test("everybody answers: who is heard, who runs nothing, and nothing else is kept", () => {
    const runs = new Map([
      [host(2), says(["web"])],
      [host(3), says([])],
    ]);
    expect(after({ runs })).toMatchObject({
      heardAtMs: { h2: AT_MS, h3: AT_MS },
      emptyAtMs: { h3: AT_MS },
      seenRunning: {},
    });
  });

  test("a host is silent: what was seen running on the others, this one included, is kept", () => {
    const runs = new Map([[host(2), says(["web"])]]);
    const situation = { runs, probes: { h3: DEAD }, self: { domains: [vm("own")] } };
    expect(after(situation, { h3: 7 })).toMatchObject({
      heardAtMs: { h2: AT_MS, h3: 7 },
      emptyAtMs: {},
      seenRunning: { web: { host: host(2), atMs: AT_MS }, own: { host: host(1), atMs: AT_MS } },
    });
  });

  test("a host that cannot tell what it runs is heard, and runs perhaps something", () => {
    const runs = new Map([
      [host(2), { ...says([]), runs: "unknown" as const }],
      [host(3), says([])],
    ]);
    expect(after({ runs })).toMatchObject({ heardAtMs: { h2: AT_MS }, emptyAtMs: { h3: AT_MS } });
    expect(Object.keys(after({ runs }).emptyAtMs)).toEqual(["h3"]);
  });
});
