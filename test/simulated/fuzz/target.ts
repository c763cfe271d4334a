import type { Random } from "../../../src/simulation/random.ts";

/** One kind of input that the program reads. */
export interface Target {
  readonly name: string;
  /** Plays one input that `random` draws. Throws when the program did what no input may make it do. */
  play(random: Random): void | Promise<void>;
}

/** A target that is a function of one text: it must not throw, whatever the text. */
export function textTarget(
  name: string,
  samples: readonly string[],
  mangle: (random: Random, text: string) => string,
  read: (text: string) => unknown,
): Target {
  return { name, play: (random) => void read(mangle(random, random.pick(samples))) };
}

export function claim(condition: boolean, what: string): void {
  if (!condition) throw new Error(`Broken: ${what}`);
}
