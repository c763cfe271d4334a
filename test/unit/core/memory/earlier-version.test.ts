import { describe, expect, test } from "bun:test";
import { NO_ALERTS } from "../../../../src/core/memory/alert-memory.ts";
import { completeEarlier } from "../../../../src/core/memory/earlier-version.ts";
import { emptyMemory, parseMemory } from "../../../../src/core/memory/memory.ts";
import { goodView, host, knownHost } from "../fixtures.ts";
import { incidentOn, remembered, takeOver } from "./remembered.ts";

/** A host as 3.0.0-alpha.1 has written it. */
const ALPHA_HOST = {
  uuid: "h1",
  name: "h1",
  address: "10.0.0.1",
  enabled: false,
  agentStartTime: "17.",
  agentStartedAtMs: 42_000,
  disabledSinceMs: 43_000,
  disabledByStart: true,
};

/** A memory as 3.0.0-alpha.1 has written it: in the middle of a take-over, with a host that returned from the dead. */
const ALPHA = {
  version: 1,
  bootId: "boot-1",
  lastGood: { ...goodView(), hosts: [ALPHA_HOST] },
  confirmed: true,
  health: {},
  incidents: { h2: { host: "h2", openedAtMs: 1, phase: "declared", proved: true, fenceFailures: 2 } },
  declaredBackAtMs: { h4: 5_000 },
  promotion: {
    oldMaster: "h1",
    sinceMs: 0,
    phase: "recovering",
    calledAtMs: 0,
    awaited: ["h3"],
    inMaintenance: [],
    startTimes: { h3: "1." },
    backAtMs: { h3: 7_000 },
  },
  following: null,
  masterlessSinceMs: null,
  promoted: null,
  gathering: null,
  isolation: null,
  restarts: {},
  retries: {},
  alerts: { active: {}, lastSent: { "host-failed:h2": 1_000 } },
  toolstack: null,
};

