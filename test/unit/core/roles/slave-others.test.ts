import { describe, expect, test } from "bun:test";
import type { IncidentPhase } from "../../../../src/core/memory/incident.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { decideSlave } from "../../../../src/core/roles/slave.ts";
import {
  ALIVE,
  DEAD,
  healthIn,
  host,
  incidentIn,
  MASTER,
  memoryWith,
  type Situation,
  said,
  slaveRound,
  XAPI_DOWN,
} from "../fixtures.ts";
import { NOBODY_LEADS } from "../sight.ts";

/** h2 is a slave whose master h1 is silent, and has fenced h3 by the administrator's choice; h3 answers again. */
function look(over: Partial<Memory>, situation: Situation = {}) {
  const health = { h1: healthIn("suspect"), h3: healthIn("failed") };
  const memory = memoryWith({ health, ...over });
  const probes = { h1: DEAD, h3: ALIVE(), ...situation.probes };
  const round = slaveRound(memory, { group: NOBODY_LEADS, nowMs: 9_000, ...situation, probes });
  const { memory: after, reasons } = decideSlave(round);
  const incident = after.incidents["h3"];
  return {
    phase: incident?.phase ?? "over",
    incident,
    memory: after,
    says: said(reasons)
      .filter((line) => line.startsWith("host-back"))
      .join(),
  };
}

describe("decideSlave, a host that this one has fenced lives again", () => {
  const phases: readonly [IncidentPhase, IncidentPhase | "over"][] = [
    ["open", "over"],
    ["fencing", "over"],
    ["fenced", "over"],
    ["answered", "over"],
    ["declared", "returned"],
    ["switched-on", "returned"],
  ];
  for (const [phase, next] of phases)
    test(`decideSlave: its incident was ${phase}: ${next}, and that is told`, () => {
      const after = look({ incidents: incidentIn(phase, { proved: true, offSinceMs: 5 }) });
      expect([after.phase, after.says]).toEqual([next, "host-back h3"]);
    });

  test("decideSlave: it boots, which is life as well", () =>
    expect(look({ incidents: incidentIn("fenced") }, { probes: { h3: XAPI_DOWN } })).toMatchObject({
      phase: "over",
      says: "host-back h3",
    }));

  test("decideSlave: it was declared dead before its proof was over: it waits until it is enabled", () =>
    expect(look({ incidents: incidentIn("fenced", { wasDeclared: true }) })).toMatchObject({
      phase: "returned",
      incident: { returnedAtMs: 9_000 },
    }));

  test("decideSlave: one that has returned before is not told again, and has returned when it had", () =>
    expect(look({ incidents: incidentIn("returned", { returnedAtMs: 5 }) })).toMatchObject({
      phase: "returned",
      says: "",
      incident: { returnedAtMs: 5 },
    }));

  const fenced = incidentIn("fenced", { proved: true });
  const stays: readonly [string, Situation][] = [
    ["it does not answer", { probes: { h3: DEAD } }],
    ["its agent is still running", { inFlight: ["fence-host:h3"] }],
  ];
  for (const [title, situation] of stays)
    test(`decideSlave: ${title}: its incident stays`, () => {
      const after = look({ incidents: fenced }, situation);
      expect([after.incident, after.says]).toEqual([fenced["h3"], ""]);
    });

  test("decideSlave: no master is known: it is over all the same", () => {
    const after = look({ incidents: fenced, lastGood: null });
    expect([after.phase, after.says]).toEqual(["over", "host-back h3"]);
  });

  test("decideSlave: the master lives as well: each return is told once", () => {
    const incidents = { ...fenced, ...incidentIn("fenced", { uuid: host(1), proved: true }) };
    const after = look({ incidents, health: { h1: healthIn("failed") } }, { probes: { h1: MASTER } });
    expect([after.memory.incidents, after.says]).toEqual([{}, "host-back h3,host-back h1"]);
  });
});
