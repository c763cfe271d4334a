import { writeError, writeOutput } from "../adapters/processes/standard-streams.ts";
import { createWatchdogSlots } from "../adapters/watchdog/xenwatchdogd.ts";
import { endLease } from "../app/daemons/end-lease.ts";
import { neverAborts } from "../ports/deadline.ts";
import { createRuntime } from "./runtime.ts";

const REFUSED =
  "Cannot stop ha-lizard: this host has a lease (FENCE_METHOD=WATCHDOG), and a majority of the pool has not noted its end within 20 s. Without the service its watchdog would reset this host. Switch HA off (ha-cfg ha-disable), or see who is missing (ha-cfg status), and try again.\n";

/** No other trouble ends with it. */
const STAYS_ARMED = 3;

/** `end-lease`: the service script calls it before it stops the monitor. 0: nothing is armed on this host; 3: something is, and stays so. */
export async function run(): Promise<number> {
  const { clock, store, paths, environment } = createRuntime();
  const slots = createWatchdogSlots({ paths, clock, environment });
  const end = await endLease({ clock, store, slots }, neverAborts());
  if (end === "ended") writeOutput("The lease of this host has ended.\n");
  if (end === "refused") writeError(REFUSED);
  return end === "refused" ? STAYS_ARMED : 0;
}
