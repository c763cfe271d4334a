import { describe, expect, test } from "bun:test";
import { noteOwnBoots, ownBootsMs } from "../../../../src/core/members/own-boots.ts";
import type { KnownHost } from "../../../../src/core/memory/last-good.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HostView } from "../../../../src/core/model/pool-view.ts";
import { database, goodView, host, hostView, knownHost, masterRound, memoryWith } from "../fixtures.ts";

const FIRST_S = 1_795_426_000;
const at = (minutes: number): string => `${FIRST_S + minutes * 60}.`;

/** Boots of h2 in minutes since its first one, as they are known after a round in which it is seen with this boot time. */
function noted(
  known: Partial<KnownHost>,
  seen: Partial<HostView>,
  over: Partial<Memory> = {},
): readonly number[] | undefined {
  const lastGood = goodView({
    hosts: [knownHost(host(1)), knownHost(host(2), { bootTime: at(0), ...known })],
  });
  const { view } = masterRound(memoryWith(), {
    database: database([hostView(host(1)), hostView(host(2), seen)]),
  });
  const { ownBootsS } = noteOwnBoots(memoryWith({ lastGood, ...over }), view);
  return ownBootsS["h2"]?.map((bootS) => (bootS - FIRST_S) / 60);
}

const earlier = (...minutes: readonly number[]) => ({
  ownBootsS: { h2: minutes.map((min) => FIRST_S + min * 60) },
});

describe("noteOwnBoots", () => {
  test("a host that was enabled when it was seen last has another boot time", () => {
    expect(noted({}, { bootTime: at(30) })).toEqual([30]);
    expect(noted({}, { bootTime: at(30) }, earlier(10))).toEqual([10, 30]);
  });
  test("it is the same boot, within the seconds by which xapi may reckon it anew", () => {
    expect(noted({}, { bootTime: `${FIRST_S + 4}.` })).toBeUndefined();
    expect(noted({}, { bootTime: at(0) }, earlier(0))).toEqual([0]);
  });
  test("one that was disabled before was rebooted on purpose; but not one that xapi has disabled at its start", () => {
    expect(noted({ enabled: false }, { bootTime: at(30) })).toBeUndefined();
    expect(noted({ enabled: false, disabledByStart: true }, { bootTime: at(30) })).toEqual([30]);
  });
  test("one that was fenced since it was seen to boot has been counted so", () => {
    const fenced = (atMs: number) =>
      noted({ bootedAtMs: 500 }, { bootTime: at(30) }, { fencedAtMs: { h2: [atMs] } });
    expect([fenced(600), fenced(400)]).toEqual([undefined, [30]]);
  });
  test("what is not known is none", () => {
    expect(noted({ bootTime: null }, { bootTime: at(30) })).toBeUndefined();
    expect(noted({}, { bootTime: null })).toBeUndefined();
    expect(noted({}, { bootTime: "never" })).toBeUndefined();
  });
  test("those of more than an hour ago, and of a clock that was set back, are forgotten with the next one; five are kept", () => {
    expect(noted({}, { bootTime: at(90) }, earlier(10, 40))).toEqual([40, 90]);
    expect(noted({}, { bootTime: at(30) }, earlier(40))).toEqual([30]);
    expect(noted({}, { bootTime: at(30) }, earlier(1, 2, 3, 4, 5))).toEqual([2, 3, 4, 5, 30]);
  });
  test("with HA off all are", () => {
    const lastGood = goodView({ haFlag: "off" });
    expect(
      noteOwnBoots(memoryWith({ lastGood, ...earlier(1) }), masterRound(memoryWith()).view).ownBootsS,
    ).toEqual({});
  });
});

describe("ownBootsMs", () => {
  const times = (boots: readonly number[], own: string | null, nowMs = 600_000) =>
    ownBootsMs(
      host(2),
      host(1),
      { lastGood: goodView({ hosts: [knownHost(host(1), { bootTime: own })] }), ...earlier(...boots) },
      nowMs,
    );
  test("by the uptime of this host, which may have booted since", () =>
    expect(times([-10, 5], at(0))).toEqual([-600_000, 300_000]));
  test("a clock that is a little ahead says just now, and one that is far off nothing", () =>
    expect(times([11, 200, -200], at(0))).toEqual([600_000]));
  test("without the own boot time nothing is known", () => {
    expect(times([5], null)).toEqual([]);
    expect(times([5], "never")).toEqual([]);
  });
});
