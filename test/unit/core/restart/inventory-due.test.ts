import { expect, test } from "bun:test";
import { isInventoryDue } from "../../../../src/core/restart/inventory-due.ts";
import { database, haltedVm, host, hostView, memoryWith, SETTINGS } from "../fixtures.ts";

const of = (flag: "on" | "off") => {
  const { lastGood } = memoryWith({});
  return { lastGood: lastGood === null ? null : { ...lastGood, haFlag: flag } };
};
const down = database([hostView(host(1))], { halted: [haltedVm("a")] });

test("only where HA is on, VMs are started one by one, and there is one to start", () => {
  expect(isInventoryDue(of("on"), down, SETTINGS)).toBe(true);
  expect(isInventoryDue(of("off"), down, SETTINGS)).toBe(false);
  expect(isInventoryDue({ lastGood: null }, down, SETTINGS)).toBe(false);
  expect(isInventoryDue(of("on"), down, { ...SETTINGS, OP_MODE: 1 })).toBe(false);
  const left = database([hostView(host(1))], { halted: [haltedVm("a", { startBlocked: true })] });
  expect(isInventoryDue(of("on"), left, SETTINGS)).toBe(false);
});
