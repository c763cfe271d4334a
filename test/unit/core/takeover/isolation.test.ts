import { describe, expect, test } from "bun:test";
import type { Isolation } from "../../../../src/core/memory/isolation.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import { rebaseMemory } from "../../../../src/core/memory/rebase.ts";
import {
  endIsolation,
  isCutOff,
  isIsolated,
  isolateMaster,
  isolateSlave,
  stepIsolation,
} from "../../../../src/core/takeover/isolation.ts";
import {
  ALIVE,
  DEAD,
  goodView,
  healthIn,
  host,
  knownHost,
  masterRound,
  memoryWith,
  type Situation,
  said,
  short,
  slaveRound,
} from "../fixtures.ts";
import { hearing as hearingOf, peer } from "../members/hearing.ts";
import { NOBODY_LEADS, tieOf } from "../sight.ts";

const NOW_MS = 1_000_000;
const REBOOT = { FENCE_REBOOT_LONE_HOST: true };
const alone: Isolation = { sinceMs: 0, rebooted: false, wellSinceMs: null };
const rebooted: Isolation = { ...alone, rebooted: true };
const tally = (quorate: boolean) => ({ members: 3, alive: 1, votes: 1, quorate });

describe("isIsolated", () => {
  const rows: readonly [string, Parameters<typeof isIsolated>[0], boolean][] = [
    ["nobody answers, and the votes are too few", { failed: 2, aliveOthers: 0, quorum: tally(false) }, true],
    ["one still answers", { failed: 1, aliveOthers: 1, quorum: tally(false) }, false],
    ["nobody has failed", { failed: 0, aliveOthers: 0, quorum: tally(false) }, false],
    [
      "nobody answers, and the gateway has broken the tie",
      { failed: 1, aliveOthers: 0, quorum: tally(true) },
      false,
    ],
  ];
  for (const [title, input, expected] of rows) {
    test(`isIsolated: ${title}: ${expected}`, () => expect(isIsolated(input)).toBe(expected));
  }
});

describe("stepIsolation", () => {
  test("stepIsolation: an incident begins once, and costs one reboot where the administrator wants it", () => {
    expect(stepIsolation(null, 5, { FENCE_REBOOT_LONE_HOST: false })).toEqual({
      isolation: { ...alone, sinceMs: 5 },
      reboot: false,
    });
    expect(stepIsolation(alone, 5, REBOOT)).toEqual({ isolation: rebooted, reboot: true });
    expect(stepIsolation(rebooted, 5, REBOOT)).toEqual({ isolation: rebooted, reboot: false });
  });
  test("stepIsolation: alone again after a moment of health is the same incident", () =>
    expect(stepIsolation({ ...rebooted, wellSinceMs: 3 }, 5, REBOOT)).toEqual({
      isolation: rebooted,
      reboot: false,
    }));
});

test("endIsolation: at once when it cost no reboot, after a minute of health when it did", () => {
  expect([endIsolation(null, NOW_MS), endIsolation(alone, NOW_MS)]).toEqual([null, null]);
  const begun = endIsolation(rebooted, NOW_MS);
  expect(begun).toEqual({ ...rebooted, wellSinceMs: NOW_MS });
  expect(endIsolation(begun, NOW_MS + 59_999)).toEqual(begun);
  expect(endIsolation(begun, NOW_MS + 60_000)).toBeNull();
});

test("isCutOff: as long as it is not seen well", () => {
  const cutOff = (isolation: Isolation | null) => isCutOff(memoryWith({ isolation }));
  expect([cutOff(null), cutOff(alone), cutOff({ ...rebooted, wellSinceMs: 5 })]).toEqual([
    false,
    true,
    false,
  ]);
});

/** h1 is master; both others have failed, and nobody leads, unless the test says otherwise. */
function master(over: Partial<Memory> = {}, situation: Situation = {}) {
  const health = { h2: healthIn("failed"), h3: healthIn("failed") };
  const memory = memoryWith({ health, ...over });
  const round = masterRound(memory, { probes: { h2: DEAD, h3: DEAD }, group: NOBODY_LEADS, ...situation });
  const step = isolateMaster(memory, round);
  return {
    does: short(step.actions).join(),
    says: said(step.reasons).join(),
    ends: step.ends === true,
    isolation: step.memory.isolation,
    memory: step.memory,
  };
}

