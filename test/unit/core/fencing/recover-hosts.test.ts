import { describe, expect, test } from "bun:test";
import { recoverHosts } from "../../../../src/core/fencing/recover-hosts.ts";
import type { Incident } from "../../../../src/core/memory/incident.ts";
import { beginPromotion } from "../../../../src/core/takeover/promotion.ts";
import { ALIVE, DEAD, database, host, hostView, short, XAPI_DOWN } from "../fixtures.ts";
import { healthOf, incidentsOf, masterScene, type Situation } from "../rounds.ts";

const MAY = { mayFence: true, fenceOnly: false };
const failed = healthOf({ h2: "alive", h3: "failed" });
const probes = { h2: ALIVE(), h3: DEAD };
const hosts = [host(2), host(3)];

function recover(situation: Situation, scope = MAY) {
  const { memory, round } = masterScene({ probes, ...situation });
  const step = recoverHosts(memory, hosts, round, scope);
  const said = step.reasons.map((reason) => ("why" in reason ? `${reason.kind} ${reason.why}` : reason.kind));
  return {
    actions: short(step.actions),
    said,
    phase: step.memory.incidents[host(3)]?.phase,
    memory: step.memory,
  };
}
const inPhase = (phase: Incident["phase"], over: Partial<Incident> = {}) => ({
  health: failed,
  incidents: incidentsOf(host(3), phase, over),
});

describe("recoverHosts: the fence", () => {
  test("a host that has failed is fenced", () =>
    expect(recover({ memory: { health: failed } })).toMatchObject({
      actions: ["fence-host h3"],
      said: [],
      phase: "fencing",
    }));

  test("a suspect is not", () => {
    const health = healthOf({ h2: "alive", h3: "suspect" });
    expect(recover({ memory: { health } })).toMatchObject({ actions: [], said: [], phase: undefined });
  });

  test("one attempt at a time, and none while the last failure is waited for", () => {
    const fence = "fence-host:h3";
    expect(recover({ memory: inPhase("fencing"), inFlight: [fence] }).actions).toEqual([]);
    const retries = { [fence]: { failures: 1, notBeforeMs: 2_000_000 } };
    expect(recover({ memory: { ...inPhase("open"), retries } })).toMatchObject({
      actions: [],
      phase: "open",
    });
    expect(recover({ memory: inPhase("fencing") }).actions).toEqual(["fence-host h3"]);
  });

  test("a host that may be cut off itself fences nobody, and says nothing", () =>
    expect(recover({ memory: { health: failed } }, { ...MAY, mayFence: false })).toMatchObject({
      actions: [],
      said: [],
      phase: "open",
    }));

  test("what forbids it is said", () => {
    const alone = {
      memory: { health: healthOf({ h2: "failed", h3: "failed" }) },
      probes: { h2: DEAD, h3: DEAD },
    };
    expect(recover(alone).said).toEqual(["fence-refused no-quorum", "fence-refused no-quorum"]);
    const off = { memory: { health: failed }, settings: { FENCE_ENABLED: false } };
    expect(recover(off).said).toEqual(["fence-refused fencing-disabled"]);
  });

  test("FENCE_HA_ONFAIL goes on without fencing where the quorum holds, never on a slave", () => {
    const waived = { memory: { health: failed }, settings: { FENCE_ENABLED: false, FENCE_HA_ONFAIL: true } };
    expect(recover(waived)).toMatchObject({ said: ["host-fenced"], phase: "fenced" });
    expect(recover(waived).memory.incidents[host(3)]?.proved).toBe(false);
    expect(recover(waived, { ...MAY, fenceOnly: true }).said).toEqual(["fence-refused fencing-disabled"]);
    const alone = {
      ...waived,
      probes: { h2: DEAD, h3: DEAD },
      memory: { health: healthOf({ h2: "failed", h3: "failed" }) },
    };
    expect(recover(alone).phase).toBe("open");
  });

  test("one in maintenance is refused aloud, unless nothing of it is left", () => {
    const busy = [
      hostView(host(1)),
      hostView(host(2)),
      hostView(host(3), { enabled: false, residents: [{ uuid: "v" as never, homePool: null }] }),
    ];
    expect(recover({ memory: { health: failed, lastGood: null }, read: database(busy) })).toMatchObject({
      said: ["fence-refused in-maintenance"],
      phase: undefined,
    });
    const empty = [hostView(host(1)), hostView(host(2)), hostView(host(3), { enabled: false })];
    expect(recover({ memory: { health: failed, lastGood: null }, read: database(empty) }).said).toEqual([]);
  });
});

