import { describe, expect, test } from "bun:test";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { decideSlave } from "../../../../src/core/roles/slave.ts";
import {
  ALIVE,
  address,
  DEAD,
  healthIn,
  host,
  incidentIn,
  MASTER,
  memoryWith,
  type Situation,
  said,
  short,
  slaveRound,
} from "../fixtures.ts";
import { takeOver } from "../memory/remembered.ts";
import { isLedBy, type SightOver } from "../sight.ts";

const NAMED: SightOver = { roll: { master: host(2) } };
const failed = { h1: healthIn("failed"), h3: healthIn("alive") };
const of = (phase: Incident["phase"], over: Partial<Incident> = {}) =>
  incidentIn(phase, { uuid: host(1), ...over });

/** h2, which the group has named in the place of h1. */
function look(over: Partial<Memory> = {}, situation: Situation = {}) {
  const memory = memoryWith({
    following: address(host(1)),
    health: failed,
    promotion: takeOver({ phase: "named" }),
    ...over,
  });
  const probes = { h1: DEAD, h3: ALIVE() };
  const step = decideSlave(slaveRound(memory, { probes, group: NAMED, ...situation }));
  return { does: short(step.actions).join(), says: said(step.reasons), memory: step.memory };
}

describe("decideSlave: named in the place of a master that is not known to be off any more", () => {
  const FENCES = "fence-host h1";
  const rows: readonly [string, ReturnType<typeof look>, string][] = [
    ["nothing is known of it since a boot", look(), FENCES],
    ["its device has said that it is on", look({ incidents: of("open", { offSinceMs: 5 }) }), FENCES],
    ["the fence failed", look({ incidents: of("open", { fenceFailures: 1 }) }), FENCES],
    ["it is asked to become master still", look({ promotion: takeOver({ phase: "promoting" }) }), FENCES],
    ["its agent is running", look({ incidents: of("fencing") }, { inFlight: ["fence-host:h1"] }), ""],
    ["it is a suspect", look({ health: { ...failed, h1: healthIn("suspect") } }), ""],
    ["it lives", look({ health: { ...failed, h1: healthIn("alive") } }, { probes: { h1: MASTER } }), ""],
    ["this host does not lead", look({}, { group: { ...isLedBy(host(3)), ...NAMED } }), ""],
    ["its mandate is over", look({}, { group: { ...NAMED, mandateUntilMs: 999_999 } }), ""],
    ["its xapi is held, and is released first", look({}, { self: { heldSinceMs: 5 } }), "release-xapi"],
    // By these it is off, or counts as off, or is in nobody's way.
    ["it was fenced", look({ incidents: of("fenced", { proved: true }) }), "promote-self"],
    ["it was written off", look({ incidents: of("fenced") }), "promote-self"],
    ["it has become a slave", look({}, { probes: { h1: ALIVE(host(3)) } }), "promote-self"],
    ["nobody is fenced by choice", look({}, { settings: { FENCE_ENABLED: false } }), "promote-self"],
  ];
  for (const [title, { does }, expected] of rows)
    test(`${title}: ${expected || "nothing"}`, () => expect(does).toBe(expected));

  test("it says that the old master has failed, and why nothing comes of its fence", () => {
    expect(look().says).toContain("host-failed h1");
    const few = look({}, { settings: { FENCE_MIN_HOSTS: 4 } });
    expect([few.does, ...few.says]).toEqual([
      "",
      "host-failed h1",
      "fence-refused h1 too-few-members",
      "promotion-under-way",
    ]);
  });

  test("it does not lead: nothing is begun and nothing said, for that is the leader's", () => {
    const led = look({}, { group: { ...isLedBy(host(3)), ...NAMED } });
    expect([led.says, led.memory.incidents]).toEqual([[], {}]);
  });

  test("nobody is fenced by choice, and it lives: this host is named, and waits", () => {
    const alive = { health: { ...failed, h1: healthIn("alive") }, promotion: takeOver({ phase: "proved" }) };
    const seen = { probes: { h1: MASTER }, settings: { FENCE_ENABLED: false } };
    const { does, memory } = look(alive, seen);
    expect([does, memory.promotion?.phase]).toEqual(["", "named"]);
  });

  test("without an old master there is nobody to fence", () =>
    expect(look({ promotion: takeOver({ oldMaster: null, phase: "named" }) }).does).toBe("promote-self"));
});

test("decideSlave: a slave is no master that waits to be named", () =>
  expect(look({ unnamedSinceMs: 5 }).memory.unnamedSinceMs).toBeNull());
