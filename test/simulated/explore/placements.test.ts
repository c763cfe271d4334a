import { expect, test } from "bun:test";
import { comparePools } from "../../unit/core/placement/compare-pools.ts";

test("of 10,000 small random pools none can be placed better", () => {
  const { better, placedAll } = comparePools(10_000);
  expect(better).toEqual([]);
  expect(placedAll).toBeGreaterThan(2_000);
  expect(placedAll).toBeLessThan(9_500);
}, 120_000);
