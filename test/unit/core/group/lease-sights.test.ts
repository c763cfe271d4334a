import { describe, expect, test } from "bun:test";
import { enteredHosts } from "../../../../src/core/group/lease-sights.ts";
import { groupState, type Others } from "./states.ts";
import { NOW_MS } from "./votes.ts";

describe("enteredHosts: who is heard in the boot that the roll has", () => {
  const rows: readonly [string, Others, string | undefined, string][] = [
    ["all of them", { b: {}, c: {} }, undefined, "abc"],
    ["not who is silent", { b: { age: 9 }, c: {} }, undefined, "ac"],
    ["not who has booted since", { b: { boot: "boot-new" }, c: {} }, undefined, "ac"],
    ["not who is not on the roll", { b: {}, c: {}, d: {} }, undefined, "abc"],
    ["not this host, when it has booted since", { b: {}, c: {} }, "boot-new", "bc"],
  ];
  for (const [what, others, boot, expected] of rows)
    test(what, () => expect(enteredHosts(groupState({}, others, boot), NOW_MS).join("")).toBe(expected));
});