describe("isolateMaster", () => {
  const oneBack = {
    health: { h2: healthIn("alive"), h3: healthIn("failed") },
  };
  const seesOne = { probes: { h2: ALIVE(), h3: DEAD } };

  test("isolateMaster: alone, and no reboot is wanted: said, and the round goes on without fences", () => {
    const { does, says, ends, memory } = master();
    expect([does, says, ends, isCutOff(memory)]).toEqual(["", "isolated", false, true]);
  });

  test("isolateMaster: FENCE_REBOOT_LONE_HOST=1: one reboot per incident, and nothing more in these rounds", () => {
    const first = master({}, { settings: REBOOT });
    expect([first.does, first.ends]).toEqual(["reboot-self", true]);
    const after = rebaseMemory(first.memory, "boot-2");
    const second = master({ isolation: after.isolation }, { settings: REBOOT });
    expect([second.does, second.says, second.ends]).toEqual(["", "isolated", true]);
  });

  test("isolateMaster: out of HA after its reboot until it leads", () => {
    const waiting = { ...oneBack, isolation: rebooted };
    const out = master(waiting, seesOne);
    expect([out.says, out.ends, out.isolation]).toEqual(["out-of-ha-after-reboot", true, rebooted]);
    const leads = { ...seesOne, group: {} };
    expect(master(waiting, leads)).toMatchObject({ ends: false, isolation: { wellSinceMs: NOW_MS } });
  });

  test("isolateMaster: a leader whom nobody answers is not the one that was cut off: a majority follows it", () =>
    expect(master({}, { group: {}, settings: REBOOT })).toMatchObject({
      does: "",
      says: "",
      isolation: null,
    }));

  test("isolateMaster: a host that answers ends an incident without a reboot at once", () =>
    expect(master({ ...oneBack, isolation: alone }, seesOne)).toMatchObject({
      isolation: null,
      says: "",
      ends: false,
    }));

  test("isolateMaster: without FENCE_QUORUM_REQUIRED a master alone is not the one that was cut off", () =>
    expect(master({}, { settings: { FENCE_QUORUM_REQUIRED: false } })).toMatchObject({
      says: "",
      ends: false,
    }));

  test("isolateMaster: hosts in maintenance that are silent do not make it alone", () => {
    const hosts = [
      knownHost(host(1)),
      knownHost(host(2), { enabled: false }),
      knownHost(host(3), { enabled: false }),
    ];
    expect(master({ lastGood: goodView({ hosts }) }).says).toBe("");
  });
});

describe("isolateSlave", () => {
  const slave = (over: Partial<Memory> = {}, h3 = DEAD, quorate = false, situation: Situation = {}) => {
    const health = { h1: healthIn("failed"), h3: healthIn(h3 === DEAD ? "failed" : "alive") };
    const memory = memoryWith({ health, ...over });
    const round = slaveRound(memory, { probes: { h1: DEAD, h3 }, settings: REBOOT, ...situation });
    const step = isolateSlave(memory, tally(quorate), round);
    return step && [short(step.actions).join(), said(step.reasons).join(), step.memory.isolation?.rebooted];
  };
  const maintained = goodView({
    hosts: [knownHost(host(1)), knownHost(host(2), { enabled: false }), knownHost(host(3))],
  });

  test("isolateSlave: not alone, or with votes enough: no isolation", () =>
    expect([slave({}, ALIVE()), slave({}, DEAD, true)]).toEqual([null, null]));
  test("isolateSlave: alone: one reboot per incident", () => {
    expect(slave()).toEqual(["reboot-self", "isolated", true]);
    expect(slave({ isolation: rebooted })).toEqual(["", "isolated", true]);
  });
  test("isolateSlave, isolateMaster: a reboot that this host would forget is not begun", () => {
    const full = { isDiskWritable: false, settings: REBOOT };
    expect(master({}, full)).toMatchObject({ does: "", isolation: { rebooted: false } });
    expect(slave({}, DEAD, false, full)).toEqual(["", "isolated", false]);
  });
  test("isolateSlave, isolateMaster: not while its claim of the tie is under way", () => {
    const claims = {
      settings: REBOOT,
      group: { ...NOBODY_LEADS, sinceMs: NOW_MS, tie: tieOf({ need: "lacks", isClaiming: true }) },
    };
    expect([master({}, claims).does, slave({}, DEAD, false, claims)]).toEqual(["", null]);
  });
  test("isolateSlave: why it has not got the tie is said with it", () => {
    const roll = { hosts: [host(1), host(2)] };
    const group = { ...NOBODY_LEADS, roll, tie: tieOf({ need: "lacks", holder: host(1) }) };
    const hearing = hearingOf(peer(1, { heard: "silent" }));
    const memory = memoryWith({ health: { h1: healthIn("failed") } });
    const round = slaveRound(memory, { probes: { h1: DEAD }, group, hearing });
    expect(isolateSlave(memory, tally(false), round)?.reasons).toEqual([
      { kind: "isolated", reboots: false, tie: "h1 has claimed the tie", silent: ["h1"] },
    ]);
  });
  test("isolateSlave: in maintenance somebody is at work on this host: no reboot", () =>
    expect(slave({ lastGood: maintained })).toEqual(["", "isolated", false]));
});
