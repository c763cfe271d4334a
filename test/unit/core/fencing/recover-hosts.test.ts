import { describe, expect, test } from "bun:test";
import { openIncident } from "../../../../src/core/fencing/incident.ts";
import { type RecoveryScope, recoverHosts } from "../../../../src/core/fencing/recover-hosts.ts";
import type { IncidentPhase } from "../../../../src/core/memory/incident.ts";
import type { Memory } from "../../../../src/core/memory/memory.ts";
import type { PromotionState } from "../../../../src/core/memory/promotion.ts";
import {
  ALIVE,
  address,
  DEAD,
  database,
  goodView,
  healthIn,
  host,
  hostView,
  incidentIn,
  knownHost,
  masterRound,
  memoryWith,
  POOL,
  type Situation,
  said,
  short,
  slaveRound,
  vm,
  XAPI_DOWN,
} from "../fixtures.ts";
import { hearing, peer } from "../members/hearing.ts";
import { takeOver } from "../memory/remembered.ts";
import { isLedBy, NOBODY_LEADS } from "../sight.ts";

const FAILED = { h2: healthIn("alive"), h3: healthIn("failed") };
const probes = { h2: ALIVE(), h3: DEAD };
const ALL: RecoveryScope = { mayFence: true, fenceOnly: false };

/** h1 is master, h2 lives, h3 has failed; what is done about h3, what is said, and the memory after it. */
function recover(over: Partial<Memory> = {}, situation: Situation = {}, scope: Partial<RecoveryScope> = {}) {
  const memory = memoryWith({ health: FAILED, ...over });
  const round = masterRound(memory, { probes, ...situation });
  const step = recoverHosts(memory, [host(3)], round, { ...ALL, ...scope });
  const incident = step.memory.incidents["h3"];
  return {
    incident,
    phase: incident?.phase ?? "over",
    does: short(step.actions).join(),
    says: said(step.reasons).join(),
    actions: step.actions,
    reasons: step.reasons,
    memory: step.memory,
  };
}
const inPhase = (phase: IncidentPhase | null) => (phase === null ? {} : incidentIn(phase));

