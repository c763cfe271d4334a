import { describe, expect, test } from "bun:test";
import { createRandom } from "../../../src/simulation/random.ts";
import { playLeased } from "./leased.ts";

/** What the parameters ask for changes often, and datagrams are late. */
const WISHES = {
  ...{
    leaseMs: 15_000,
    endMs: 180_000,
    kill: 0.003,
    stall: 0.003,
    wish: 0.3,
    cut: 0.08,
    late: 0.2,
    loss: 0.05,
  },
  ...{ bare: false },
};
/** Monitors are killed and stalled, links cut; what is wished for stays. */
const ROUGH = { ...WISHES, wish: 0, kill: 0.01, stall: 0.01, cut: 0.15, late: 0.1 };
const SEEDS = 150;

describe("leases: no host counts as off by its lease and lives", () => {
  for (const [what, options] of [
    ["what is wished for changes", WISHES],
    ["monitors are killed and stalled, and clocks differ", ROUGH],
  ] as const)
    test(`${SEEDS} histories of three hosts: ${what}`, () => {
      for (let seed = 1_100; seed < 1_100 + SEEDS; seed++)
        expect([seed, playLeased([..."abc"], options, createRandom(seed)).wrong]).toEqual([seed, null]);
    });
});
