import type { RunPass } from "../../../src/simulation/monitor.ts";
import { actingOf, BOUND_MS, cutOff, isHealed, type LostHost, poolOf, titleOf } from "./lost-host.ts";
import { followCalls, type Moment } from "./moment.ts";

/** Where to kill, and whether the fence agents that run there die as well. */
export interface Kill {
  readonly moment: Moment;
  readonly withAgents: boolean;
}

/** Every moment of the story undisturbed, from the loss until every VM runs again. */
export async function traceStory(story: LostHost, pass?: RunPass): Promise<readonly Moment[]> {
  const pool = await poolOf(story, pass);
  const moments: Moment[] = [];
  followCalls(pool, actingOf(story), new AbortController().signal, (moment) => {
    moments.push(moment);
    return false;
  });
  cutOff(pool, story);
  const healed = await pool.until(() => isHealed(pool, story), BOUND_MS);
  if (!healed) throw new Error(`Cannot trace the story: undisturbed, ${titleOf(story)} does not heal`);
  return moments;
}

/**
 * The kills that differ. A killed iteration leaves behind what it has told the world, by calls that act, and nothing
 * else; the world moves only with time. So moments of one millisecond with the same calls told are one kill: the end of
 * a read and the beginning of the next call, or all of the questions that go out together. The first of them is tried.
 * Nothing is left out for being only nearly the same: a later moment with nothing new told is a kill of its own, and no
 * two sides of a call that acts fall together.
 */
export function killsOf(moments: readonly Moment[]): readonly Kill[] {
  const seen = new Set<string>();
  const kills: Kill[] = [];
  for (const moment of moments) {
    const key = `${moment.atMs} ${moment.told}`;
    if (seen.has(key)) continue;
    seen.add(key);
    kills.push({ moment, withAgents: false });
    if (moment.agents > 0) kills.push({ moment, withAgents: true });
  }
  return kills;
}
