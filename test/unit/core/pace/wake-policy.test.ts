import { describe, expect, test } from "bun:test";
import {
  type DatabaseEvent,
  judgeEvents,
  MOST_PLACES,
  NOTHING_SEEN,
  type WakeMemory,
} from "../../../../src/core/pace/wake-policy.ts";

const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";
const event = (kind: string, snapshot: object | null): DatabaseEvent => ({
  class: kind,
  operation: snapshot === null ? "del" : "mod",
  snapshot: snapshot as DatabaseEvent["snapshot"],
});
const vm = (over: object = {}) =>
  event("vm", { power_state: "Halted", current_operations: {}, is_a_template: false, ...over });
const pool = (otherConfig: object) => event("pool", { other_config: otherConfig });
const known: WakeMemory = judgeEvents(NOTHING_SEEN, [pool({ HA_XE_TIMEOUT: "5", [FLAG]: "true" })]).memory;

describe("judgeEvents", () => {
  const rows: readonly [string, DatabaseEvent, boolean][] = [
    ["a VM that is halted", vm(), true],
    ["a VM that runs", vm({ power_state: "Running" }), false],
    ["a halted VM that is being started", vm({ current_operations: { "OpaqueRef:1": "start" } }), false],
    ["a template", vm({ is_a_template: true }), false],
    ["a snapshot", vm({ is_a_snapshot: true }), false],
    ["a VM that is gone", event("vm", null), false],
    ["a host that is off line", event("host_metrics", { live: false }), true],
    ["a host that has joined", { ...event("host_metrics", { live: true }), operation: "add" }, true],
    ["a host that is on line", event("host_metrics", { live: true }), false],
    ["another parameter", pool({ HA_XE_TIMEOUT: "6", [FLAG]: "true" }), true],
    ["HA switched off", pool({ HA_XE_TIMEOUT: "5", [FLAG]: "false" }), true],
    ["a parameter taken away", pool({ [FLAG]: "true" }), true],
    [
      "another successor, which the program writes itself",
      pool({ HA_XE_TIMEOUT: "5", [FLAG]: "true", autopromote_uuid: "x" }),
      false,
    ],
    ["the same in another order", pool({ [FLAG]: "true", HA_XE_TIMEOUT: "5" }), false],
    ["something else", event("host", { enabled: false }), false],
    ["a record that is none", event("pool", {}), true],
  ];
  for (const [what, change, wakes] of rows)
    test(`${what}: ${wakes ? "wakes" : "does not wake"}`, () =>
      expect(judgeEvents(known, [change]).wakes).toBe(wakes));

  test("the first sight of the pool is no change", () =>
    expect(judgeEvents(NOTHING_SEEN, [pool({ HA_XE_TIMEOUT: "9" })]).wakes).toBe(false));

  test("one of many is enough", () =>
    expect(
      judgeEvents(known, [vm({ power_state: "Running" }), vm(), vm({ power_state: "Paused" })]).wakes,
    ).toBe(true));

  const runs = (uuid: string, host: string, over: object = {}) =>
    vm({ power_state: "Running", uuid, resident_on: host, ...over });
  const seen = judgeEvents(known, [runs("web", "h1")]).memory;
  const places: readonly [string, DatabaseEvent, boolean][] = [
    ["a VM that runs where it ran", runs("web", "h1"), false],
    ["a VM that was moved", runs("web", "h2"), true],
    ["one that is being moved", runs("web", "h2", { current_operations: { x: "pool_migrate" } }), false],
    ["one that was never seen", runs("db", "h1"), true],
    ["a control domain", runs("dom0", "h2", { is_control_domain: true }), false],
  ];
  for (const [what, change, wakes] of places)
    test(`${what}: ${wakes ? "wakes" : "does not wake"}`, () => {
      const judged = judgeEvents(seen, [change]);
      expect(judged.wakes).toBe(wakes);
      // Said again it is nothing new.
      expect(judgeEvents(judged.memory, [change]).wakes).toBe(false);
    });

  test("a VM that was stopped, or suspended, and runs again where it ran: wakes", () => {
    for (const state of ["Halted", "Suspended"]) {
      const { memory } = judgeEvents(seen, [vm({ power_state: state, uuid: "web", resident_on: "h1" })]);
      expect(judgeEvents(memory, [runs("web", "h1")]).wakes).toBe(true);
    }
  });

  test("no more than so many places are kept, the latest", () => {
    const all = Array.from({ length: MOST_PLACES + 10 }, (_, index) => runs(`vm${index}`, "h1"));
    const { memory } = judgeEvents(known, all);
    expect(memory.places.size).toBe(MOST_PLACES);
    expect(judgeEvents(memory, [runs(`vm${MOST_PLACES + 9}`, "h1")]).wakes).toBe(false);
    expect(judgeEvents(memory, [runs("vm0", "h1")]).wakes).toBe(true);
  });
});