describe("completeEarlier", () => {
  const memory = parseMemory(ALPHA);

  test("a memory of 3.0.0-alpha.1 is a memory", () => expect(memory).not.toBeNull());
  test("`confirmed` is sawPoolSinceBoot", () => {
    expect(memory?.sawPoolSinceBoot).toBe(true);
    expect(parseMemory({ ...ALPHA, confirmed: false })?.sawPoolSinceBoot).toBe(false);
  });
  test("the agent's start is the start of xapi", () =>
    expect(memory?.lastGood?.hosts).toEqual([
      knownHost(host(1), {
        enabled: false,
        enabledSinceMs: null,
        xapiStartTime: "17.",
        xapiStartedAtMs: 42_000,
        bootTime: null,
        disabledSinceMs: 43_000,
        disabledByStart: true,
      }),
    ]));
  test("a host that was forgotten is one whose other addresses are not known yet", () => {
    const { otherAddresses: _, ...before } = knownHost(host(5));
    const lastGood = { ...goodView(), forgotten: [before] };
    expect(parseMemory({ ...ALPHA, lastGood })?.lastGood).toMatchObject({
      forgotten: [knownHost(host(5))],
      addressesAtMs: null,
    });
  });
  test("a take-over goes on: whom it awaited is nothing to it, its database is set right", () =>
    expect(memory?.promotion).toEqual({ oldMaster: host(1), sinceMs: 0, phase: "righting" }));
  test("one that XAPI was only told of goes on, too", () => {
    const called = { ...ALPHA.promotion, phase: "called", sinceMs: 7, oldMaster: null };
    expect(parseMemory({ ...ALPHA, promotion: called })?.promotion).toEqual({
      oldMaster: null,
      sinceMs: 7,
      phase: "promoting",
    });
  });
  test("one that is over was counted: of that only the old master is left", () =>
    expect(parseMemory({ ...ALPHA, promoted: { oldMaster: "h1", epoch: 4 } })?.promoted).toEqual({
      oldMaster: host(1),
    }));
  test("the database says nothing of its master's office", () => expect(memory?.lastGood?.office).toBeNull());
  test("no xapi was held, and none had strayed", () =>
    expect([memory?.agreed, memory?.straysSinceMs]).toEqual([{}, null]));
  test("fencing has not stopped", () => expect(memory?.fencingStoppedSinceMs).toBeNull());
  test("an incident goes on: its host has not returned, and it was declared in this incident", () =>
    expect(memory?.incidents["h2"]).toEqual(
      incidentOn(host(2), "declared", { openedAtMs: 1, proved: true, fenceFailures: 2, wasDeclared: true }),
    ));
  test("one that was not declared yet may not have been", () => {
    const open = { ...ALPHA.incidents.h2, phase: "fenced" };
    expect(parseMemory({ ...ALPHA, incidents: { h2: open } })?.incidents["h2"]?.wasDeclared).toBe(false);
  });
  test("how its host was proved off is not known", () => {
    for (const host of ["h2", "h4"])
      expect(memory?.incidents[host]).toMatchObject({ isWord: false, by: null });
  });
  test("since when its host is off nobody knows, nor was it switched on again", () => {
    for (const host of ["h2", "h4"])
      expect(memory?.incidents[host]).toMatchObject({ offSinceMs: null, switchedOnAtMs: null });
  });
  test("a host that was back from a declared death is an incident that has returned", () =>
    expect(memory?.incidents["h4"]).toEqual(
      incidentOn(host(4), "returned", { openedAtMs: 5_000, returnedAtMs: 5_000 }),
    ));
  test("a host that has failed again since is the incident that is open, not the one that returned", () =>
    expect(parseMemory({ ...ALPHA, declaredBackAtMs: { h2: 5_000 } })?.incidents["h2"]?.phase).toBe(
      "declared",
    ));
  test("the fence devices have not been looked at", () => expect(memory?.fenceDevices).toBeNull());
  test("what was told in another form is forgotten, and nothing else is", () =>
    expect(memory?.alerts).toEqual(NO_ALERTS));
  test("no field of the earlier version is left", () =>
    expect(Object.keys(memory ?? {}).sort()).toEqual(Object.keys(emptyMemory("boot-1")).sort()));

  test("a memory of this version stays as it is", () => {
    const now = remembered({
      sawPoolSinceBoot: true,
      fenceDevices: { method: "ILO", checkedAtMs: 1, wrong: {} },
      incidents: {
        h2: incidentOn(host(2), "returned", { returnedAtMs: 3, offSinceMs: 1, switchedOnAtMs: 2 }),
        h3: incidentOn(host(3), "declared", { proved: true, isWord: true, by: "ILO", wasDeclared: false }),
      },
      promotion: takeOver({ phase: "promoting", sinceMs: 9 }),
      alerts: { ...NO_ALERTS, active: { "ha-off": "HA is switched off." } },
    });
    expect(completeEarlier(now)).toEqual(now);
  });

  // What cannot be completed is no memory: a lie about a host's power is worse than to remember nothing.
  const refused: readonly [string, unknown][] = [
    ["nothing", null],
    ["a text", "{}"],
    ["a list", [ALPHA]],
    ["no last good view, where there always is one or null", { ...ALPHA, lastGood: undefined }],
    ["hosts that are no list", { ...ALPHA, lastGood: { ...ALPHA.lastGood, hosts: {} } }],
    ["a host that is no object", { ...ALPHA, lastGood: { ...ALPHA.lastGood, hosts: ["h1"] } }],
    [
      "a host without a start",
      { ...ALPHA, lastGood: { ...ALPHA.lastGood, hosts: [{ ...ALPHA_HOST, agentStartTime: undefined }] } },
    ],
    ["incidents that are no object", { ...ALPHA, incidents: [] }],
    ["an incident that is no object", { ...ALPHA, incidents: { h2: "failed" } }],
    ["a return at no time", { ...ALPHA, declaredBackAtMs: { h4: "yesterday" } }],
    ["a promotion that is a text", { ...ALPHA, promotion: "called" }],
    ["alerts that are a text", { ...ALPHA, alerts: "none" }],
    ["neither `confirmed` nor sawPoolSinceBoot", { ...ALPHA, confirmed: undefined }],
  ];
  for (const [what, value] of refused)
    test(`${what}: no memory`, () => expect(parseMemory(value)).toBeNull());
});
