import { describe, expect, test } from "bun:test";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { HostView, PeerProbe } from "../../../../src/core/model/pool-view.ts";
import { isWrittenOff, missingMembers, stepGathering } from "../../../../src/core/takeover/gathering.ts";
import type { Mastership } from "../../../../src/core/takeover/mastership.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import {
  ALIVE,
  DEAD,
  database,
  goodView,
  healthIn,
  host,
  hostView,
  incidentIn,
  masterRound,
  memoryWith,
  type Situation,
} from "../fixtures.ts";

interface Third extends Situation {
  readonly record?: Partial<HostView>;
  readonly probe?: PeerProbe;
}

/** h2 is a member like any other; h3 is what the test says. */
function situation({ record, probe = ALIVE(), ...rest }: Third): Situation {
  const hosts = [hostView(host(1)), hostView(host(2)), hostView(host(3), record)];
  return { probes: { h2: ALIVE(), h3: probe }, database: database(hosts), ...rest };
}

describe("missingMembers", () => {
  const missing = (third: Third, over: Partial<Memory> = {}) => {
    const memory = memoryWith({ health: { h2: healthIn("alive"), h3: healthIn("alive") }, ...over });
    return missingMembers(memory, masterRound(memory, situation(third)));
  };
  const others = { lastGood: goodView({ members: [host(1), host(2)] }) };
  const failed = { health: { h2: healthIn("alive"), h3: healthIn("failed") } };
  const elsewhere = { probe: ALIVE(host(2)) };
  const disabled = { record: { enabled: false } };
  const without = { roll: { hosts: [host(1), host(2)] } };
  const rows: readonly [string, ReturnType<typeof missing>, boolean][] = [
    ["a member that follows this master", missing({}), false],
    ["a member that is disabled", missing(disabled), true],
    ["a member that is not live for XAPI", missing({ record: { live: false } }), true],
    ["a member that follows another one", missing(elsewhere), true],
    ["a member that has failed", missing({ probe: DEAD }, failed), true],
    [
      "a member that was declared dead",
      missing({ probe: DEAD }, { ...failed, incidents: incidentIn("declared") }),
      false,
    ],
    [
      "a member that was fenced, and not declared dead",
      missing({ probe: DEAD }, { ...failed, incidents: incidentIn("fenced") }),
      true,
    ],
    ["a silent member that the group has left out", missing({ probe: DEAD, group: without }, failed), false],
    [
      "one that a majority has not left out yet",
      missing({ probe: DEAD, group: { roll: { ...without.roll, settled: false } } }, failed),
      true,
    ],
    [
      "one that was left out, by a host that does not lead",
      missing({ probe: DEAD, group: { ...without, mandateUntilMs: null } }, failed),
      true,
    ],
    ["one that was left out, and lives", missing({ ...elsewhere, group: without }), true],
    ["one that is no member, disabled, and follows this master", missing(disabled, others), false],
    ["one that is no member, lives, and follows another one", missing(elsewhere, others), true],
    ["one that is no member, and silent", missing({ probe: DEAD }, { ...others, ...failed }), false],
    [
      "one that is no member, and back from its death, disabled",
      missing(disabled, { ...others, incidents: incidentIn("returned") }),
      true,
    ],
  ];
  for (const [title, hosts, isMissing] of rows) {
    test(`missingMembers: ${title} ${isMissing ? "is" : "is not"} waited for`, () =>
      expect(hosts).toEqual(isMissing ? [host(3)] : []));
  }
});

test("isWrittenOff: declared dead; or failed where fencing is off by choice", () => {
  const writtenOff = (over: Partial<Memory>, FENCE_ENABLED: boolean) =>
    isWrittenOff(host(3), memoryWith(over), masterRound(memoryWith(over), { settings: { FENCE_ENABLED } }));
  const failed = { health: { h3: healthIn("failed") } };
  expect(writtenOff({ incidents: incidentIn("declared") }, true)).toBe(true);
  expect([writtenOff(failed, false), writtenOff(failed, true)]).toEqual([true, false]);
  expect(writtenOff({ health: { h3: healthIn("suspect") } }, false)).toBe(false);
  expect(writtenOff({ incidents: incidentIn("answered") }, true)).toBe(false);
});

describe("stepGathering", () => {
  const UNDISPUTED: Mastership = { kind: "undisputed" };
  const NOW_MS = 1_000_000;
  const whole = { wholeSinceMs: NOW_MS - 5_000 };
  const gather = (mastership: Mastership, over: Partial<Memory>, third: Third = {}) => {
    const memory = memoryWith({ health: { h2: healthIn("alive"), h3: healthIn("alive") }, ...over });
    return stepGathering(memory, mastership, masterRound(memory, situation(third)));
  };
  const away = { sawPoolSinceBoot: false };
  const promotion = beginPromotion({
    oldMaster: host(3),
    nowMs: 0,
    awaited: [],
    inMaintenance: [],
    startTimes: {},
  });
  const calls: Mastership = { kind: "calls-back", members: [host(3)] };
  const rival: Mastership = { kind: "rival", host: host(3), address: "10.0.0.3" };
  const unproven: Mastership = { kind: "unproven", followers: 1, members: 3 };
  const begun = { wholeSinceMs: null };
  const rows: readonly [string, ReturnType<typeof gather>, ReturnType<typeof gather>][] = [
    ["never in doubt: none", gather(UNDISPUTED, {}), null],
    [
      "away since boot, and the pool is whole: its time begins",
      gather(UNDISPUTED, away),
      { wholeSinceMs: NOW_MS },
    ],
    ["away since boot, and a member is missing: it waits", gather(UNDISPUTED, away, { probe: DEAD }), begun],
    ["members are called back: it waits", gather(calls, {}), begun],
    ["another one is master: it waits", gather(rival, {}), begun],
    ["too few followers, and never in doubt: none", gather(unproven, {}), null],
    [
      "too few followers, and away since boot: it waits",
      gather(unproven, { ...away, gathering: whole }),
      begun,
    ],
    [
      "too few followers, and it does not lead: it waits",
      gather(unproven, { gathering: whole }, { group: { mandateUntilMs: null } }),
      begun,
    ],
    ["too few followers, and it has led for long: it is over", gather(unproven, { gathering: whole }), null],
    ["whole for five seconds: it is over", gather(UNDISPUTED, { gathering: whole }), null],
    [
      "whole for less: it goes on",
      gather(UNDISPUTED, { gathering: { wholeSinceMs: NOW_MS - 4_999 } }),
      { wholeSinceMs: NOW_MS - 4_999 },
    ],
    [
      "whole, and a member is missing again: it waits anew",
      gather(UNDISPUTED, { gathering: whole }, { probe: DEAD }),
      begun,
    ],
    ["a take-over has its own", gather(UNDISPUTED, { ...away, promotion, gathering: whole }), null],
  ];
  for (const [title, gathering, expected] of rows) {
    test(`stepGathering: ${title}`, () => expect(gathering).toEqual(expected));
  }
});
