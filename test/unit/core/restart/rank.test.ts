import { expect, test } from "bun:test";
import { rankOf } from "../../../../src/core/restart/rank.ts";

test("by class, then by order, negative orders last within their class", () => {
  const vms = [
    { restartPriority: "restart", order: 0 },
    { restartPriority: "restart", order: 7 },
    { restartPriority: "restart", order: -1 },
    { restartPriority: "", order: 0 },
    { restartPriority: "", order: 2 ** 60 },
    { restartPriority: "best-effort", order: 0 },
    { restartPriority: "best-effort", order: -5 },
  ] as const;
  const ranks = vms.map(rankOf);
  expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  expect(new Set(ranks).size).toBe(vms.length);
});
