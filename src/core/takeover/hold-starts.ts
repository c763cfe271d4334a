import { groupOf, hasMandate } from "../group/may-act.ts";
import { hostName } from "../members/host-rows.ts";
import type { Memory } from "../memory/memory.ts";
import type { HostUuid } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { missingMembers } from "./gathering.ts";
import type { JudgedRound } from "./mastership.ts";

/** What holds back every start of this round. */
export interface Hold {
  readonly reasons: readonly Reason[];
  /** The same in words, for a VM that stays down because of it. */
  readonly why: string;
}

/** null when nothing speaks against starts. */
export function holdStarts(memory: Memory, round: JudgedRound): Hold | null {
  const { settings, mastership, view } = round;
  if (!hasMandate(view)) return { reasons: [], why: "this host does not lead the group" };
  if (groupOf(view)?.roll?.master !== view.self.uuid)
    return { reasons: [], why: "the group has named another host as master" };
  if (memory.promotion !== null) return { reasons: [], why: "the take-over by this master is not complete" };
  if (memory.promoted !== null && !settings.SLAVE_HA)
    return {
      reasons: [],
      why: "SLAVE_HA=0: a host that was promoted starts nothing until its old master is back",
    };
  if (mastership.kind === "calls-back") return waitFor(mastership.members, memory);
  if (memory.gathering !== null && settings.PROMOTE_SLAVE) {
    const missing = missingMembers(memory, round);
    return missing.length > 0
      ? waitFor(missing, memory)
      : { reasons: [], why: "the members have only just come back" };
  }
  return null;
}

function waitFor(members: readonly HostUuid[], memory: Memory): Hold {
  const hosts = members.map((host) => hostName(memory, host));
  const [only] = hosts;
  const cure =
    hosts.length === 1
      ? `if that host is off: ha-cfg confirm-off ${only}`
      : "for each that is off: ha-cfg confirm-off";
  return {
    reasons: [{ kind: "waits-for-members", hosts }],
    why: `these members have neither come back nor been fenced: ${hosts.join(", ")} (${cure})`,
  };
}
