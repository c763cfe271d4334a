import { createHearingReader } from "../adapters/group/hearing-file.ts";
import { writeError, writeOutput } from "../adapters/processes/standard-streams.ts";
import { createWatchdogSlots } from "../adapters/watchdog/xenwatchdogd.ts";
import { endLease, type LeaseEnding } from "../app/daemons/end-lease.ts";
import { neverAborts } from "../ports/deadline.ts";
import { createRuntime } from "./runtime.ts";

/** Why the service is not stopped, and what helps. */
function refusal({ why, waitedMs }: Extract<LeaseEnding, { kind: "refused" }>): string {
  const cannot = "Cannot stop ha-lizard: this host has a lease (FENCE_METHOD=WATCHDOG), and";
  const cure = "Switch HA off (ha-cfg ha-disable)";
  if (why === "strands")
    return `${cannot} without it other hosts that have one would be no majority: their watchdogs would reset them. ${cure}, or make another host the master (xe pool-designate-new-master) or start the service on the others (ha-cfg status), and try again.\n`;
  return `${cannot} a majority of the pool has not noted its end within ${Math.round(waitedMs / 1_000)} s. Without the service its watchdog would reset this host. ${cure}, or see who is missing (ha-cfg status), and try again.\n`;
}

/** No other trouble ends with it. */
const STAYS_ARMED = 3;

/** `end-lease`: the service script calls it before it stops the monitor. 0: nothing is armed on this host; 3: something is, and stays so. */
export async function run(): Promise<number> {
  const { clock, store, paths, environment } = createRuntime();
  const slots = createWatchdogSlots({ paths, clock, environment });
  const hearing = createHearingReader(paths.hearing);
  const tell = (line: string) => writeOutput(`${line}\n`);
  const end = await endLease({ clock, store, slots, hearing, tell }, neverAborts());
  if (end.kind === "ended") tell("The lease of this host has ended.");
  if (end.kind !== "refused") return 0;
  writeError(refusal(end));
  return STAYS_ARMED;
}
