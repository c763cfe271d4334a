import { expect, test } from "bun:test";
import { aboutText, limitMs, usualSeconds } from "./durations.ts";

test("aboutText: seconds up to a minute and a half, then minutes", () => {
  expect([aboutText(5), aboutText(89), aboutText(90), aboutText(240)]).toEqual([
    "about 5 s",
    "about 89 s",
    "about 2 min",
    "about 4 min",
  ]);
});

test("limitMs: every ring has a limit, well above what it usually takes", () => {
  for (const ring of ["core", "e2e", "random", "a new one"]) {
    expect(limitMs(ring)).toBeGreaterThanOrEqual(usualSeconds(ring) * 4_000);
    expect(limitMs(ring)).toBeLessThanOrEqual(30 * 60_000);
  }
});