describe("recoverHosts", () => {
  const steps: readonly [IncidentPhase | null, string, IncidentPhase, string, string][] = [
    [null, "fence-host h3", "fencing", "", "open"],
    ["open", "fence-host h3", "fencing", "", "open"],
    ["fencing", "fence-host h3", "fencing", "", "fencing"],
    ["fenced", "declare-host-dead h3", "fenced", "declare-host-dead h3", "fenced"],
    ["declared", "", "declared", "", "declared"],
    ["answered", "", "answered", "", "answered"],
    ["returned", "fence-host h3", "fencing", "", "open"],
  ];
  for (const [phase, does, next, doesCutOff, nextCutOff] of steps) {
    const title = phase === null ? "a host that has just failed" : `a failed host whose incident is ${phase}`;
    test(`recoverHosts: ${title}: ${does || "nothing is done"}, then ${next}`, () => {
      const after = recover({ incidents: inPhase(phase) }, { nowMs: 1_000 });
      expect([after.does, after.phase]).toEqual([does, next]);
    });
    test(`recoverHosts: ${title}, and this host may not fence: ${doesCutOff || "nothing is done"}, then ${nextCutOff}`, () => {
      const after = recover({ incidents: inPhase(phase) }, { nowMs: 1_000 }, { mayFence: false });
      expect([after.does, after.phase]).toEqual([doesCutOff, nextCutOff]);
    });
  }

  test("recoverHosts: a silent host that has not failed is no incident", () => {
    const after = recover({ health: { ...FAILED, h3: healthIn("suspect") } });
    expect([after.does, after.says, after.phase]).toEqual(["", "", "over"]);
  });

  test("recoverHosts: a host that fails again after its return begins anew, whatever was proved of it", () => {
    const old = incidentIn("returned", { proved: true, fenceFailures: 3, returnedAtMs: 5 });
    const { incident } = recover({ incidents: old }, { nowMs: 9_000 });
    expect(incident).toEqual({ ...openIncident(host(3), 9_000), phase: "fencing" });
  });

  test("recoverHosts: several failed hosts are recovered at once", () => {
    const five = [1, 2, 3, 4, 5].map((number) => host(number));
    const lastGood = goodView({ hosts: five.map((uuid) => knownHost(uuid)), members: five });
    const health = {
      h2: healthIn("alive"),
      h3: healthIn("alive"),
      h4: healthIn("failed"),
      h5: healthIn("failed"),
    };
    const memory = memoryWith({ lastGood, health, incidents: incidentIn("fenced", { uuid: host(5) }) });
    const round = masterRound(memory, { probes: { h2: ALIVE(), h3: ALIVE(), h4: DEAD, h5: DEAD } });
    const { actions } = recoverHosts(memory, [host(4), host(5)], round, ALL);
    expect(short(actions)).toEqual(["fence-host h4", "declare-host-dead h5"]);
  });

  test("recoverHosts: ping is life in the last probe only of a host that failed without an answer to ping", () => {
    const silent = recover().actions;
    expect(silent).toEqual([
      { kind: "fence-host", host: host(3), address: address(host(3)), pingIsLife: true, byLeader: true },
    ]);
    const pinged = recover({ health: { ...FAILED, h3: healthIn("failed", { pings: true }) } }).actions;
    expect(pinged).toMatchObject([{ kind: "fence-host", pingIsLife: false, byLeader: true }]);
  });

  describe("recoverHosts: a fence", () => {
    const pair = { hosts: [host(1), host(3)] };
    const without = { ...NOBODY_LEADS, roll: pair };
    const anyVotes = { FENCE_QUORUM_REQUIRED: false };
    const two = { FENCE_MIN_HOSTS: 2 };
    const rows: readonly [string, Situation, boolean][] = [
      ["by the leader ends with its mandate", {}, true],
      ["by the leader, where no votes are required", { settings: anyVotes }, true],
      ["by choice does not: no votes are required", { settings: anyVotes, group: NOBODY_LEADS }, false],
      [
        "by choice does not: the heuristic IPs break the tie",
        { settings: two, group: without, heuristics: "all-answered" },
        false,
      ],
      [
        "of a host that is off the roll counts it as well",
        { group: { roll: { hosts: [host(1), host(2)] } } },
        true,
      ],
    ];
    for (const [title, situation, byLeader] of rows)
      test(title, () =>
        expect(recover({}, situation).actions).toMatchObject([
          { kind: "fence-host", host: host(3), byLeader },
        ]),
      );
  });

  test("recoverHosts: without a mandate what was fenced is not declared dead, nor forgotten, whatever was chosen", () => {
    const chosen = {
      settings: { FENCE_QUORUM_REQUIRED: false, FENCE_HOST_FORGET: true },
      group: NOBODY_LEADS,
    };
    for (const phase of ["fenced", "declared"] as const)
      expect(recover({ incidents: incidentIn(phase) }, chosen)).toMatchObject({ does: "", phase });
  });

  test("recoverHosts: XAPI is told whether the fence was proved", () => {
    for (const proved of [true, false]) {
      const { actions } = recover({ incidents: incidentIn("fenced", { proved }) });
      expect(actions).toEqual([{ kind: "declare-host-dead", host: host(3), proved }]);
    }
  });

  test("recoverHosts: a host declared dead is taken out of the pool only with FENCE_HOST_FORGET=1", () => {
    const incidents = incidentIn("declared");
    expect(recover({ incidents }).does).toBe("");
    expect(recover({ incidents }, { settings: { FENCE_HOST_FORGET: true } }).does).toBe("forget-host h3");
  });

  test("recoverHosts: an agent or a call in flight is not begun again, nor one that waits after a failure", () => {
    const open = { incidents: incidentIn("open") };
    const fenced = { incidents: incidentIn("fenced") };
    const waits = (key: string) => ({ [key]: { failures: 1, notBeforeMs: 1_000_001 } });
    expect(recover(open, { inFlight: ["fence-host:h3"] })).toMatchObject({ does: "", phase: "open" });
    expect(recover({ ...open, retries: waits("fence-host:h3") })).toMatchObject({ does: "", phase: "open" });
    expect(recover(fenced, { inFlight: ["declare-host-dead:h3"] }).does).toBe("");
    expect(recover({ ...fenced, retries: waits("declare-host-dead:h3") }).does).toBe("");
  });
});

