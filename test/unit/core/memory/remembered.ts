import { openIncident } from "../../../../src/core/fencing/incident.ts";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import type { PromotionState } from "../../../../src/core/memory/promotion.ts";
import type { HostUuid } from "../../../../src/core/model/ids.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { goodView, host } from "../fixtures.ts";

export function remembered(over: Partial<Memory> = {}): Memory {
  return { ...emptyMemory("boot-1"), lastGood: goodView(), ...over };
}

export function incidentOn(uuid: HostUuid, phase: Incident["phase"], over: Partial<Incident> = {}): Incident {
  return { ...openIncident(uuid, 0), phase, ...over };
}

/** A take-over from h1 that waits for h3. */
export function takeOver(over: Partial<PromotionState> = {}): PromotionState {
  const begun = { nowMs: 0, awaited: [host(3)], inMaintenance: [], startTimes: { h3: "1." } };
  return { ...beginPromotion({ oldMaster: host(1), ...begun }), ...over };
}
