import { describe, expect, test } from "bun:test";
import { fingerprintParameters } from "../../../../src/core/members/parameters.ts";
import { EPOCH_KEY, OFFICE_KEY, RANKING_KEY, SUCCESSOR_KEY } from "../../../../src/core/model/pool-keys.ts";
import { FLAG } from "../fixtures.ts";

const PARAMETERS = { HA_MONITOR_DELAY: "45", [FLAG]: "true", [SUCCESSOR_KEY]: "h2" };
const print = (changes: Record<string, string>) => fingerprintParameters({ ...PARAMETERS, ...changes });

describe("fingerprintParameters", () => {
  test("the order of the keys is no change", () => {
    const reversed = Object.fromEntries(Object.entries(PARAMETERS).reverse());
    expect(fingerprintParameters(reversed)).toBe(print({}));
  });

  const changes: readonly [string, Record<string, string>][] = [
    ["another value of a parameter", { HA_MONITOR_DELAY: "46" }],
    ["a parameter that is new, though empty", { HA_MAIL_TO: "" }],
    ["HA switched off", { [FLAG]: "false" }],
    ["another successor", { [SUCCESSOR_KEY]: "h3" }],
    ["another ranking", { [RANKING_KEY]: "h2:h3" }],
    ["the office of a new master", { [OFFICE_KEY]: "1.h1.1" }],
    ["values that have changed places", { HA_MONITOR_DELAY: "true", [FLAG]: "45" }],
  ];
  for (const [what, over] of changes)
    test(`${what} is a change`, () => expect(print(over)).not.toBe(print({})));

  test("what an earlier version has noted of its take-overs is none", () =>
    expect(print({ [EPOCH_KEY]: "1" })).toBe(print({})));

  test("a key of another program is none", () => expect(print({ folder: "/racks/1" })).toBe(print({})));
});
