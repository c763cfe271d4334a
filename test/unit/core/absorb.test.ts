import { describe, expect, test } from "bun:test";
import { absorb } from "../../../src/core/absorb.ts";
import type { Memory } from "../../../src/core/memory/memory.ts";
import { type Action, actionKey, type Result } from "../../../src/core/model/action.ts";
import { address, haltedVm, host, SETTINGS, vm } from "./fixtures.ts";
import { incidentsOf, masterScene } from "./rounds.ts";

const NOW_MS = 1_000_000;
const supply = { hosts: [host(1)], freeBytes: 10, storage: null };
const done: Result = { kind: "done" };
const refused = (code: string): Result => ({ kind: "refused", fault: { kind: "api", code, params: [] } });

interface Over {
  readonly memory?: Partial<Memory>;
  readonly settings?: Partial<typeof SETTINGS>;
  readonly isSlave?: boolean;
}

function end(action: Action, result: Result, { memory = {}, settings = {}, isSlave = false }: Over = {}) {
  const context = {
    nowMs: NOW_MS,
    settings: { ...SETTINGS, ...settings },
    isSlave,
    halted: new Map([[vm("web"), { ...haltedVm("web"), order: 4, startDelayS: 30 }]]),
    supply,
  };
  const step = absorb(masterScene({ memory }).memory, { action, result }, context);
  const retry = step.memory.retries[actionKey(action)];
  return {
    ...step,
    said: step.reasons.map(({ kind }) => kind),
    waitS: retry && (retry.notBeforeMs - NOW_MS) / 1_000,
  };
}

const start: Action = { kind: "start-vm", vm: vm("web"), name: "web", candidates: [] };
const fence: Action = { kind: "fence-host", host: host(3), address: address(host(3)), pingIsLife: true };
const declare: Action = { kind: "declare-host-dead", host: host(3), proved: true };
const inPhase = (phase: Parameters<typeof incidentsOf>[1]) => ({ incidents: incidentsOf(host(3), phase) });

describe("absorb: the start of a VM", () => {
  test("one that succeeded is told, and remembered with its place in the order", () => {
    const { said, memory } = end(start, done);
    expect(said).toEqual(["vm-started"]);
    expect(memory.restarts[vm("web")]).toEqual({ startedAtMs: [NOW_MS], order: 4, startDelayS: 0 });
  });
  test("one that is still under way counts as asked for, and the next group waits its start_delay", () =>
    expect(end(start, { kind: "pending" }).memory.restarts[vm("web")]?.startDelayS).toBe(30));
  test("one that failed is told, waits a minute, then two, and what the pool had then is remembered", () => {
    const first = end(start, refused("VM_REQUIRES_SR"));
    expect([first.said, first.waitS]).toEqual([["vm-start-failed"], 60]);
    expect(first.memory.down[vm("web")]).toMatchObject({ sinceMs: NOW_MS, failure: { supply } });
    expect(end(start, refused("VM_REQUIRES_SR"), { memory: first.memory }).waitS).toBe(120);
  });
  test("that somebody else was quicker is no failure to tell", () => {
    for (const code of ["VM_BAD_POWER_STATE", "OTHER_OPERATION_IN_PROGRESS"])
      expect(end(start, refused(code)).said).toEqual([]);
  });
  test("a disk that is in use while its host is being declared dead says nothing: tried again in three seconds", () => {
    const early = end(start, refused("SR_BACKEND_FAILURE_46"), { memory: inPhase("fenced") });
    expect([early.said, early.waitS]).toEqual([[], 3]);
    expect(end(start, refused("SR_BACKEND_FAILURE_46"), { memory: inPhase("declared") }).said).toEqual([
      "vm-start-failed",
    ]);
  });
});

