import { describe, expect, test } from "bun:test";
import { type LostHost, titleOf } from "./lost-host.ts";
import { strike } from "./strike.ts";
import { killsOf, traceStory } from "./trace.ts";

const MINUTE = 60_000;
/** `npm test` takes a sample that knows no favourites; `test/run interrupted` takes all. */
const EVERY = process.env["EVERY_MOMENT"] === "1" ? 1 : 3;

/** In a pool of so many hosts a slave or the master loses its power, and the iteration dies at every call it makes. */
export function killAtEveryMoment(hosts: number): void {
  describe("kill -9 of the iteration at every moment", () => {
    for (const role of ["slave", "master"] as const) {
      const story: LostHost = { hosts, role };
      test(
        `${titleOf(story)}: it is fenced, its VMs run once, whenever the iteration dies`,
        async () => {
          const kills = killsOf(await traceStory(story));
          expect(kills.length).toBeGreaterThan(100);
          for (const kill of kills.filter((_, index) => index % EVERY === 0))
            expect(await strike(story, kill)).toBe(null);
        },
        4 * MINUTE,
      );
    }
  });
}
