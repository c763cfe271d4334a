import type { Incident } from "../../core/memory/incident.ts";
import type { PromotionPhase } from "../../core/memory/promotion.ts";
import type { HostUuid } from "../../core/model/ids.ts";
import { nameOf, type Sight } from "../sight/sight.ts";
import type { IncidentReport } from "./status-report.ts";

const PHASES: Readonly<Record<Incident["phase"], string>> = {
  open: "has failed and is not fenced yet",
  fencing: "has failed and is being fenced",
  fenced: "has failed and is fenced; XAPI is being told",
  declared: "has failed; its VMs are free to start elsewhere",
  answered: "had failed, but XAPI reaches it: its VMs stay where they are",
  "switched-on": "is no longer off: it was switched on again, and is booting",
  returned: "has returned, and is not enabled yet",
};

const TAKE_OVER: Readonly<Record<PromotionPhase, string>> = {
  proved: "the hosts are agreeing on it",
  named: "the hosts have agreed on it",
  promoting: "XAPI is becoming master",
  righting: "the pool database is being corrected",
  righted: "the other hosts are coming back",
};

/** What is not over: hosts that failed, a take-over, a copy of the database that is old, this host being alone. */
export function incidentReports(sight: Sight, nowMs: number): readonly IncidentReport[] {
  const { memory } = sight;
  if (memory === null) return [];
  const { incidents, promotion, isolation, copy, alerts } = memory.memory;
  const open = Object.values(incidents).filter(({ phase }) => phase !== "returned");
  const ageS = (sinceMs: number) =>
    memory.ofThisBoot ? Math.max(0, Math.round((nowMs - sinceMs) / 1_000)) : null;
  const failed = open.map((incident): IncidentReport => {
    const host = nameOf(sight, incident.host);
    const tries = incident.fenceFailures === 0 ? "" : `; fencing failed ${times(incident.fenceFailures)}`;
    const text = `${host} ${PHASES[incident.phase]}${tries}`;
    return { kind: "host-failed", host, text, ageS: ageS(incident.openedAtMs) };
  });
  return [
    ...failed,
    ...(promotion === null
      ? []
      : [promotionReport(sight, promotion.oldMaster, promotion.phase, ageS(promotion.sinceMs))]),
    ...(Object.hasOwn(alerts.active, "copy-is-old")
      ? [oldCopyReport(sight, copy && ageS(copy.currentAtMs))]
      : []),
    ...(isolation === null ? [] : [isolationReport(isolation.rebooted, ageS(isolation.sinceMs))]),
  ];
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function promotionReport(
  sight: Sight,
  oldMaster: HostUuid | null,
  phase: PromotionPhase,
  ageS: number | null,
): IncidentReport {
  const host = oldMaster === null ? null : nameOf(sight, oldMaster);
  const from = host === null ? "" : ` from ${host}`;
  const text = `this host takes over as master${from}: ${TAKE_OVER[phase]}`;
  return { kind: "promotion", host, text, ageS };
}

function oldCopyReport(sight: Sight, age: number | null): IncidentReport {
  const host = sight.master === null ? null : nameOf(sight, sight.master);
  const text = "this host cannot fetch a copy of the pool database, and the one that it has is old";
  return { kind: "old-copy", host, text, ageS: age };
}

function isolationReport(rebooted: boolean, ageS: number | null): IncidentReport {
  const cost = rebooted ? "; it has rebooted itself for that once and will not again" : "";
  return {
    kind: "isolation",
    host: null,
    text: `this host saw no other member and had no quorum${cost}`,
    ageS,
  };
}
