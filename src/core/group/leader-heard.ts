import { isElected, mandateUntil } from "./mandate.ts";
import type { GroupTimings } from "./timings.ts";
import type { Lead, Said } from "./vote-words.ts";
import type { Voting } from "./voting.ts";

/** What this host says of who leads. */
export function leadOf(voting: Voting, nowMs: number, timings: GroupTimings): Lead {
  if (mandateUntil(voting, nowMs, timings) !== null) return { kind: "leads" };
  if (isElected(voting, nowMs, timings)) return { kind: "elected" };
  if (voting.stored.term.host === voting.self) return { kind: "stands" };
  for (const [leader, { words, atMs }] of voting.said)
    if (nowMs - atMs <= timings.silentMs && isLeader(words.lead)) return { kind: "hears", leader };
  return [...voting.said.values()].some((said) => reportsLeader(voting, said, nowMs, timings))
    ? { kind: "told" }
    : { kind: "none" };
}

const isLeader = ({ kind }: Lead): boolean => kind === "leads" || kind === "elected";

/** What others hear of this host is no leader to follow: it has just given up. */
function reportsLeader(
  { self }: Voting,
  { words, atMs }: Said,
  nowMs: number,
  { saidMs }: GroupTimings,
): boolean {
  return nowMs - atMs <= saidMs && words.lead.kind === "hears" && words.lead.leader !== self;
}
