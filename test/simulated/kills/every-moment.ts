import { describe, expect, test } from "bun:test";
import { type LostHost, titleOf } from "./lost-host.ts";
import { strike } from "./strike.ts";
import { killsOf, traceStory } from "./trace.ts";

const MINUTE = 60_000;

/** In pools of two, three and four hosts one of this role loses its power, and the iteration dies at every call it makes. */
export function killAtEveryMoment(role: LostHost["role"]): void {
  describe("kill -9 of the iteration at every moment", () => {
    for (const hosts of [2, 3, 4]) {
      const story: LostHost = { hosts, role };
      test(
        `${titleOf(story)}: it is fenced, its VMs run once, whenever the iteration dies`,
        async () => {
          const kills = killsOf(await traceStory(story));
          expect(kills.length).toBeGreaterThan(100);
          for (const kill of kills) expect(await strike(story, kill)).toBe(null);
        },
        4 * MINUTE,
      );
    }
  });
}
