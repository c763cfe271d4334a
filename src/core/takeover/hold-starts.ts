import { isPoolDisarmed } from "../group/disarmed.ts";
import { hasMandate } from "../group/may-act.ts";
import type { Memory } from "../memory/memory.ts";
import { isRighting } from "../memory/promotion.ts";
import type { MasterRound } from "../memory/step.ts";
import { hasOffice } from "./take-office.ts";

/** What holds back every start of this round, in words; null when nothing speaks against starts. */
export function whyNoStarts(memory: Memory, round: MasterRound): string | null {
  const { settings, view } = round;
  if (!hasMandate(view)) return "this host does not lead the group";
  if (isPoolDisarmed(view)) return "HA is disarmed (ha-cfg disarm)";
  if (isRighting(memory))
    return "the pool database has not been corrected yet after the take-over by this master";
  if (!hasOffice(round)) return "this master has not written its office into the pool database yet";
  const isPromoted = memory.promoted !== null || memory.promotion?.oldMaster != null;
  if (isPromoted && !settings.SLAVE_HA)
    return "SLAVE_HA=0: a host that was promoted starts nothing until its old master is back";
  return null;
}
