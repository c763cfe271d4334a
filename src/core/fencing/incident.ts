import type { Incident, IncidentPhase } from "../memory/incident.ts";
import type { Memory } from "../memory/memory.ts";
import type { FenceFault } from "../model/action.ts";
import type { HostUuid } from "../model/ids.ts";
import { LEASE_METHOD } from "../model/lease-method.ts";
import { invariant, omit, put } from "../model/record.ts";

/** What happens to a host that has failed. */
export type IncidentEvent =
  /** None of the retries was answered: the first time, or after it had returned. */
  | { readonly kind: "host-failed"; readonly atMs: number }
  | { readonly kind: "fence-begun" }
  | {
      readonly kind: "fence-succeeded";
      readonly proved: boolean;
      readonly by: string | null;
      readonly atMs: number;
    }
  | { readonly kind: "fence-failed" }
  /** An administrator has looked: it is off (`ha-cfg confirm-off`). */
  | { readonly kind: "confirmed-off"; readonly atMs: number }
  /** Its lease is over: its hypervisor has reset it. */
  | { readonly kind: "lease-over"; readonly atMs: number }
  /** The administrator's written wish to go on without a proof (FENCE_HA_ONFAIL). */
  | { readonly kind: "fencing-waived"; readonly atMs: number }
  /** Its device says that it is on: it has been switched on since it was fenced. */
  | { readonly kind: "proof-over"; readonly atMs: number }
  /** FENCE_ACTION=reset: it has been switched on again by this program. */
  | { readonly kind: "switched-on"; readonly atMs: number }
  | { readonly kind: "declared-dead" }
  /** The database has VMs on it again: the master's xapi has started with an older one (adapters/xapi/README.md). */
  | { readonly kind: "declaration-lost" }
  /** XAPI refused to declare it dead: it still reaches the host (HOST_IS_LIVE). */
  | { readonly kind: "host-is-live" }
  /** So long ago that the host may have died since: everything begins anew. */
  | { readonly kind: "answer-expired"; readonly atMs: number }
  /** The host is alive again, by its probes. */
  | { readonly kind: "host-returned"; readonly atMs: number }
  /** A host that returned from a declared death is enabled again, or no longer in the pool. */
  | { readonly kind: "nothing-left" };

/** `over`: the incident ends, the host is a member like any other. */
type Next = IncidentPhase | "over";

/**
 * The life of one failed host: in this phase, after that event, it is in this phase. The order IS the safety: its VMs
 * may be started elsewhere (`declared`) only after `fenced`, and nothing leads to `fenced` but a fence agent's success
 * or the administrator's written wish (FENCE_HA_ONFAIL, POOL). An event that a phase does not name is a bug.
 *
 * A result of a fence, of declare_dead or of a look at the device can meet another phase than that in which it was begun:
 * HA was switched off and on meanwhile, or the dead master answered for a moment, and the host has failed again since.
 * Such a result says nothing about the host as it is now, so the phase stays.
 */
const LIFE: Readonly<Record<IncidentPhase, Partial<Record<IncidentEvent["kind"], Next>>>> = {
  open: {
    "fence-begun": "fencing",
    "confirmed-off": "fenced",
    "lease-over": "fenced",
    "fencing-waived": "fenced",
    "host-returned": "over",
    "fence-succeeded": "open",
    "fence-failed": "open",
    "declared-dead": "open",
    "host-is-live": "open",
    "proof-over": "open",
    "switched-on": "open",
  },
  fencing: {
    "fence-begun": "fencing",
    "confirmed-off": "fenced",
    "lease-over": "fenced",
    "fence-succeeded": "fenced",
    "fence-failed": "open",
    "fencing-waived": "fenced",
    "host-returned": "over",
    "declared-dead": "fencing",
    "host-is-live": "fencing",
    "proof-over": "fencing",
    "switched-on": "fencing",
  },
  fenced: {
    // A lease may be over before the agent has ended.
    "fence-succeeded": "fenced",
    "fence-failed": "fenced",
    "declared-dead": "declared",
    "host-is-live": "answered",
    "host-returned": "over",
    "proof-over": "open",
    "switched-on": "switched-on",
    "confirmed-off": "fenced",
  },
  declared: {
    "fence-succeeded": "declared",
    "fence-failed": "declared",
    "host-returned": "returned",
    "declaration-lost": "fenced",
    "proof-over": "switched-on",
    "switched-on": "switched-on",
    "confirmed-off": "declared",
  },
  "switched-on": {
    "fence-succeeded": "switched-on",
    "fence-failed": "switched-on",
    "confirmed-off": "fenced",
    "host-returned": "returned",
    "answer-expired": "open",
    "proof-over": "switched-on",
    "switched-on": "switched-on",
  },
  answered: {
    "fence-succeeded": "answered",
    "fence-failed": "answered",
    "confirmed-off": "fenced",
    "answer-expired": "open",
    "host-returned": "over",
    "proof-over": "answered",
    "switched-on": "answered",
  },
  returned: {
    "fence-succeeded": "returned",
    "fence-failed": "returned",
    "host-failed": "open",
    "nothing-left": "over",
    "proof-over": "returned",
    "switched-on": "returned",
  },
};

