import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { writeOutput } from "../adapters/processes/standard-streams.ts";
import { untestedText } from "../cli/fence-warnings.ts";
import { createMethods } from "./real-fence-methods.ts";
import { BUILT_IN } from "./real-fencer.ts";
import { createRuntime } from "./runtime.ts";

/** Shows how an agent is written; its name is nobody's method. */
const EXAMPLE = "EXAMPLE";

/**
 * `fence --own-agents`: a line for each agent in the standard folder that is not of this program, and that cannot be run
 * or has not been tested on this host. install.sh shows it: agents of HA-Lizard 2.x are taken over as they are.
 */
export async function run(): Promise<number> {
  const runtime = createRuntime(false);
  const { fence } = runtime.paths;
  const methods = createMethods(runtime);
  const names = existsSync(fence) ? readdirSync(fence).sort() : [];
  for (const method of names) {
    const isOwn =
      !BUILT_IN.has(method) && method !== EXAMPLE && existsSync(join(fence, method, `${method}.sh`));
    if (!isOwn) continue;
    const request = { method, agents: fence, timeoutMs: 0, device: { password: "", user: "", address: "" } };
    const { faults, untestedAgent } = await methods.examine(request, []);
    for (const fault of faults) writeOutput(`${fault}\n`);
    if (untestedAgent !== null)
      writeOutput(`${untestedText(untestedAgent)}; before HA is on, run: ha-cfg fence-test\n`);
  }
  return 0;
}
