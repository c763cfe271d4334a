import { describe, expect, test } from "bun:test";
import { recoverHosts } from "../../../../src/core/fencing/recover-hosts.ts";
import type { Incident, IncidentPhase } from "../../../../src/core/memory/incident.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import {
  ALIVE,
  DEAD,
  database,
  goodView,
  haltedVm,
  healthIn,
  host,
  hostView,
  incidentIn,
  knownHost,
  master,
  masterRound,
  memoryWith,
  type Situation,
  short,
  vm,
} from "../fixtures.ts";
import { takeOver } from "../memory/remembered.ts";
import { NOBODY_LEADS } from "../sight.ts";

const OFF_MS = 100_000;
const MINUTE = 60_000;
const WEB = vm("web");
/** h3 was fenced and declared dead, with one VM. */
const OFF: Partial<Incident> = { proved: true, vms: [WEB], offSinceMs: OFF_MS };
const FAILED = { h2: healthIn("alive"), h3: healthIn("failed") };
/** The group counts without it. */
const group = { roll: { hosts: [host(1), host(2)] } };
const RESET = { FENCE_ACTION: "reset", FENCE_MIN_HOSTS: 2 } as const;
const HOSTS = [hostView(host(1)), hostView(host(2)), hostView(host(3), { enabled: false, live: false })];
const disabled = goodView({
  hosts: [knownHost(host(1)), knownHost(host(2)), knownHost(host(3), { enabled: false })],
  members: [host(1), host(2)],
});

interface Case {
  readonly phase?: IncidentPhase;
  readonly incident?: Partial<Incident>;
  readonly memory?: Partial<Memory>;
  readonly situation?: Situation;
  /** VMs that are down. */
  readonly down?: readonly string[];
}

const ALL = { mayFence: true, fenceOnly: false };

function memoryOf({ phase = "declared", incident = {}, memory = {} }: Case): Memory {
  const incidents = incidentIn(phase, { ...OFF, ...incident });
  const looksAfter = { [WEB]: { sinceMs: 0, failure: null } };
  return memoryWith({ health: FAILED, lastGood: disabled, incidents, down: looksAfter, ...memory });
}

/** Ten seconds after h3 was fenced, unless the case says otherwise. */
function roundOf(memory: Memory, { situation = {}, down = [] }: Case) {
  const { settings, ...rest } = situation;
  return masterRound(memory, {
    ...{ nowMs: OFF_MS + 10_000, group, probes: { h2: ALIVE(), h3: DEAD } },
    database: database(HOSTS, { halted: down.map((name) => haltedVm(name)) }),
    ...rest,
    settings: { ...RESET, ...settings },
  });
}

/** What is done about h3, and the incident after it. */
function recover(given: Case) {
  const memory = memoryOf(given);
  const { actions, reasons, memory: next } = recoverHosts(memory, [host(3)], roundOf(memory, given), ALL);
  const after = next.incidents["h3"];
  return { does: short(actions).join(), phase: after?.phase ?? "over", after, reasons };
}

describe("recoverHosts, FENCE_ACTION=reset", () => {
  const promoted = { oldMaster: host(3) };
  const rows: readonly [string, Case, string][] = [
    ["its VMs run elsewhere", {}, "switch-on-host h3"],
    ["other VMs are down", { down: ["db"] }, "switch-on-host h3"],
    ["it had no VM", { incident: { vms: [] }, down: ["web"] }, "switch-on-host h3"],
    ["one of its VMs is still down", { incident: { vms: [vm("db"), WEB] }, down: ["web"] }, ""],
    ["it is still down a moment before five minutes", { down: ["web"], situation: at(5 * MINUTE - 1) }, ""],
    [
      "it is still down after five minutes",
      { down: ["web"], situation: at(5 * MINUTE) },
      "switch-on-host h3",
    ],
    ["with FENCE_ACTION=stop", { situation: { settings: { FENCE_ACTION: "stop" } } }, ""],
    ["nothing has proved that it is off", { incident: { proved: false } }, ""],
    ["an earlier version has fenced it", { incident: { offSinceMs: null } }, ""],
    ["it was switched on once", { incident: { switchedOnAtMs: OFF_MS + 1 }, situation: at(MINUTE * 60) }, ""],
    [
      "it is the master that is being replaced",
      { memory: { promotion: takeOver({ oldMaster: host(3) }) } },
      "",
    ],
    ["it is the master that was replaced", { memory: { promoted }, situation: at(60 * MINUTE) }, ""],
    [
      "another master was replaced",
      { memory: { promoted: { ...promoted, oldMaster: host(2) } } },
      "switch-on-host h3",
    ],
    ["the group still counts it", { situation: { group: {} } }, ""],
    ["this host does not lead", { situation: { group: { ...group, ...NOBODY_LEADS } } }, ""],
    ["FENCE_HOST_FORGET=1", { situation: { settings: { FENCE_HOST_FORGET: true } } }, "forget-host h3"],
    ["its device is being told right now", { situation: { inFlight: ["switch-on-host:h3"] } }, ""],
    [
      "its device has failed, and it waits",
      { memory: { retries: { "switch-on-host:h3": { failures: 1, notBeforeMs: OFF_MS + 10_001 } } } },
      "",
    ],
    ["XAPI has not declared it dead yet", { phase: "fenced" }, "declare-host-dead h3"],
  ];
  for (const [title, given, does] of rows)
    test(`recoverHosts: ${title}: ${does || "nothing is done"}`, () =>
      expect(recover(given).does).toBe(does));

  test("recoverHosts: the database has VMs on it again: it is declared dead again, and not switched on", () => {
    const residents = [{ uuid: WEB, homePool: null }];
    const again = database([hostView(host(1)), hostView(host(2)), hostView(host(3), { residents })]);
    expect(recover({ situation: { database: again } })).toMatchObject({
      does: "declare-host-dead h3",
      phase: "fenced",
    });
  });
});

