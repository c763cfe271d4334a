import { describe, expect, test } from "bun:test";
import { type DatabaseEvent, judgeEvents, type WakeMemory } from "../../../../src/core/pace/wake-policy.ts";

const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";
const event = (kind: string, snapshot: object | null): DatabaseEvent => ({
  class: kind,
  operation: snapshot === null ? "del" : "mod",
  snapshot: snapshot as DatabaseEvent["snapshot"],
});
const vm = (over: object = {}) =>
  event("vm", { power_state: "Halted", current_operations: {}, is_a_template: false, ...over });
const pool = (otherConfig: object) => event("pool", { other_config: otherConfig });
const known: WakeMemory = judgeEvents({ parameters: null }, [
  pool({ HA_XE_TIMEOUT: "5", [FLAG]: "true" }),
]).memory;

describe("judgeEvents", () => {
  const rows: readonly [string, DatabaseEvent, boolean][] = [
    ["a VM that is halted", vm(), true],
    ["a VM that runs", vm({ power_state: "Running" }), false],
    ["a halted VM that is being started", vm({ current_operations: { "OpaqueRef:1": "start" } }), false],
    ["a template", vm({ is_a_template: true }), false],
    ["a snapshot", vm({ is_a_snapshot: true }), false],
    ["a VM that is gone", event("vm", null), false],
    ["a host that is off line", event("host_metrics", { live: false }), true],
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
    expect(judgeEvents({ parameters: null }, [pool({ HA_XE_TIMEOUT: "9" })]).wakes).toBe(false));

  test("one of many is enough", () =>
    expect(
      judgeEvents(known, [vm({ power_state: "Running" }), vm(), vm({ power_state: "Paused" })]).wakes,
    ).toBe(true));
});