describe("recoverHosts: after the fence", () => {
  test("XAPI is told, with the proof; and only where the incident goes on", () => {
    const memory = inPhase("fenced", { proved: true });
    expect(recover({ memory }).actions).toEqual(["declare-host-dead h3"]);
    expect(recover({ memory }, { ...MAY, fenceOnly: true }).actions).toEqual([]);
  });

  test("the old master waits for the members, three minutes at most", () => {
    const begin = { oldMaster: host(3), awaited: [host(2)], inMaintenance: [], startTimes: {} };
    const promotion = (nowMs: number) => ({
      ...beginPromotion({ ...begin, nowMs }),
      phase: "recovering" as const,
    });
    const memory = inPhase("fenced", { proved: true });
    expect(recover({ memory: { ...memory, promotion: promotion(999_000) } }).actions).toEqual([]);
    expect(recover({ memory: { ...memory, promotion: promotion(819_000) } }).actions).toEqual([
      "declare-host-dead h3",
    ]);
    const back = { ...promotion(999_000), settledAtMs: { [host(2)]: 999_500 } };
    expect(recover({ memory: { ...memory, promotion: back } }).actions).toEqual(["declare-host-dead h3"]);
    const called = { ...back, phase: "called" as const };
    expect(recover({ memory: { ...memory, promotion: called } }).actions).toEqual([]);
  });

  test("FENCE_HOST_FORGET=1 removes it from the pool once it was declared dead", () => {
    expect(recover({ memory: inPhase("declared") }).actions).toEqual([]);
    const settings = { FENCE_HOST_FORGET: true };
    expect(recover({ memory: inPhase("declared"), settings }).actions).toEqual(["forget-host h3"]);
  });

  test("one that XAPI still reached is asked about again after ten minutes", () => {
    expect(recover({ memory: inPhase("answered", { openedAtMs: 401_000 }) }).phase).toBe("answered");
    expect(recover({ memory: inPhase("answered", { openedAtMs: 400_000 }) }).phase).toBe("open");
  });
});

describe("recoverHosts: a host that lives again", () => {
  const back = healthOf({ h2: "alive", h3: "alive" });
  const alive = { h2: ALIVE(), h3: ALIVE() };

  test("its incident is over, it is a member at once, and its waits are over too", () => {
    const retries = { "fence-host:h3": { failures: 3, notBeforeMs: 9_000_000 } };
    const seen = recover({ memory: { ...inPhase("open"), health: back, retries }, probes: alive });
    expect(seen).toMatchObject({ actions: [], said: ["host-back"], phase: undefined });
    expect([seen.memory.retries, seen.memory.lastGood?.members.includes(host(3))]).toEqual([{}, true]);
  });

  test("while its agent runs, or XAPI is told, nothing is over yet", () => {
    for (const key of ["fence-host:h3", "declare-host-dead:h3"])
      expect(
        recover({ memory: { ...inPhase("fencing"), health: back }, probes: alive, inFlight: [key] }).said,
      ).toEqual([]);
  });

  test("one that was declared dead has returned: it may have to be enabled", () => {
    const seen = recover({ memory: { ...inPhase("declared"), health: back }, probes: alive });
    expect(seen.phase).toBe("returned");
    expect(seen.memory.incidents[host(3)]?.returnedAtMs).toBe(1_000_000);
  });

  test("one that boots after a proved fence answers ping already: its VMs are free all the same", () => {
    const booting = healthOf({ h2: "alive", h3: "xapi-down" });
    const seen = { probes: { h2: ALIVE(), h3: XAPI_DOWN } };
    const proved = { ...inPhase("fenced", { proved: true }), health: booting };
    expect(recover({ ...seen, memory: proved }).actions).toEqual(["declare-host-dead h3"]);
    const assumed = { ...inPhase("fenced"), health: booting };
    expect(recover({ ...seen, memory: assumed }).said).toEqual(["host-back"]);
  });

  test("one that has failed again since it returned begins anew", () => {
    const memory = inPhase("returned", { openedAtMs: 5, proved: true, returnedAtMs: 9 });
    expect(recover({ memory }).memory.incidents[host(3)]).toMatchObject({
      phase: "fencing",
      openedAtMs: 1_000_000,
      proved: false,
      returnedAtMs: null,
    });
  });
});
