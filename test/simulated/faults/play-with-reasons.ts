import { join } from "node:path";
import { playScenario } from "../scenarios/run.ts";

/** What became of a scenario in a patched copy of the tree. */
export interface Played {
  /** Claims that did not hold and rules that were broken. */
  readonly failures: readonly string[];
  /** An iteration ended with an exception: the mutant is broken code, not a plausible regression. */
  readonly crashed: boolean;
}

/** Run in the copy: plays the scenarios named on the command line and writes what became of each. */
if (import.meta.main) {
  const results: Record<string, Played> = {};
  for (const name of process.argv.slice(2)) {
    const { story, failures } = await playScenario(join(import.meta.dir, "..", "scenarios", name));
    results[name] = { failures, crashed: story.includes("pass-crashed") };
  }
  process.stdout.write(JSON.stringify(results));
}
