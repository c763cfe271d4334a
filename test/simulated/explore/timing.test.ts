import { describe, expect, test } from "bun:test";
import { createRandom } from "../../../src/simulation/random.ts";
import { type Links, playTimed } from "./timing.ts";

/** Seconds until there is a leader for good, after the links stand still. */
const BOUND_MS: Readonly<Record<Links, number>> = { all: 15_000, "one-way": 25_000, some: 15_000 };
const HISTORIES = 60;
const NAMES = ["a", "b", "c", "d", "e"];

/** Clocks that differ by one part in a hundred, monitors that are killed or sleep, links that come and go, then stand still. */
describe("a leader where one host exchanges messages with a majority, and never two", () => {
  for (const size of [2, 3, 4, 5])
    for (const links of ["all", "one-way", "some"] as const)
      test(`${size} hosts, ${links} links`, () => {
        const bad = Array.from({ length: HISTORIES }, (_, at) => at + 1).filter((seed) => {
          const { twice, canLead, leaderlessMs } = playTimed(NAMES.slice(0, size), links, createRandom(seed));
          return twice || (canLead && (leaderlessMs ?? 0) > BOUND_MS[links]);
        });
        expect(bad).toEqual([]);
      });
});
