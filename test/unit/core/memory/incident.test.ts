import { expect, test } from "bun:test";
import { openIncident } from "../../../../src/core/fencing/incident.ts";
import { isIncident, waitsForFence } from "../../../../src/core/memory/incident.ts";
import { host } from "../fixtures.ts";
import { expectShape } from "./expect-shape.ts";

test("isIncident: how far the recovery of a failed host has come", () =>
  expectShape(isIncident, {
    ...openIncident(host(2), 7),
    ...{ phase: "returned", returnedAtMs: 9, offSinceMs: 7, switchedOnAtMs: 8 },
  }));

test("isIncident: a host that was switched on again", () =>
  expect(isIncident({ ...openIncident(host(2), 7), phase: "switched-on", switchedOnAtMs: 9 })).toBe(true));

test("waitsForFence: failed, and not known to be off", () => {
  const phases = ["open", "fencing", "fenced", "declared", "answered", "switched-on", "returned"] as const;
  expect(phases.filter((phase) => waitsForFence({ phase }))).toEqual(["open", "fencing"]);
});

test("isIncident: a phase that nobody knows is no proof of anything", () => {
  expect(isIncident(openIncident(host(2), 7))).toBe(true);
  expect(isIncident({ ...openIncident(host(2), 7), phase: "settled" })).toBe(false);
});
