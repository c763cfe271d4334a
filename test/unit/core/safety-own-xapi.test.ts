import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../src/core/memory/memory.ts";
import type { Action } from "../../../src/core/model/action.ts";
import type { PeerProbe } from "../../../src/core/model/pool-view.ts";
import { assertSafe } from "../../../src/core/safety.ts";
import {
  ALIVE,
  address,
  DEAD,
  goodView,
  healthIn,
  host,
  incidentIn,
  knownHost,
  MASTER,
  masterRound,
  memoryWith,
  type Situation,
} from "./fixtures.ts";
import { takeOver } from "./memory/remembered.ts";
import { isLedBy, type SightOver } from "./sight.ts";

describe("assertSafe: only whom the group has named becomes master", () => {
  const seen = memoryWith({
    promotion: takeOver({ oldMaster: host(2), phase: "promoting" }),
    incidents: incidentIn("fenced", { uuid: host(2), proved: true }),
  });
  const again: Action = { kind: "promote-self", rests: [host(2)], route: null };
  test("this host is named, and leads: allowed", () =>
    expect(() => assertSafe([again], seen, masterRound(seen))).not.toThrow());
  const rows: readonly [string, SightOver][] = [
    ["another host is named", { roll: { master: host(2) } }],
    ["the roll is not settled", { roll: { settled: false } }],
    ["HA is off for the group", { roll: { ha: false } }],
    ["this host is in no group", { roll: null }],
  ];
  for (const [title, group] of rows)
    test(`${title}: a bug`, () =>
      expect(() => assertSafe([again], seen, masterRound(seen, { group }))).toThrow(
        "only whom the group has named becomes master",
      ));
});

describe("assertSafe: a route is blocked only to an old master that is proved off", () => {
  const rests = [host(2)];
  const seen = (proved: boolean) =>
    memoryWith({
      lastGood: goodView({ hosts: [1, 2, 3].map((number) => knownHost(host(number))) }),
      promotion: takeOver({ oldMaster: host(2), phase: "promoting" }),
      incidents: incidentIn("fenced", { uuid: host(2), proved }),
    });
  const check = (action: Action, memory: Memory) =>
    expect(() => assertSafe([action], memory, masterRound(memory)));
  const why = "a route is blocked only to an old master that is proved off";
  test("its own: allowed", () =>
    check({ kind: "promote-self", rests, route: address(host(2)) }, seen(true)).not.toThrow());
  test("that to another host: a bug", () =>
    check({ kind: "promote-self", rests, route: address(host(3)) }, seen(true)).toThrow(why));
  test("where nothing proves that it is off: a bug", () =>
    check({ kind: "promote-self", rests: [], route: address(host(2)) }, seen(false)).toThrow(why));
});

describe("assertSafe: a master that lives is replaced only when it has become a slave", () => {
  const seen = memoryWith({ promotion: takeOver({ oldMaster: host(2), phase: "promoting" }) });
  const again: Action = { kind: "promote-self", rests: [], route: null };
  const check = (h2: PeerProbe) =>
    expect(() => assertSafe([again], seen, masterRound(seen, { probes: { h2 } })));
  test("it says that it is a slave: allowed", () => check(ALIVE(host(3))).not.toThrow());
  test("it says that it is master: a bug", () => check(MASTER).toThrow("a master is replaced only when"));
  test("it says nothing: a bug", () => check(DEAD).toThrow("a master is replaced only when"));
  test("nobody is fenced by choice: allowed where it is silent, a bug where it lives", () => {
    const settings = { FENCE_ENABLED: false };
    const unfenced = (state: "failed" | "alive") => {
      const memory = { ...seen, health: { h2: healthIn(state) } };
      return expect(() => assertSafe([again], memory, masterRound(memory, { settings })));
    };
    unfenced("failed").not.toThrow();
    unfenced("alive").toThrow("a master is replaced only when");
  });
});

describe("assertSafe: the own xapi, while HA is not on as far as this host knows", () => {
  const follow: Action = { kind: "follow-master", address: "10.0.0.2" };
  const hold: Action = { kind: "hold-xapi" };
  const release: Action = { kind: "release-xapi" };
  const offs = [memoryWith({ lastGood: goodView({ haFlag: "off" }) }), memoryWith({ lastGood: null })];
  const allows = (action: Action, situation: Situation, seen: Memory) => {
    try {
      assertSafe([action], seen, masterRound(seen, situation));
      return true;
    } catch {
      return false;
    }
  };
  // By the group's word that HA is on: an old copy of the database may say otherwise.
  const rows: readonly [string, Action, Situation, boolean][] = [
    ["a follow, where the group says that it is on", follow, {}, true],
    ["a hold, where the group says that it is on", hold, {}, true],
    ["a follow, where the group says that it is off", follow, { group: { roll: { ha: false } } }, false],
    ["a hold, where the group says that it is off", hold, { group: { roll: { ha: false } } }, false],
    ["a follow, where this host is in no group", follow, { group: { roll: null } }, false],
    ["a follow, where its monitor says nothing", follow, { hearing: "unknown" }, false],
    [
      "the end of a hold, where the group says that it is off",
      release,
      { group: { roll: { ha: false } } },
      true,
    ],
    ["the end of a hold, where its monitor says nothing", release, { hearing: "unknown" }, true],
    [
      "the end of a route, where its monitor says nothing",
      { kind: "unblock-routes" },
      { hearing: "unknown" },
      true,
    ],
    ["a restart of a silent toolstack", { kind: "restart-toolstack" }, {}, false],
  ];
  for (const [title, action, situation, isAllowed] of rows)
    test(`${title}: ${isAllowed ? "allowed" : "a bug"}`, () =>
      expect(offs.map((seen) => allows(action, situation, seen))).toEqual([isAllowed, isAllowed]));

  test("without a mandate: allowed, each host sees to its own xapi", () => {
    const led = { group: isLedBy(host(2)) };
    for (const action of [follow, hold, release]) expect(allows(action, led, memoryWith())).toBe(true);
  });
});
