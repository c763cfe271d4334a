import { leadOf } from "./leader-heard.ts";
import type { GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/**
 * Is nothing being agreed on? There is a leader and its roll is settled; or this host has no roll, and nothing to say.
 * Then a message may wait for the next second.
 */
export function isCalm(voting: Voting, nowMs: number, timings: GroupTimings): boolean {
  const { roll, before } = voting.stored;
  if (roll === null) return true;
  const { kind } = leadOf(voting, nowMs, timings);
  return before === null && (kind === "leads" || kind === "hears");
}
