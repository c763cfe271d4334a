import { describe, expect, test } from "bun:test";
import { NO_ALERTS } from "../../../../src/core/memory/alert-memory.ts";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import type { KnownHost } from "../../../../src/core/memory/last-good.ts";
import { emptyMemory, type Memory } from "../../../../src/core/memory/memory.ts";
import { rebaseMemory } from "../../../../src/core/memory/rebase.ts";
import { ALERT } from "../alerts/mail/mail.ts";
import { goodView, healthIn, host, knownHost, vm } from "../fixtures.ts";
import { incidentOn, remembered, takeOver } from "./remembered.ts";

/** A host that remembers all there is to remember, an hour after its boot. */
const FULL: Memory = {
  version: 1,
  bootId: "boot-1",
  lastGood: goodView({
    atMs: 3_600_000,
    office: "1.h1.1",
    addressesAtMs: 3_590_000,
    hosts: [
      knownHost(host(1), { xapiStartedAtMs: 5_000, otherAddresses: ["192.0.2.1"] }),
      knownHost(host(2), {
        enabled: false,
        enabledSinceMs: null,
        disabledSinceMs: 3_000_000,
        disabledByStart: true,
      }),
    ],
    members: [host(1), host(2)],
  }),
  sawPoolSinceBoot: true,
  health: { h2: healthIn("failed") },
  incidents: {},
  fencingStoppedSinceMs: 9,
  unfencedAtMs: 9,
  fencedAtMs: { h2: [9] },
  backAtMs: { h2: 9 },
  ownBootsS: { h2: [1_795_426_000] },
  onRoll: [host(1), host(2)],
  promotion: takeOver({ phase: "righting", sinceMs: 9 }),
  following: "10.0.0.1",
  masterlessSinceMs: 9,
  notLeadingSinceMs: 9,
  promoted: { oldMaster: host(1) },
  straysSinceMs: 9,
  unservedSinceMs: 10,
  unnamedSinceMs: 9,
  agreed: { h3: { atMs: 9, bootId: "boot-3" } },
  isolation: { sinceMs: 9, rebooted: true, wellSinceMs: 9 },
  down: { web: { sinceMs: 3, failure: null } },
  downReasons: { web: { why: "no host", sinceMs: 3, changingSinceMs: 3, seenMs: 3, told: null } },
  stops: {
    web: { sinceMs: 3, readAtMs: 3, messages: null, isHostLost: true, hasHostBooted: false, isCrash: false },
  },
  heardAtMs: { h2: 9 },
  emptyAtMs: { h2: 9 },
  differences: { web: { what: "nowhere h2 h2", sinceMs: 9, seenAtMs: 9, isTried: true } },
  declaredDead: { h2: { vms: [vm("web")], restartedAtMs: 9 } },
  placementOnDisk: "abc",
  heldAtMs: { h3: 9 },
  disarmed: [null, host(3)],
  copy: { master: host(1), changes: 7, currentAtMs: 9, notBeforeMs: 9 },
  isSettling: true,
  standing: { atMs: 5, nextMs: 9, inService: 3, seen: "ab", weakHosts: ["h1"], unprotected: [] },
  seenRunning: { web: { host: host(2), atMs: 9 } },
  restarts: { web: { startedAtMs: [9], order: 1, startDelayS: 2, host: null } },
  fenceDevices: { method: "ILO", checkedAtMs: 9, wrong: { h2: "silent" } },
  retries: { "fence-host:h2": { failures: 2, notBeforeMs: 9 } },
  alerts: { ...NO_ALERTS, active: { "ha-off": "HA is off." } },
  toolstack: { silentSinceMs: 9, restarted: true },
};
const REBASED = rebaseMemory(FULL, "boot-2");

test("rebaseMemory: within a boot nothing is touched", () => expect(rebaseMemory(FULL, "boot-1")).toBe(FULL));

