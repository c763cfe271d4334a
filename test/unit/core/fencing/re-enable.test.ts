import { describe, expect, test } from "bun:test";
import { reEnable } from "../../../../src/core/fencing/re-enable.ts";
import type { HostView } from "../../../../src/core/model/pool-view.ts";
import {
  ALIVE,
  DEAD,
  database,
  host,
  hostView,
  incidentIn,
  masterRound,
  memoryWith,
  type Situation,
  short,
} from "../fixtures.ts";

const BACK_MS = 10_000;
const DUE_MS = BACK_MS + 60_000;

/** h3 is back from a declared death, live and disabled; what is done, and what is left of its incident. */
function look(h3: Partial<HostView> | null, situation: Situation = {}) {
  const memory = memoryWith({ incidents: incidentIn("returned", { returnedAtMs: BACK_MS }) });
  const record = h3 === null ? [] : [hostView(host(3), { enabled: false, ...h3 })];
  const read = database([hostView(host(1)), hostView(host(2)), ...record]);
  const round = masterRound(memory, { nowMs: DUE_MS, probes: { h3: ALIVE() }, database: read, ...situation });
  const step = reEnable(memory, round);
  return [short(step.actions).join(), step.memory.incidents["h3"]?.phase ?? "over"];
}

describe("reEnable", () => {
  const rows: readonly [string, ReturnType<typeof look>, readonly [string, string]][] = [
    ["disabled for a minute since its return", look({}), ["enable-host h3", "returned"]],
    ["back for less: xapi may enable it itself", look({}, { nowMs: DUE_MS - 1 }), ["", "returned"]],
    ["enabled meanwhile: it is a member like any other", look({ enabled: true }), ["", "over"]],
    ["no longer in the pool", look(null), ["", "over"]],
    ["not live for XAPI", look({ live: false }), ["", "returned"]],
    ["follower of another master", look({}, { probes: { h3: ALIVE(host(2)) } }), ["", "returned"]],
    ["silent again", look({}, { probes: { h3: DEAD } }), ["", "returned"]],
    ["being enabled right now", look({}, { inFlight: ["enable-host:h3"] }), ["", "returned"]],
  ];
  for (const [title, found, [does, next]] of rows) {
    test(`reEnable: a host ${title}: ${does || "nothing is done"}, its incident is ${next}`, () =>
      expect(found).toEqual([does, next]));
  }

  test("reEnable: a host that is still dead is left alone, and so is its incident", () => {
    const memory = memoryWith({ incidents: incidentIn("declared") });
    const read = database([hostView(host(1)), hostView(host(3), { enabled: true })]);
    const step = reEnable(memory, masterRound(memory, { probes: { h3: ALIVE() }, database: read }));
    expect([step.actions, step.memory]).toEqual([[], memory]);
  });
});
