import { describe, expect, test } from "bun:test";
import { storedBy } from "../../../../src/core/group/stored-by.ts";
import { groupState, type Others } from "./states.ts";
import { NOW_MS, type Voter } from "./votes.ts";

describe("storedBy: who has stored this very roll, by its own word", () => {
  const has = { roll: "1c.2 abc" };
  const said = { b: { roll: "1c.2" }, c: { roll: "1c.2" } };
  const rows: readonly [string, Voter, Others, string][] = [
    ["all of them", { ...has, said }, { b: {}, c: {} }, "abc"],
    ["not who has an older one", { ...has, said: { ...said, c: { roll: "1c.1" } } }, { b: {}, c: {} }, "ab"],
    ["not who is silent", { ...has, said }, { b: { age: 9 }, c: {} }, "ac"],
    ["not who has said nothing", { ...has, said: { b: said.b } }, { b: {}, c: {} }, "ab"],
    ["not who is not on it", { roll: "1c.2 ab", said }, { b: {}, c: {} }, "ab"],
  ];
  for (const [what, given, others, expected] of rows)
    test(`${what}: ${expected}`, () =>
      expect(storedBy(groupState(given, others), NOW_MS).join("")).toBe(expected));
});
