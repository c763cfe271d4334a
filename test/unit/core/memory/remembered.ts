import { openIncident } from "../../../../src/core/fencing/incident.ts";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import type { PromotionState } from "../../../../src/core/memory/promotion.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { goodView, host } from "../fixtures.ts";

export function remembered(over: Partial<Memory> = {}): Memory {
  return { ...emptyMemory("boot-1"), lastGood: goodView(), ...over };
}

export function incidentOn(uuid: HostUuid, phase: Incident["phase"], over: Partial<Incident> = {}): Incident {
  return { ...openIncident(uuid, 0), phase, ...over };
}

/** A take-over from h1 whose database is being set right. */
export function takeOver(over: Partial<PromotionState> = {}): PromotionState {
  return { oldMaster: host(1), sinceMs: 0, phase: "righting", ...over };
}
