import type { GroupSight } from "../model/group-sight.ts";
import type { HostUuid } from "../model/ids.ts";
import { leadOf } from "./leader-heard.ts";
import { mandateUntil } from "./mandate.ts";
import type { GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/** What is published of the vote of this host. `trouble`: why it takes no part; then nothing that it has stored counts. */
export function groupSight(
  voting: Voting,
  {
    nowMs,
    awaited,
    handsOver,
    trouble,
  }: {
    readonly nowMs: number;
    readonly awaited: readonly HostUuid[];
    /** It acts no more, and is about to give up its term. */
    readonly handsOver: boolean;
    readonly trouble: string | null;
  },
  timings: GroupTimings,
): GroupSight {
  const { roll, before } = voting.stored;
  const lead = leadOf(voting, nowMs, timings);
  const isOwn = lead.kind === "leads" || lead.kind === "elected";
  return {
    lead: lead.kind,
    leader: isOwn ? voting.self : lead.kind === "hears" ? lead.leader : null,
    mandateUntilMs: handsOver || trouble !== null ? null : mandateUntil(voting, nowMs, timings),
    roll:
      roll === null
        ? null
        : {
            hosts: roll.hosts.map(({ host }) => host),
            master: roll.master,
            ha: roll.ha,
            settled: before === null,
          },
    awaited,
    trouble,
  };
}
