import { unexpected } from "./known.ts";
import { type Conditions, drawPlan } from "./plan.ts";
import { play } from "./play.ts";
import { addPlayed, NO_SUMS, type Sums } from "./sums.ts";

/** A run of seeds, and the bounds of the pools that are drawn. */
export interface Chunk {
  readonly first: number;
  readonly count: number;
  readonly least: number;
  readonly most: number;
  readonly conditions?: Conditions;
}

export interface ChunkResult {
  readonly sums: Sums;
  readonly failures: readonly { readonly seed: number; readonly failures: readonly string[] }[];
}

/** The pools of `npm run simulate` when nothing else is wished for. */
const [LEAST, MOST] = [2, 16];

/** Plays the histories of a run of seeds one after the other. */
export async function playChunk({ first, count, least, most, conditions }: Chunk): Promise<ChunkResult> {
  let sums = NO_SUMS;
  const failures: { seed: number; failures: readonly string[] }[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const played = await play(drawPlan(seed, least, most, conditions));
    sums = addPlayed(sums, played);
    // Under other conditions, or with other pools, a seed is another history.
    const isOther = Object.values(conditions ?? {}).some((wished) => wished);
    const isUsual = least === LEAST && most === MOST && !isOther;
    const told = isUsual ? unexpected(seed, played.failures) : played.failures;
    if (told.length > 0) failures.push({ seed, failures: told });
  }
  return { sums, failures };
}
