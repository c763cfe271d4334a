import { join } from "node:path";
import { playScenario } from "./scenarios/run.ts";

/*
 * The failover of the demo for a machine that lacks what its pool of namespaces needs, and a user who cannot install it: a
 * scenario with the same story, in virtual time.
 */
const { story, failures } = await playScenario(join(import.meta.dir, "scenarios/setup-pool/master-dies"));
console.log("\nminutes:seconds, what happens, and what hosts h1, h2 and h3 log:\n");
console.log(story);
for (const failure of failures) console.error(`FAILED ${failure}`);
if (failures.length === 0) console.log("every VM runs exactly once; h2 is the master");
process.exitCode = failures.length === 0 ? 0 : 1;