/** The incident of a host that has just failed. */
export function openIncident(host: HostUuid, atMs: number): Incident {
  return {
    host,
    openedAtMs: atMs,
    phase: "open",
    proved: false,
    isWord: false,
    by: null,
    fenceFailures: 0,
    vms: [],
    returnedAtMs: null,
    wasDeclared: false,
    offSinceMs: null,
    switchedOnAtMs: null,
  };
}

/** The incident after an event; null when it is over. */
export function stepIncident(incident: Incident, event: IncidentEvent): Incident | null {
  const step = LIFE[incident.phase][event.kind];
  // What our declaration has disabled waits until it is seen enabled, whatever happened to its proof since.
  const phase = step === "over" && event.kind === "host-returned" && incident.wasDeclared ? "returned" : step;
  invariant(phase !== undefined, `${event.kind} happens to a host whose incident is ${incident.phase}`);
  if (phase === "over") return null;
  const next: Incident = { ...incident, phase };
  switch (event.kind) {
    case "host-failed":
      return openIncident(incident.host, event.atMs);
    case "answer-expired":
      // One that does not boot is fenced once more, and then left off.
      return { ...openIncident(incident.host, event.atMs), ...onceOff(incident) };
    case "proof-over":
      if (phase === incident.phase) return next;
      return {
        ...next,
        ...{ proved: false, isWord: false },
        switchedOnAtMs: phase === "switched-on" ? event.atMs : next.switchedOnAtMs,
      };
    case "switched-on":
      return phase === "switched-on"
        ? { ...next, proved: false, isWord: false, switchedOnAtMs: event.atMs }
        : next;
    case "fence-succeeded": {
      const offSinceMs = incident.offSinceMs ?? event.atMs;
      return phase === "fenced" ? { ...next, proved: event.proved, by: event.by, offSinceMs } : next;
    }
    case "confirmed-off":
      return { ...next, proved: true, isWord: true, offSinceMs: incident.offSinceMs ?? event.atMs };
    case "lease-over": {
      const offSinceMs = incident.offSinceMs ?? event.atMs;
      return { ...next, proved: true, isWord: false, by: LEASE_METHOD, offSinceMs };
    }
    case "fencing-waived":
      return { ...next, proved: false, offSinceMs: incident.offSinceMs ?? event.atMs };
    case "fence-failed":
      if (incident.phase !== "fencing") return next;
      return { ...next, proved: false, fenceFailures: incident.fenceFailures + 1 };
    case "declared-dead":
      return { ...next, wasDeclared: phase === "declared" || incident.wasDeclared };
    case "host-returned":
      return { ...next, returnedAtMs: event.atMs };
    default:
      return next;
  }
}

/** What is kept of a host that was off before in this incident. */
function onceOff({ vms, wasDeclared, offSinceMs, switchedOnAtMs }: Incident): Partial<Incident> {
  return { vms, wasDeclared, offSinceMs, switchedOnAtMs };
}

/** Faults that leave open whether the host is alive, or its device works: no wish of an administrator reaches over these. */
const IN_DOUBT = new Set<FenceFault>(["host-answers-again", "last-probe-unknown", "agent-killed"]);

/** May a failed attempt be waived by the administrator's wish, or is the host perhaps alive? */
export function isWaivable(fault: FenceFault): boolean {
  return !IN_DOUBT.has(fault);
}

/** The memory after an event of an incident. */
export function afterEvent(memory: Memory, incident: Incident, event: IncidentEvent): Memory {
  const next = stepIncident(incident, event);
  const { host } = incident;
  const incidents = next === null ? omit(memory.incidents, host) : put(memory.incidents, host, next);
  return { ...memory, incidents };
}
