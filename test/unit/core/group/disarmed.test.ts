import { describe, expect, test } from "bun:test";
import {
  isAnyDisarmed,
  isAtRest,
  isDisarmed,
  isHostDisarmed,
  isPoolDisarmed,
} from "../../../../src/core/group/disarmed.ts";
import type { Action } from "../../../../src/core/model/action.ts";
import type { DisarmSight } from "../../../../src/core/model/group-sight.ts";
import { fenceOf, host, masterRound, memoryWith, vm } from "../fixtures.ts";

const POOL: DisarmSight = { host: null, leftMs: 5 };
const SECOND: DisarmSight = { host: host(2), leftMs: 0 };
const view = (...disarms: readonly DisarmSight[]) =>
  masterRound(memoryWith(), { group: { roll: { disarms } } }).view;

describe("isDisarmed", () => {
  const rows: readonly [string, readonly DisarmSight[], readonly boolean[]][] = [
    ["nothing", [], [false, false, false, false]],
    ["the pool", [POOL], [true, false, true, true]],
    ["h2", [SECOND], [false, true, true, true]],
    ["h3", [{ host: host(3), leftMs: 5 }], [false, false, false, true]],
  ];
  for (const [what, disarms, expected] of rows)
    test(`${what} rests: pool, h2 alone, h2, anything`, () => {
      const seen = view(...disarms);
      const h2 = host(2);
      expect([
        isPoolDisarmed(seen),
        isHostDisarmed(seen, h2),
        isDisarmed(seen, h2),
        isAnyDisarmed(seen),
      ]).toEqual([...expected]);
    });

  test("a host that is in no group rests for nothing", () => {
    const { view: seen } = masterRound(memoryWith(), { group: { roll: null } });
    expect([isPoolDisarmed(seen), isAnyDisarmed(seen)]).toEqual([false, false]);
  });
});

describe("isAtRest: what is not begun", () => {
  const start: Action = {
    kind: "start-vm",
    vm: vm("a"),
    name: "a",
    candidates: [],
    asks: [],
    rests: [],
    unlessOn: [],
  };
  const rows: readonly [string, Action, boolean, boolean, boolean][] = [
    ["a start", start, true, false, false],
    ["the fence of h2", fenceOf(host(2)), true, true, false],
    ["a promotion of h1", { kind: "promote-self", rests: [], route: null }, true, false, true],
    ["h1 gives up its place", { kind: "resign-master", address: "x" }, true, false, true],
    ["a toolstack of h1", { kind: "restart-toolstack" }, true, false, true],
    ["a reboot of h1", { kind: "reboot-self" }, true, false, true],
    ["the xapi of h2", { kind: "restart-xapi", host: host(2), mayEnd: [] }, true, true, false],
    ["h2 is switched on", { kind: "switch-on-host", host: host(2) }, true, false, false],
    ["h2 is enabled", { kind: "enable-host", host: host(2) }, true, false, false],
    [
      "h2 is declared dead, which ends what was begun",
      { kind: "declare-host-dead", host: host(2), proved: true },
      false,
      false,
      false,
    ],
    ["what is held is released", { kind: "release-xapi" }, false, false, false],
    ["a note", { kind: "set-pool-key", key: "k", value: "v" }, false, false, false],
  ];
  for (const [what, action, pool, second, first] of rows)
    test(`${what}: pool ${pool}, h2 ${second}, h1 ${first}`, () => {
      const at = (...disarms: readonly DisarmSight[]) => isAtRest(action, view(...disarms), host(1));
      expect([at(), at(POOL), at(SECOND), at({ host: host(1), leftMs: 5 })]).toEqual([
        false,
        pool,
        second,
        first,
      ]);
    });
});