describe("recoverHosts, refusals", () => {
  const residents = [{ uuid: vm("web"), homePool: POOL }];
  const maintained = (of: typeof residents) => ({
    database: database([
      hostView(host(1)),
      hostView(host(2)),
      hostView(host(3), { enabled: false, residents: of }),
    ]),
  });
  const inMaintenance = goodView({
    hosts: [knownHost(host(1)), knownHost(host(2)), knownHost(host(3), { enabled: false })],
  });
  const rows: readonly [string, Partial<Memory>, Situation, string, string][] = [
    ["with FENCE_ENABLED=0", {}, { settings: { FENCE_ENABLED: false } }, "fencing-disabled", "open"],
    ["with FENCE_ACTION=start", {}, { settings: { FENCE_ACTION: "start" } }, "action-is-start", "open"],
    ["of fewer than FENCE_MIN_HOSTS", {}, { settings: { FENCE_MIN_HOSTS: 4 } }, "too-few-members", "open"],
    ["without quorum", {}, { group: NOBODY_LEADS }, "no-quorum", "open"],
    ["by a host that does not lead", {}, { group: isLedBy(host(2)) }, "no-quorum", "open"],
    ["after the mandate", {}, { group: { mandateUntilMs: 999_999 } }, "no-quorum", "open"],
    [
      "in a tie that the heuristic IPs decide against this host",
      {},
      { group: { roll: { hosts: [host(1), host(3)] } }, heuristics: "not-all-answered" },
      "no-quorum",
      "open",
    ],
    ["of a smaller roll", {}, { group: { roll: { hosts: [host(1), host(3)] } } }, "too-few-members", "open"],
    [
      "perhaps in maintenance, with VMs",
      { lastGood: inMaintenance },
      maintained(residents),
      "in-maintenance",
      "over",
    ],
    [
      "put in maintenance after it failed, with VMs",
      { lastGood: inMaintenance, incidents: incidentIn("open") },
      maintained(residents),
      "in-maintenance",
      "open",
    ],
  ];
  const alone = { probes: { h2: DEAD, h3: DEAD } };
  const silent = { health: { h2: healthIn("failed"), h3: healthIn("failed") } };
  const rests = (of: number | null) => ({
    group: { roll: { disarms: [{ host: of === null ? null : host(of), leftMs: 60_000 }] } },
  });
  test("recoverHosts: a host for which HA rests alone, and that hears nobody, fences nobody, and says so", () => {
    const seen = (situation: Situation, over: Partial<Memory> = silent) => {
      const { does, says } = recover(over, situation);
      return [does, says];
    };
    const refused = ["", "fence-refused h3 alone-at-rest"];
    expect(seen({ ...alone, ...rests(1) })).toEqual(refused);
    const waived = { FENCE_ENABLED: false, FENCE_HA_ONFAIL: true };
    expect(seen({ ...alone, ...rests(1), settings: waived })).toEqual(refused);
    expect(seen({ ...alone, ...rests(2) })).toEqual(["fence-host h3", ""]);
    expect(seen({ ...rests(1) }, {})).toEqual(["fence-host h3", ""]);
    const whole = database([hostView(host(1)), hostView(host(2)), hostView(host(3))]);
    const { view } = masterRound(memoryWith(), { database: whole, ...rests(1) });
    if (view.hearing === "unknown") throw new Error("a view with a group is wanted");
    const reported = { ...view.hearing, peers: hearing(peer(2, { heard: "reported" })).peers };
    expect(seen({ ...alone, ...rests(1), hearing: reported })).toEqual(["fence-host h3", ""]);
  });

  for (const [title, over, situation, why, phase] of rows) {
    test(`recoverHosts: a host ${title} is not fenced: ${why} is said, and its incident is ${phase}`, () => {
      const after = recover(over, situation);
      expect([after.does, after.says, after.phase]).toEqual(["", `fence-refused h3 ${why}`, phase]);
    });
  }

  test("recoverHosts: a disabled host without VMs has nothing left to prove, and nothing is said of it", () => {
    for (const incidents of [{}, incidentIn("open")]) {
      const after = recover({ lastGood: inMaintenance, incidents }, maintained([]));
      expect([after.does, after.says]).toEqual(["", ""]);
    }
  });

  test("recoverHosts: one that is disabled by a start, or while a take-over is open, is fenced like an enabled one", () => {
    const byStart = goodView({
      hosts: [1, 2, 3].map((number) =>
        knownHost(host(number), { enabled: number !== 3, disabledByStart: number === 3 }),
      ),
    });
    expect(recover({ lastGood: byStart }).does).toBe("fence-host h3");
    const promotion = takeOver({ oldMaster: host(2), sinceMs: 1_000 });
    expect(recover({ lastGood: inMaintenance, promotion }).does).toBe("fence-host h3");
  });

  test("recoverHosts: an open incident of a host that is being retried again waits in silence", () => {
    const health = { ...FAILED, h3: healthIn("suspect") };
    const after = recover({ health, incidents: incidentIn("open") });
    expect([after.does, after.says, after.phase]).toEqual(["", "", "open"]);
  });

  test("recoverHosts: a host of which no address is known is not fenced", () => {
    const lastGood = goodView({ hosts: [knownHost(host(1)), knownHost(host(2))] });
    expect(recover({ lastGood, incidents: incidentIn("open") })).toMatchObject({ does: "", phase: "open" });
  });
});

