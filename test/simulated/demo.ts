import { join } from "node:path";
import { playScenario } from "./scenarios/run.ts";

/*
 * A failover for who cannot install what the demo's pool of namespaces needs: a master dies, in virtual time.
 */
const { story, failures } = await playScenario(join(import.meta.dir, "scenarios/setup-pool/master-dies"));
console.log("\nminutes:seconds, what happens, and what hosts h1, h2 and h3 log:\n");
console.log(story);
for (const failure of failures) console.error(`FAILED ${failure}`);
if (failures.length === 0) console.log("every VM runs exactly once; h2 is the master");
process.exitCode = failures.length === 0 ? 0 : 1;
