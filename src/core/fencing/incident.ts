import type { FenceFault } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";

/**
 * The recovery of one failed host, from its failure to its return. The order IS the safety: its VMs are given free
 * (`declared`) only after `fenced`, and nothing leads there but a fence agent's success or the administrator's written
 * wish (FENCE_HA_ONFAIL, POOL).
 */
export interface Incident {
  readonly host: HostUuid;
  readonly openedAtMs: number;
  readonly phase:
    | "open" // failed, not fenced (yet)
    | "fencing" // an attempt was begun; after a crash it is simply begun again
    | "fenced" // no VM runs there any more, as far as the method can know
    | "declared" // XAPI has reset its VMs, disabled it, released its disks
    | "answered"; // XAPI reached the host after all (HOST_IS_LIVE): hands off
  /** The power-off was confirmed by an agent, not merely assumed. */
  readonly proved: boolean;
  readonly fenceFailures: number;
}

export type IncidentEvent =
  | { readonly kind: "fence-begun" }
  | { readonly kind: "fence-succeeded"; readonly proved: boolean }
  | { readonly kind: "fence-failed"; readonly fault: FenceFault; readonly goOnAnyway: boolean }
  | { readonly kind: "declared-dead" }
  | { readonly kind: "host-is-live" };

/** Faults that leave open whether the host is alive: no wish of an administrator reaches over these. */
const IN_DOUBT = new Set<FenceFault>(["host-answers-again", "last-probe-unknown"]);

export function openIncident(host: HostUuid, nowMs: number): Incident {
  return { host, openedAtMs: nowMs, phase: "open", proved: false, fenceFailures: 0 };
}

/** The incident after an event; an event that does not fit its phase changes nothing. */
export function stepIncident(incident: Incident, event: IncidentEvent): Incident {
  switch (event.kind) {
    case "fence-begun":
      return incident.phase === "open" ? { ...incident, phase: "fencing" } : incident;
    case "fence-succeeded":
      return incident.phase === "fencing" ? { ...incident, phase: "fenced", proved: event.proved } : incident;
    case "fence-failed":
      if (incident.phase !== "fencing") return incident;
      return {
        ...incident,
        fenceFailures: incident.fenceFailures + 1,
        phase: event.goOnAnyway && !IN_DOUBT.has(event.fault) ? "fenced" : "open",
        proved: false,
      };
    case "declared-dead":
      return incident.phase === "fenced" ? { ...incident, phase: "declared" } : incident;
    case "host-is-live":
      return incident.phase === "fenced" ? { ...incident, phase: "answered" } : incident;
  }
}

/** Does this incident still keep the host's VMs from being started elsewhere? */
export function isSettled(incident: Incident): boolean {
  return incident.phase === "declared";
}
