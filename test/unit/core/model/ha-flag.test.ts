import { describe, expect, test } from "bun:test";
import { customFieldKey, haFlagOf, isSetByPeople } from "../../../../src/core/model/ha-flag.ts";
import { FLAG } from "../fixtures.ts";

test("customFieldKey: the key under which XenCenter shows the field", () =>
  expect(customFieldKey("ha-lizard-enabled")).toBe(FLAG));

describe("haFlagOf", () => {
  const rows: readonly [string, Record<string, string>, string][] = [
    ["true", { [FLAG]: "true" }, "on"],
    ["false", { [FLAG]: "false" }, "off"],
    ["absent", {}, "unset"],
    ["empty", { [FLAG]: "" }, "unset"],
    ["True", { [FLAG]: "True" }, "unset"],
    ["1", { [FLAG]: "1" }, "unset"],
    ["true in another field", { "XenCenter.CustomFields.other": "true" }, "unset"],
    ["true outside XenCenter's fields", { "ha-lizard-enabled": "true" }, "unset"],
  ];
  for (const [what, otherConfig, flag] of rows)
    test(`${what} is ${flag}`, () => expect(haFlagOf(otherConfig, "ha-lizard-enabled")).toBe(flag as never));
});

describe("isSetByPeople", () => {
  const rows: readonly [string, boolean][] = [
    ["HA_MONITOR_DELAY", true],
    [FLAG, true],
    ["autopromote_uuid", false],
    ["ha-lizard-epoch", false],
    ["OTHER_HA_VALUE", false],
    ["folder", false],
  ];
  for (const [key, isTheirs] of rows)
    test(`${key} is set by ${isTheirs ? "people" : "programs"}`, () =>
      expect(isSetByPeople(key)).toBe(isTheirs));
});
