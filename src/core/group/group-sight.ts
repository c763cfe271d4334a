import type {
  GroupSight,
  LeaseOver,
  LeaseSight,
  OwnLeaseSight,
  TieSight,
  TieTest,
} from "../model/group-sight.ts";
import type { HostUuid } from "../model/ids.ts";
import { type DisarmWatch, disarmsNow, stepDisarmWatch } from "./disarm.ts";
import { leadOf } from "./leader-heard.ts";
import { mandateUntil } from "./mandate.ts";
import { officeText } from "./roll.ts";
import type { GroupTimings } from "./timings.ts";
import type { Voting } from "./voting.ts";

/** What is published of the vote of this host. `trouble`: why it takes no part; then nothing that it has stored counts. */
export function groupSight(
  voting: Voting,
  {
    nowMs,
    awaited,
    handsOver,
    isOnDisk,
    trouble,
    confirmedOff,
    agreedAtMs,
    leases,
    leaseOver,
    entered,
    storedBy,
    disarm,
    ownLease,
    tie,
    tieTest,
    last,
  }: {
    readonly nowMs: number;
    readonly awaited: readonly HostUuid[];
    readonly confirmedOff: readonly HostUuid[];
    /** agreed.ts. */
    readonly agreedAtMs: number | null;
    /** It acts no more, and is about to give up its term. */
    readonly handsOver: boolean;
    /** What it has stored is: what is not there may not be said, and nobody acts on it. */
    readonly isOnDisk: boolean;
    readonly trouble: string | null;
    readonly leases: readonly LeaseSight[];
    readonly leaseOver: readonly LeaseOver[];
    readonly entered: readonly HostUuid[];
    readonly storedBy: readonly HostUuid[];
    readonly disarm: DisarmWatch;
    readonly ownLease: OwnLeaseSight | null;
    readonly tie: TieSight | null;
    readonly tieTest: TieTest | null;
    readonly last: GroupSight | null;
  },
  timings: GroupTimings,
): GroupSight {
  const { roll, before } = voting.stored;
  const lead = leadOf(voting, nowMs, timings);
  const isOwn = lead.kind === "leads" || lead.kind === "elected";
  const leader = isOwn ? voting.self : lead.kind === "hears" ? lead.leader : null;
  return {
    lead: lead.kind,
    leader,
    sinceMs: last?.lead === lead.kind && last.leader === leader ? last.sinceMs : nowMs,
    mandateUntilMs: handsOver || !isOnDisk || trouble !== null ? null : mandateUntil(voting, nowMs, timings),
    roll:
      roll === null
        ? null
        : {
            hosts: roll.hosts.map(({ host }) => host),
            master: roll.master,
            office: officeText(roll.office),
            ha: roll.ha,
            settled: before === null,
            entered,
            storedBy,
            disarms: disarmsNow(stepDisarmWatch(disarm, voting.stored, nowMs), voting.stored, {
              nowMs,
              leads: isOwn,
            }),
            disarmWord: roll.disarm.word,
          },
    agreedAtMs: trouble === null ? agreedAtMs : null,
    awaited,
    confirmedOff,
    leases,
    leaseOver,
    ownLease,
    tie,
    tieTest,
    trouble,
  };
}