describe("recoverHosts, FENCE_HA_ONFAIL with FENCE_ENABLED=0", () => {
  const off = { FENCE_ENABLED: false, FENCE_HA_ONFAIL: true };

  test("recoverHosts: the administrator's wish takes the place of the fence, and proves nothing", () => {
    const after = recover({ incidents: incidentIn("open", { proved: true }) }, { settings: off });
    expect([after.does, after.phase, after.incident?.proved]).toEqual(["", "fenced", false]);
    expect(after.reasons).toEqual([{ kind: "host-fenced", host: "h3", proved: false }]);
  });

  const rows: readonly [string, ReturnType<typeof recover>, string][] = [
    ["no quorum", recover({}, { settings: off, group: NOBODY_LEADS }), "open"],
    [
      "no quorum, and none is required",
      recover({}, { settings: { ...off, FENCE_QUORUM_REQUIRED: false }, group: NOBODY_LEADS }),
      "fenced",
    ],
    ["a slave's dead master", recover({}, { settings: off }, { fenceOnly: true }), "open"],
    ["this host may be the isolated one", recover({}, { settings: off }, { mayFence: false }), "open"],
    ["an agent still runs", recover({}, { settings: off, inFlight: ["fence-host:h3"] }), "open"],
    ["fencing is on", recover({}, { settings: { ...off, FENCE_ENABLED: true } }), "fencing"],
  ];
  for (const [title, { phase }, expected] of rows) {
    test(`recoverHosts: ${title}: ${expected}`, () => expect(phase).toBe(expected as typeof phase));
  }
});