describe("absorb: a fence", () => {
  const failed: Result = { kind: "not-fenced", fault: "agent-timeout", detail: "60 s" };
  const phaseAfter = (result: Result, over: Over) => {
    const { said, memory } = end(fence, result, over);
    const incident = memory.incidents[host(3)];
    return `${incident?.phase ?? "none"}${incident?.proved === true ? ", proved" : ""}: ${said.join(" ")}`;
  };
  const memory = inPhase("fencing");
  test("its method's success is a proof, POOL's is none", () => {
    expect(phaseAfter({ kind: "done", by: "IPMI" }, { memory })).toBe("fenced, proved: host-fenced");
    expect(phaseAfter({ kind: "done", by: "POOL" }, { memory })).toBe("fenced: host-fenced");
  });
  test("a failure leaves it open, and is tried again after five seconds", () => {
    expect(phaseAfter(failed, { memory })).toBe("open: fence-failed");
    expect(end(fence, failed, { memory }).waitS).toBe(5);
  });
  test("FENCE_HA_ONFAIL goes on without a proof, but not on a slave, and never for a host that may live", () => {
    const settings = { FENCE_HA_ONFAIL: true };
    expect(phaseAfter(failed, { memory, settings })).toBe("fenced: fence-failed host-fenced");
    expect(phaseAfter(failed, { memory, settings, isSlave: true })).toBe("open: fence-failed");
    const answers: Result = { kind: "not-fenced", fault: "host-answers-again", detail: "" };
    expect(phaseAfter(answers, { memory, settings })).toBe("open: fence-failed");
  });
  test("the result of an attempt that an earlier incident had begun proves nothing, and is no reason to go on", () => {
    expect(phaseAfter({ kind: "done", by: "IPMI" }, { memory: inPhase("open") })).toBe("open: host-fenced");
    expect(phaseAfter(failed, { memory: inPhase("open"), settings: { FENCE_HA_ONFAIL: true } })).toBe(
      "open: fence-failed",
    );
    expect(phaseAfter({ kind: "done", by: "IPMI" }, {})).toBe("none: host-fenced");
  });
});

describe("absorb: declare_dead", () => {
  const memory = inPhase("fenced");
  test("done: its VMs may be started elsewhere", () =>
    expect(end(declare, done, { memory })).toMatchObject({
      said: ["host-declared-dead"],
      memory: inPhaseOf("declared"),
    }));
  test("HOST_IS_LIVE: XAPI still reaches it, hands off", () =>
    expect(end(declare, refused("HOST_IS_LIVE"), { memory })).toMatchObject({
      said: ["host-answers-xapi"],
      memory: inPhaseOf("answered"),
    }));
  test("any other refusal leaves it fenced, and is tried again", () =>
    expect(end(declare, refused("INTERNAL_ERROR"), { memory })).toMatchObject({
      said: ["action-failed"],
      waitS: 2,
      memory: inPhaseOf("fenced"),
    }));
  function inPhaseOf(phase: Parameters<typeof incidentsOf>[1]) {
    return { incidents: { [host(3)]: { phase } } };
  }
});

describe("absorb: the rest", () => {
  const rows: readonly [Action, string][] = [
    [{ kind: "follow-master", address: "10.0.0.2" }, "stood-down"],
    [{ kind: "forget-host", host: host(3) }, "host-forgotten"],
    [{ kind: "enable-host", host: host(3) }, "host-enabled"],
    [{ kind: "restart-xapi", host: host(3) }, "xapi-restarted"],
    [{ kind: "destroy-domain", vm: vm("web") }, "leftover-destroyed"],
    [{ kind: "restart-toolstack" }, "toolstack-restarted"],
  ];
  for (const [action, said] of rows) {
    test(`${action.kind}: done is told, a failure too, and is tried again later`, () => {
      expect(end(action, done).said).toEqual([said as never]);
      const failed = end(action, { kind: "failed", detail: "no" });
      expect([failed.said, failed.waitS]).toEqual([["action-failed"], 15]);
    });
  }

  test("what takes effect later is not done again before that", () => {
    expect(end({ kind: "recover-slaves" }, done).waitS).toBe(3);
    expect(end({ kind: "restart-xapi", host: host(3) }, done).waitS).toBe(300);
  });

  test("slaves that were given a copy have these parameters; a copy that failed is tried again", () => {
    const sync: Action = { kind: "sync-database", parameters: "2:abc" };
    expect(end(sync, done).memory.lastGood?.parameters).toBe("2:abc");
    expect(end(sync, { kind: "failed", detail: "no" }).memory.lastGood?.parameters).toBe("");
  });

  test("a message that XAPI did not take is kept; one that it refuses is not", () => {
    const alert = { key: "a", atMs: 1 } as never;
    const post: Action = { kind: "post-message", alert };
    const away: Result = { kind: "refused", fault: { kind: "timeout" } };
    expect(end(post, away).memory.alerts.queue.unposted).toEqual([alert]);
    expect(end(post, refused("MAP_DUPLICATE_KEY")).memory.alerts.queue.unposted).toEqual([]);
  });
});
