import { describe, expect, test } from "bun:test";
import {
  type Incident,
  type IncidentEvent,
  openIncident,
  stepIncident,
} from "../../../../src/core/fencing/incident.ts";
import { host } from "../fixtures.ts";

const EVENTS: readonly IncidentEvent[] = [
  { kind: "fence-begun" },
  { kind: "fence-succeeded", proved: true },
  { kind: "fence-failed", fault: "agent-failed", goOnAnyway: false },
  { kind: "declared-dead" },
  { kind: "host-is-live" },
];
const at = (phase: Incident["phase"]): Incident => ({ ...openIncident(host(2), 0), phase });

describe("stepIncident", () => {
  // phase -> phase after each event, in the order of EVENTS
  const table: Record<Incident["phase"], readonly Incident["phase"][]> = {
    open: ["fencing", "open", "open", "open", "open"],
    fencing: ["fencing", "fenced", "open", "fencing", "fencing"],
    fenced: ["fenced", "fenced", "fenced", "declared", "answered"],
    declared: ["declared", "declared", "declared", "declared", "declared"],
    answered: ["answered", "answered", "answered", "answered", "answered"],
  };
  for (const phase of Object.keys(table) as Incident["phase"][]) {
    test(`${phase}: begun, succeeded, failed, declared, is-live lead to ${table[phase].join(", ")}`, () => {
      expect(EVENTS.map((event) => stepIncident(at(phase), event).phase)).toEqual([...table[phase]]);
    });
  }

  test("nothing but a fence leads to declared: every path of four events is tried", () => {
    for (const a of EVENTS)
      for (const b of EVENTS)
        for (const c of EVENTS)
          for (const d of EVENTS) {
            const path = [a, b, c, d];
            const end = path.reduce(stepIncident, at("open"));
            const fenced = path.some((event) => event.kind === "fence-succeeded");
            if (end.phase === "declared") expect(fenced).toBe(true);
          }
  });

  test("FENCE_HA_ONFAIL goes on without a proof, but never for a host that answers again", () => {
    const failed = (fault: "agent-timeout" | "host-answers-again") =>
      stepIncident(at("fencing"), { kind: "fence-failed", fault, goOnAnyway: true });
    expect(failed("agent-timeout")).toMatchObject({ phase: "fenced", proved: false, fenceFailures: 1 });
    expect(failed("host-answers-again")).toMatchObject({ phase: "open", proved: false });
  });
});