describe("recoverHosts, the host answers again", () => {
  const alive = { health: { ...FAILED, h3: healthIn("alive") } };
  const booting = { health: { ...FAILED, h3: healthIn("xapi-down") } };
  const back = { probes: { h2: ALIVE(), h3: ALIVE() }, nowMs: 7_000 };

  const ends: readonly [IncidentPhase, string][] = [
    ["open", "over"],
    ["fencing", "over"],
    ["fenced", "over"],
    ["answered", "over"],
    ["declared", "returned"],
  ];
  for (const [phase, next] of ends) {
    test(`recoverHosts: an incident that is ${phase} is ${next}, and its return is told`, () => {
      const after = recover({ ...alive, incidents: incidentIn(phase) }, back);
      expect([after.does, after.says, after.phase]).toEqual(["", "host-back h3", next]);
    });
  }

  test("recoverHosts: since when a host is back from a declared death is remembered, and told only once", () => {
    const first = recover({ ...alive, incidents: incidentIn("declared") }, back);
    expect(first.incident?.returnedAtMs).toBe(7_000);
    const later = recover({ ...alive, incidents: { ...first.memory.incidents } }, { ...back, nowMs: 9_000 });
    expect([later.says, later.incident?.returnedAtMs]).toEqual(["", 7_000]);
  });

  test("recoverHosts: its waits are over with its incident, those of others are not", () => {
    const retry = { failures: 1, notBeforeMs: 0 };
    const retries = { "fence-host:h3": retry, "declare-host-dead:h3": retry, "fence-host:h2": retry };
    const after = recover({ ...alive, incidents: incidentIn("open"), retries }, back);
    expect(Object.keys(after.memory.retries)).toEqual(["fence-host:h2"]);
  });

  test("recoverHosts: it has a vote again at once", () => {
    const lastGood = goodView({ members: [host(1), host(2)] });
    const after = recover({ ...alive, lastGood, incidents: incidentIn("declared") }, back);
    expect(after.memory.lastGood?.members).toEqual([host(1), host(2), host(3)]);
  });

  for (const key of ["fence-host:h3", "declare-host-dead:h3"]) {
    test(`recoverHosts: while ${key} is in flight its incident waits for the answer`, () => {
      const phase = key.startsWith("fence") ? "fencing" : "fenced";
      const after = recover({ ...alive, incidents: incidentIn(phase) }, { ...back, inFlight: [key] });
      expect([after.does, after.says, after.phase]).toEqual(["", "", phase]);
    });
  }

  test("recoverHosts: one that was fenced, and boots, may run its VMs: whatever was proved is over", () => {
    const seen = { probes: { h2: ALIVE(), h3: XAPI_DOWN } };
    const fenced = incidentIn("fenced", { proved: true });
    expect(recover({ ...booting, incidents: fenced }, seen).phase).toBe("over");
    expect(recover({ ...alive, incidents: fenced }, back).phase).toBe("over");
  });
});

describe("recoverHosts, a host that XAPI still reached (HOST_IS_LIVE)", () => {
  const answered = incidentIn("answered", { openedAtMs: 1_000, proved: true });
  const TEN_MINUTES = 600_000;

  test("recoverHosts: ten minutes after its failure everything begins anew, and not before", () => {
    const before = recover({ incidents: answered }, { nowMs: TEN_MINUTES + 999 });
    expect(before.incident).toEqual(answered["h3"]);
    const after = recover({ incidents: answered }, { nowMs: TEN_MINUTES + 1_000 });
    expect([after.does, after.phase]).toEqual(["", "open"]);
    expect(after.incident).toMatchObject({ openedAtMs: TEN_MINUTES + 1_000, proved: false });
  });
});

describe("recoverHosts, the master that this host has replaced", () => {
  const incidents = incidentIn("fenced");
  const starts = { self: { initCompleteAtMs: null } } as const;
  const rows: readonly [string, Partial<PromotionState>, Situation][] = [
    ["its pool database is being corrected", { phase: "righting" }, {}],
    ["its own xapi still starts", { phase: "righting" }, starts],
    ["the members are reconnecting", { phase: "righted" }, starts],
    ["it is not the one that was replaced", { oldMaster: host(2) }, {}],
  ];
  // No member is waited for: what XAPI calls halted is asked of every host that lives, before any start.
  for (const [title, over, situation] of rows)
    test(`recoverHosts: ${title}: it is declared dead at once`, () => {
      const promotion = takeOver({ oldMaster: host(3), ...over });
      expect(recover({ incidents, promotion }, situation).does).toBe("declare-host-dead h3");
    });
});

describe("recoverHosts, a slave and its dead master", () => {
  const health = { h1: healthIn("failed"), h3: healthIn("alive") };
  const step = (phase: IncidentPhase) => {
    const memory = memoryWith({ health, incidents: incidentIn(phase, { uuid: host(1) }) });
    const round = slaveRound(memory, { probes: { h1: DEAD, h3: ALIVE() } });
    const { actions, memory: after } = recoverHosts(memory, [host(1)], round, { ...ALL, fenceOnly: true });
    return [short(actions).join(), after.incidents["h1"]?.phase];
  };
  test("recoverHosts: it fences, and does nothing more before it is master itself", () => {
    expect(step("open")).toEqual(["fence-host h1", "fencing"]);
    expect(step("fenced")).toEqual(["", "fenced"]);
    expect(step("declared")).toEqual(["", "declared"]);
    expect(step("answered")).toEqual(["", "answered"]);
  });
});
