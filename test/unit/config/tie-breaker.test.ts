import { expect, test } from "bun:test";
import { asksHeuristicIps } from "../../../src/config/tie-breaker.ts";

test.each([
  ["none", false, false],
  ["none", true, true],
  ["ip", false, true],
  ["ip", true, true],
  ["ssh", true, false],
  ["sr", true, false],
] as const)(
  "asksHeuristicIps: TIE_BREAKER=%s, FENCE_USE_IP_HEURISTICS %p: %p",
  (TIE_BREAKER, FENCE_USE_IP_HEURISTICS, asked) =>
    expect(asksHeuristicIps({ TIE_BREAKER, FENCE_USE_IP_HEURISTICS })).toBe(asked),
);