describe("rebaseMemory, after a reboot", () => {
  test("it is a memory of the new boot, which is rebased no more", () => {
    expect(REBASED.bootId).toBe("boot-2");
    expect(rebaseMemory(REBASED, "boot-2")).toBe(REBASED);
  });

  test("the last good view survives, read when the host booted", () =>
    expect(REBASED.lastGood).toEqual({
      ...goodView(),
      atMs: 0,
      masterStartedAtMs: 0,
      hosts: [
        knownHost(host(1), { xapiStartedAtMs: 0, otherAddresses: ["192.0.2.1"] }),
        knownHost(host(2), {
          enabled: false,
          enabledSinceMs: null,
          disabledSinceMs: 0,
          disabledByStart: true,
        }),
      ],
      members: [host(1), host(2)],
    }));

  test("what the database says of its master's office is read again", () =>
    expect(REBASED.lastGood?.office).toBeNull());

  test("an open take-over survives, begun when the host booted", () =>
    expect(REBASED.promotion).toEqual(takeOver({ phase: "righting", sinceMs: 0 })));

  for (const phase of ["named", "promoting", "righted"] as const)
    test(`a take-over that is ${phase} survives`, () =>
      expect(rebaseMemory({ ...FULL, promotion: takeOver({ phase }) }, "boot-2").promotion?.phase).toBe(
        phase,
      ));

  test("one that was not named yet is over: what was proved is not known any more", () =>
    expect(
      rebaseMemory({ ...FULL, promotion: takeOver({ phase: "proved" }) }, "boot-2").promotion,
    ).toBeNull());

  test("a take-over that is over survives, for its old master may still come back", () =>
    expect(REBASED.promoted).toEqual({ oldMaster: host(1) }));

  test("the copy of the database survives on the disk, and was current at the boot at the latest", () =>
    expect(REBASED.copy).toEqual({ master: host(1), changes: 7, currentAtMs: 0, notBeforeMs: 0 }));

  test("the reboot that an isolation has cost survives, and the pool is not yet whole again", () =>
    expect(REBASED.isolation).toEqual({ sinceMs: 9, rebooted: true, wellSinceMs: null }));

  test("the boots of hosts survive, for they are told by wall clocks", () =>
    expect(REBASED.ownBootsS).toEqual({ h2: [1_795_426_000] }));

  test("the pool has not been seen in this boot", () => expect(REBASED.sawPoolSinceBoot).toBe(false));

  test("what is timed is forgotten, and observed again", () => {
    const empty = emptyMemory("boot-2");
    const { lastGood, promotion, promoted, copy, isolation, alerts, ownBootsS, ...rest } = REBASED;
    const { disarmed, ...forgotten } = rest;
    expect(disarmed).toEqual([null, host(3)]);
    expect(empty).toMatchObject(forgotten);
  });

  test("conditions are logged anew", () => expect(REBASED.alerts.active).toEqual({}));

  test("alerts that wait are as old as they were when the pool was seen last", () => {
    const queue = { ...NO_ALERTS.queue, unposted: [{ ...ALERT, atMs: 3_540_000 }] };
    const { alerts } = rebaseMemory({ ...FULL, alerts: { ...NO_ALERTS, queue } }, "boot-2");
    expect(alerts.queue.unposted.map(({ atMs }) => atMs)).toEqual([-60_000]);
  });

  test("a host that never saw the pool remembers nothing", () =>
    expect(rebaseMemory(emptyMemory("boot-1"), "boot-2")).toEqual(emptyMemory("boot-2")));
});

describe("rebaseMemory: who has disabled a host that is disabled", () => {
  const [enabled, disabled] = [knownHost(host(3)), knownHost(host(3), { enabled: false })];
  const rows: readonly [string, KnownHost, Incident | null, boolean][] = [
    [
      "this program: it was declared dead",
      disabled,
      incidentOn(host(3), "declared", { wasDeclared: true }),
      true,
    ],
    [
      "this program, and it has not been enabled since",
      disabled,
      incidentOn(host(3), "returned", { wasDeclared: true }),
      true,
    ],
    ["a person: it was fenced, and not declared", disabled, incidentOn(host(3), "fenced"), false],
    ["a person: nothing has happened to it", disabled, null, false],
    ["nobody: it is enabled", enabled, incidentOn(host(3), "declared", { wasDeclared: true }), false],
  ];
  for (const [what, known, incident, expected] of rows)
    test(`${what}`, () => {
      const incidents = incident === null ? {} : { [host(3)]: incident };
      const lastGood = goodView({ hosts: [known], members: [] });
      const rebased = rebaseMemory({ ...FULL, lastGood, incidents }, "boot-2");
      expect(rebased.lastGood?.hosts.map(({ disabledByStart }) => disabledByStart)).toEqual([expected]);
    });
});

describe("rebaseMemory: who counts after a reboot", () => {
  const members = (memory: Memory) => rebaseMemory(memory, "boot-2").lastGood?.members.join(" ");
  const lastGood = goodView({ members: [host(1), host(3)] });

  for (const phase of ["open", "fencing", "fenced", "declared", "answered", "switched-on"] as const)
    test(`h2, whose incident is ${phase}, is a member again: it may be back, and nobody has seen it`, () =>
      expect(members(remembered({ lastGood, incidents: { h2: incidentOn(host(2), phase) } }))).toBe(
        "h1 h2 h3",
      ));

  test("h2, which has returned and is disabled, stays what it was", () =>
    expect(members(remembered({ lastGood, incidents: { h2: incidentOn(host(2), "returned") } }))).toBe(
      "h1 h3",
    ));

  test("h3, a member with an incident, is not counted twice", () =>
    expect(members(remembered({ lastGood, incidents: { h3: incidentOn(host(3), "open") } }))).toBe("h1 h3"));
});