describe("recoverHosts, the VMs that wait for a host's proof", () => {
  const both = { vms: [vm("db"), WEB] };
  const rows: readonly [string, Case, readonly string[]][] = [
    ["after the declaration: those that are still down", { incident: both, down: ["web"] }, ["web"]],
    ["all run elsewhere: none", { incident: both }, []],
    ["all are down, and another one, too", { incident: both, down: ["web", "db", "mail"] }, ["db", "web"]],
    [
      "with FENCE_ACTION=stop as well",
      { incident: both, down: ["db"], situation: { settings: { FENCE_ACTION: "stop" } } },
      ["db"],
    ],
    [
      "one that is down again after it ran elsewhere does not wait any more",
      { incident: { vms: [] }, down: ["web"] },
      [],
    ],
    [
      "before the declaration: all that ran there",
      { phase: "fenced", incident: both, down: ["web"] },
      ["db", "web"],
    ],
    [
      "it was switched on: all that waited",
      { phase: "switched-on", incident: both, down: ["web"] },
      ["db", "web"],
    ],
  ];
  for (const [title, given, vms] of rows)
    test(`recoverHosts: ${title}`, () => expect(recover(given).after?.vms.map(String)).toEqual([...vms]));
});

function at(afterMs: number): Situation {
  return { nowMs: OFF_MS + afterMs };
}

describe("recoverHosts, a host that was switched on", () => {
  const ON_MS = OFF_MS + 20_000;
  const booting = { phase: "switched-on", incident: { proved: false, switchedOnAtMs: ON_MS } } as const;
  const silentFor = (ms: number, down = ["web"]) =>
    recover({ ...booting, down, situation: { nowMs: ON_MS + ms } });

  test("recoverHosts: it is left alone for ten minutes", () =>
    expect(silentFor(10 * MINUTE - 1)).toMatchObject({ does: "", phase: "switched-on", reasons: [] }));

  test("recoverHosts: it is left alone for as long as none of its VMs is down", () => {
    for (const down of [[], ["db"]])
      expect(silentFor(60 * MINUTE, down)).toMatchObject({ does: "", phase: "switched-on", reasons: [] });
  });

  test("recoverHosts: it is left alone for as long as only a VM is down that HA does not look after", () =>
    expect(
      recover({ ...booting, down: ["web"], memory: { down: {} }, situation: { nowMs: ON_MS + 60 * MINUTE } }),
    ).toMatchObject({
      does: "",
      phase: "switched-on",
    }));

  test("recoverHosts: after ten minutes of silence everything begins anew for a VM that is down, and it is known that it was off", () =>
    expect(silentFor(10 * MINUTE).after).toEqual({
      ...incidentIn("open", { ...OFF, proved: false, switchedOnAtMs: ON_MS })["h3"],
      openedAtMs: ON_MS + 10 * MINUTE,
    } as Incident));

  test("recoverHosts: it is fenced anew, although our declaration has disabled it, and then left off", () => {
    const brain = master();
    brain.memory = memoryOf(booting);
    const done: string[] = [];
    // Whatever is begun succeeds at once.
    for (const afterMs of [9, 10, 11, 12, 13, 14, 90].map((minutes) => minutes * MINUTE)) {
      const situation = { nowMs: ON_MS + afterMs };
      const { actions, memory } = recoverHosts(
        brain.memory,
        [host(3)],
        roundOf(brain.memory, { situation, down: ["web"] }),
        ALL,
      );
      brain.memory = memory;
      for (const action of actions) brain.finish(action, { kind: "done" }, situation.nowMs / 1_000);
      done.push(`${short(actions).join()} ${brain.memory.incidents["h3"]?.phase}`.trim());
    }
    expect(done).toEqual([
      "switched-on",
      "open",
      "fence-host h3 fenced",
      "declare-host-dead h3 declared",
      "declared",
      "declared",
      "declared",
    ]);
  });

  test("recoverHosts: it is back: an incident that has returned, told once", () => {
    const health = { ...FAILED, h3: healthIn("alive") };
    const probes = { h2: ALIVE(), h3: ALIVE() };
    const back = { ...booting, memory: { health }, situation: { probes } };
    const { does, phase, reasons } = recover(back);
    expect([does, phase, reasons]).toEqual(["", "returned", [{ kind: "host-back", host: "h3" }]]);
  });

  test("recoverHosts: it answers while its device is still being told: that is waited for", () => {
    const health = { ...FAILED, h3: healthIn("alive") };
    const situation = { probes: { h2: ALIVE(), h3: ALIVE() }, inFlight: ["switch-on-host:h3"] };
    expect(recover({ memory: { health }, situation })).toMatchObject({
      does: "",
      phase: "declared",
      reasons: [],
    });
  });
});
