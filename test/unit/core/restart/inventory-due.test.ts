import { expect, test } from "bun:test";
import { whyInventoryDue } from "../../../../src/core/restart/inventory-due.ts";
import { database, haltedVm, host, hostView, memoryWith, SETTINGS } from "../fixtures.ts";

const of = (flag: "on" | "off") => {
  const memory = memoryWith({});
  const { lastGood } = memory;
  return { ...memory, lastGood: lastGood === null ? null : { ...lastGood, haFlag: flag } };
};
const down = database([hostView(host(1))], { halted: [haltedVm("a")] });

test("only where HA is on, VMs are started one by one, and there is one to start", () => {
  expect(whyInventoryDue(of("on"), down, SETTINGS, 0)).toBe("for-a-start");
  expect(whyInventoryDue(of("off"), down, SETTINGS, 0)).toBeNull();
  expect(whyInventoryDue({ ...of("on"), lastGood: null }, down, SETTINGS, 0)).toBeNull();
  expect(whyInventoryDue(of("on"), down, { ...SETTINGS, OP_MODE: 1 }, 0)).toBeNull();
  const left = database([hostView(host(1))], { halted: [haltedVm("a", { startBlocked: true })] });
  expect(whyInventoryDue(of("on"), left, SETTINGS, 0)).toBeNull();
  // Five minutes after the boot the pool is looked at as a whole.
  expect(whyInventoryDue(of("on"), left, SETTINGS, 300_000)).toBe("for-the-standing");
});
