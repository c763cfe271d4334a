import { hasMandate } from "../group/may-act.ts";
import { hostName, hostRows, rowOf } from "../members/host-rows.ts";
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
  if (memory.promotion !== null) return { reasons: [], why: "the take-over by this master is not complete" };
  if (memory.promoted !== null && !settings.SLAVE_HA)
    return {
      reasons: [],
      why: "SLAVE_HA=0: a host that was promoted starts nothing until its old master is back",
    };
  if (mastership.kind === "calls-back") return waitFor(mastership.members, memory);
  const elsewherePossible =
    settings.PROMOTE_SLAVE && (settings.FENCE_QUORUM_REQUIRED || !memory.sawPoolSinceBoot);
  if (mastership.kind === "unproven" && elsewherePossible) {
    const { followers, members } = mastership;
    if (hasOnlyJustSeenThePool(memory, round))
      return {
        reasons: [],
        why: "the other hosts have not been heard yet, so one of them may be the master",
      };
    return {
      reasons: [{ kind: "too-few-followers", followers, members }],
      why: "too few members follow this master, so another one may have been promoted",
    };
  }
  if (memory.gathering !== null && settings.PROMOTE_SLAVE) {
    const missing = missingMembers(memory, round);
    return missing.length > 0
      ? waitFor(missing, memory)
      : { reasons: [], why: "the members have only just come back" };
  }
  return null;
}

/** From the first look at a pool the monitor learns whom to listen to; whoever lives is heard within ten seconds. */
const FIRST_LOOK_MS = 10_000;

function hasOnlyJustSeenThePool(memory: Memory, { view }: JudgedRound): boolean {
  const { known } = rowOf(hostRows(memory, view), view.self.uuid);
  return known !== null && view.nowMs - known.xapiStartedAtMs < FIRST_LOOK_MS;
}

function waitFor(members: readonly HostUuid[], memory: Memory): Hold {
  const hosts = members.map((host) => hostName(memory, host));
  return {
    reasons: [{ kind: "waits-for-members", hosts }],
    why: `these members have neither come back nor been fenced: ${hosts.join(", ")}`,
  };
}
