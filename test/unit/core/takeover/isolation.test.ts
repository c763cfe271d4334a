import { describe, expect, test } from "bun:test";
import {
  endIsolation,
  isCutOff,
  isIsolated,
  isolateMaster,
  isolateSlave,
  stepIsolation,
} from "../../../../src/core/takeover/isolation.ts";
import { ALIVE, DEAD, host } from "../fixtures.ts";
import { knownHost, lastGoodView } from "../memory/remembered.ts";
import { healthOf, masterScene, type Situation, slaveScene } from "../rounds.ts";

const NO_QUORUM = { members: 3, alive: 1, votes: 1, quorate: false };

test("isIsolated: members that should answer exist, none does, and the votes are too few", () => {
  const rows = [
    { failed: 2, aliveOthers: 0, quorum: NO_QUORUM },
    { failed: 0, aliveOthers: 0, quorum: NO_QUORUM },
    { failed: 1, aliveOthers: 1, quorum: NO_QUORUM },
    { failed: 2, aliveOthers: 0, quorum: { ...NO_QUORUM, quorate: true } },
  ];
  expect(rows.map(isIsolated)).toEqual([true, false, false, false]);
});

test("stepIsolation: one reboot for each incident, if the administrator wants it", () => {
  const wanted = { FENCE_REBOOT_LONE_HOST: true };
  const first = stepIsolation(null, 5, wanted);
  expect(first).toEqual({ isolation: { sinceMs: 5, rebooted: true, wellSinceMs: null }, reboot: true });
  expect(stepIsolation(first.isolation, 9, wanted)).toEqual({ isolation: first.isolation, reboot: false });
  expect(stepIsolation(null, 5, { FENCE_REBOOT_LONE_HOST: false }).reboot).toBe(false);
});

test("endIsolation: one that has cost a reboot is over when the pool has been whole for a minute", () => {
  expect(endIsolation(null, 5)).toBeNull();
  expect(endIsolation({ sinceMs: 0, rebooted: false, wellSinceMs: null }, 5)).toBeNull();
  const well = endIsolation({ sinceMs: 0, rebooted: true, wellSinceMs: null }, 1_000);
  expect(well).toMatchObject({ wellSinceMs: 1_000 });
  expect(endIsolation(well, 60_999)).toEqual(well);
  expect(endIsolation(well, 61_000)).toBeNull();
});

const alone = {
  probes: { h2: DEAD, h3: DEAD },
  memory: { health: healthOf({ h2: "failed", h3: "failed" }) },
};
const kinds = (list: readonly { readonly kind: string }[]) => list.map(({ kind }) => kind);

describe("isolateMaster", () => {
  const isolate = (situation: Situation) => {
    const { memory, round } = masterScene(situation);
    const step = isolateMaster(memory, round);
    return {
      actions: kinds(step.actions),
      said: kinds(step.reasons),
      ends: step.ends === true,
      cutOff: isCutOff(step.memory),
      memory: step.memory,
    };
  };
  test("a master that sees nobody says so and goes on without fencing; it reboots once where that is wanted", () => {
    expect(isolate(alone)).toMatchObject({ actions: [], said: ["isolated"], ends: false, cutOff: true });
    const settings = { FENCE_REBOOT_LONE_HOST: true };
    const first = isolate({ ...alone, settings });
    expect(first).toMatchObject({ actions: ["reboot-self"], ends: true });
    expect(isolate({ ...alone, settings, memory: first.memory })).toMatchObject({ actions: [], ends: true });
  });
  test("one host that answers, or no quorum required, is not alone", () => {
    const one = {
      probes: { h2: ALIVE(), h3: DEAD },
      memory: { health: healthOf({ h2: "alive", h3: "failed" }) },
    };
    expect(isolate(one)).toMatchObject({ said: [], cutOff: false });
    expect(isolate({ ...alone, settings: { FENCE_QUORUM_REQUIRED: false } }).said).toEqual([]);
  });
  test("after its reboot it stays out of HA until more than half are with it, or would be", () => {
    const rebooted = { isolation: { sinceMs: 0, rebooted: true, wellSinceMs: null } };
    expect(isolate({ memory: rebooted })).toMatchObject({ said: ["out-of-ha-after-reboot"], ends: true });
    const mastership = { kind: "calls-back", members: [host(2)] } as const;
    expect(isolate({ memory: rebooted, mastership })).toMatchObject({ said: [], ends: false, cutOff: false });
  });
});

describe("isolateSlave", () => {
  const isolate = (situation: Situation) => {
    const { memory, round } = slaveScene(situation);
    const step = isolateSlave(memory, NO_QUORUM, round);
    return step && { actions: kinds(step.actions), said: kinds(step.reasons) };
  };
  const settings = { FENCE_REBOOT_LONE_HOST: true };
  const silent = {
    probes: { h1: DEAD, h3: DEAD },
    memory: { health: healthOf({ h1: "failed", h3: "failed" }) },
  };
  test("a slave that sees nobody reboots once where that is wanted", () =>
    expect(isolate({ ...silent, settings })).toEqual({ actions: ["reboot-self"], said: ["isolated"] }));
  test("not in maintenance: somebody is at work on it", () => {
    const hosts = [knownHost(host(1)), knownHost(host(2), { enabled: false }), knownHost(host(3))];
    const memory = { ...silent.memory, lastGood: lastGoodView({ hosts }) };
    expect(isolate({ ...silent, settings, memory })?.actions).toEqual([]);
  });
  test("one that hears another host is not alone", () => {
    const probes = { h1: DEAD, h3: ALIVE() };
    expect(isolate({ probes, memory: { health: healthOf({ h1: "failed", h3: "alive" }) } })).toBeNull();
  });
});
