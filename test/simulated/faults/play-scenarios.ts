import { join } from "node:path";
import { playScenario } from "../scenarios/run.ts";

/** Plays the scenarios named and writes, for each, which claims and rules broke: run in a patched copy of the tree. */
const results: Record<string, readonly string[]> = {};
for (const name of process.argv.slice(2)) {
  results[name] = (await playScenario(join(import.meta.dir, "..", "scenarios", name))).failures;
}
process.stdout.write(JSON.stringify(results));
