import type { Random } from "../../../src/simulation/random.ts";
import type { Params } from "./draw-params.ts";
import type { Step } from "./plan.ts";

/** A place where ties are claimed; the tie of a pool in which it was changed is another one. */
export function drawTie(random: Random): Params {
  return {
    TIE_BREAKER: random.pick(["ssh", "ssh", "sr"]),
    TIE_BREAKER_PLACE: random.pick(["ha@192.0.2.9:/ties", "ha@192.0.2.10:/ties"]),
    FENCE_QUORUM_REQUIRED: "1",
  };
}

/** What can befall the place, and an administrator who wants another one, each after a step of the history. */
export function withTieSteps(random: Random, steps: readonly Step[], hosts: number): readonly Step[] {
  const host = () => `h${1 + random.below(hosts)}`;
  const draws: readonly (() => readonly string[])[] = [
    () => ["cut", host(), "tie"],
    () => ["cut", host(), "tie"],
    () => ["tie", "down"],
    () => ["tie", "up"],
    () => ["tie", "deaf"],
    () => ["tie", "slow", random.pick(["1s", "5s", "9s"])],
    () => ["param", "TIE_BREAKER_PLACE", random.pick(["ha@192.0.2.9:/ties", "ha@192.0.2.10:/ties"])],
    () => ["param", "TIE_BREAKER", random.pick(["ssh", "none", "sr"])],
  ];
  const all = [...steps];
  for (let left = random.below(4); left > 0; left--) {
    const at = random.below(all.length);
    const atS = (all[at]?.atS ?? 0) + random.next();
    all.splice(at + 1, 0, { atS, words: random.pick(draws)() });
  }
  return all.sort((a, b) => a.atS - b.atS);
}
