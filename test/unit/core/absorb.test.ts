import { describe, expect, test } from "bun:test";
import { type AbsorbContext, absorb } from "../../../src/core/absorb.ts";
import type { IncidentPhase } from "../../../src/core/memory/incident.ts";
import type { Memory } from "../../../src/core/memory/memory.ts";
import type { Action, FenceFault, Result } from "../../../src/core/model/action.ts";
import type { Alert } from "../../../src/core/model/alert.ts";
import type { XapiFault } from "../../../src/core/model/pool-view.ts";
import { address, fenceOf, host, incidentIn, memoryWith, POOL, SETTINGS, said, vm } from "./fixtures.ts";
import { startShop, startVm } from "./starts.ts";

const NOW_MS = 100_000;
const DONE: Result = { kind: "done" };
const PENDING: Result = { kind: "pending" };
const LATE: Result = { kind: "failed", detail: "no end within 20 s" };
const fault = (refusal: XapiFault): Result => ({ kind: "refused", fault: refusal });
const api = (code: string): Result => fault({ kind: "api", code, params: [] });
const notFenced = (why: FenceFault): Result => ({ kind: "not-fenced", fault: why, detail: "" });

const fence = fenceOf(host(3));
const declare: Action = { kind: "declare-host-dead", host: host(3), proved: true };
const start = startVm();
const startBoth = startShop();

/** What is said of the end of an action, and the memory after it. */
function end(
  action: Action,
  result: Result,
  over: Partial<Memory> = {},
  context: Partial<AbsorbContext> = {},
) {
  const given = {
    nowMs: NOW_MS,
    settings: SETTINGS,
    isSlave: false,
    halted: new Map(),
    supply: null,
    ...context,
  };
  const { memory, reasons } = absorb(memoryWith(over), { action, result }, given);
  return { memory, reasons, says: said(reasons).join(), incident: memory.incidents["h3"] };
}
const during = (phase: IncidentPhase) => ({ incidents: incidentIn(phase) });
const ONFAIL = { settings: { ...SETTINGS, FENCE_HA_ONFAIL: true } };

describe("absorb, a fence", () => {
  test("absorb: a success is the proof that the host is off, and told with its method's worth", () => {
    const methods: readonly [Result, string, boolean, string | null][] = [
      [DONE, "ILO", true, null],
      [DONE, "POOL", false, null],
      [{ kind: "done", by: "POOL" }, "ILO,POOL", false, "POOL"],
      [{ kind: "done", by: "ILO" }, "POOL", true, "ILO"],
    ];
    for (const [result, FENCE_METHOD, proved, by] of methods) {
      const settings = { ...SETTINGS, FENCE_METHOD };
      const { incident, reasons } = end(fence, result, during("fencing"), { settings });
      expect(incident).toMatchObject({ phase: "fenced", proved, by, offSinceMs: NOW_MS });
      expect(reasons).toEqual([{ kind: "host-fenced", host: "h3", proved }]);
    }
  });

  test("absorb: a failure leaves the host unfenced, is counted and told", () => {
    const { incident, reasons } = end(fence, notFenced("agent-failed"), during("fencing"));
    expect(incident).toMatchObject({ phase: "open", fenceFailures: 1, offSinceMs: null });
    expect(reasons).toEqual([
      { kind: "fence-failed", host: "h3", fault: "agent-failed", detail: "", goesOn: false },
    ]);
  });

  test("absorb: an attempt that ended without an answer is a failure", () => {
    const { incident, reasons } = end(fence, LATE, during("fencing"));
    expect(incident?.phase).toBe("open");
    expect(reasons).toMatchObject([{ kind: "fence-failed", fault: "agent-killed" }]);
  });

  test("absorb: one that was broken off changes nothing, whatever is wished", () => {
    const brokenOff: Result = { kind: "held", why: "the attempt was broken off" };
    const { incident, reasons, memory } = end(fence, brokenOff, during("fencing"), ONFAIL);
    expect([incident, reasons, memory.retries]).toEqual([incidentIn("fencing")["h3"], [], {}]);
  });

  const wishes: readonly [string, FenceFault, boolean, IncidentPhase, IncidentPhase][] = [
    ["a master's failed attempt", "agent-failed", false, "fencing", "fenced"],
    ["a slave's attempt at its dead master", "agent-failed", true, "fencing", "open"],
    ["a host that answers again", "host-answers-again", false, "fencing", "open"],
    ["a last probe that learnt nothing", "last-probe-unknown", false, "fencing", "open"],
    ["an agent that somebody has ended", "agent-killed", false, "fencing", "open"],
    ["an attempt that an earlier incident has begun", "agent-failed", false, "open", "open"],
  ];
  for (const [title, why, isSlave, phase, next] of wishes) {
    test(`absorb: FENCE_HA_ONFAIL=1, ${title}: ${next}`, () => {
      const { incident, says } = end(fence, notFenced(why), during(phase), { ...ONFAIL, isSlave });
      expect(incident).toMatchObject({ phase: next, proved: false });
      expect(says).toBe(next === "fenced" ? "fence-failed h3,host-fenced h3" : "fence-failed h3");
    });
  }

  test("absorb: the words of a waived failure say that its VMs are started elsewhere, and that nothing is proved", () => {
    const { reasons } = end(fence, notFenced("agent-timeout"), during("fencing"), ONFAIL);
    expect(reasons).toMatchObject([{ goesOn: true }, { kind: "host-fenced", proved: false }]);
  });

  test("absorb: a result of an attempt that an earlier incident has begun is no proof for this one", () => {
    expect(end(fence, DONE, during("open")).incident).toEqual(incidentIn("open")["h3"]);
    const failed = end(fence, notFenced("agent-failed"), during("open"));
    expect(failed.incident).toEqual(incidentIn("open")["h3"]);
  });

  test("absorb: a result for which no incident waits any more changes none", () => {
    expect(end(fence, DONE).memory.incidents).toEqual({});
    expect(end(fence, notFenced("agent-failed")).memory.incidents).toEqual({});
    for (const result of [DONE, notFenced("agent-failed"), LATE])
      expect(end(fence, result, during("returned")).memory.incidents).toEqual(incidentIn("returned"));
  });
});

describe("absorb, a declaration of death", () => {
  const rows: readonly [string, Result, IncidentPhase, IncidentPhase, string][] = [
    ["done", DONE, "fenced", "declared", "host-declared-dead h3"],
    ["HOST_IS_LIVE", api("HOST_IS_LIVE"), "fenced", "answered", "host-answers-xapi h3"],
    ["refused otherwise", api("NOT_NOW"), "fenced", "fenced", "action-failed NOT_NOW"],
    ["done, for an earlier incident", DONE, "open", "open", "host-declared-dead h3"],
    ["done, for an earlier incident", DONE, "fencing", "fencing", "host-declared-dead h3"],
    ["HOST_IS_LIVE, for an earlier incident", api("HOST_IS_LIVE"), "open", "open", "host-answers-xapi h3"],
    ["done, after the host has returned", DONE, "returned", "returned", "host-declared-dead h3"],
  ];
  for (const [title, result, phase, next, says] of rows) {
    test(`absorb: ${title}, in an incident that is ${phase}: ${next}`, () => {
      const after = end(declare, result, during(phase));
      expect([after.incident?.phase, after.says]).toEqual([next, says]);
    });
  }
  test("absorb: the end of a declaration whose incident is over is nobody's", () =>
    expect(end(declare, DONE).memory.incidents).toEqual({}));
});

describe("absorb, a start", () => {
  const halted = new Map([["web", { order: 3, startDelayS: 30, restartPriority: "restart" as const }]]);
  const history = { startedAtMs: [1_000], order: 3, startDelayS: 0, host: null };

  test("absorb: a start that has ended is told, and has waited its start_delay itself", () => {
    const { says, memory } = end(start, DONE, { restarts: { web: history } }, { halted });
    expect(says).toBe("vm-started");
    expect(memory.restarts["web"]).toEqual({
      startedAtMs: [1_000, NOW_MS],
      order: 3,
      startDelayS: 0,
      host: null,
    });
  });

  test("absorb: one that is still under way is not told, and its start_delay is still to come", () => {
    const { says, memory } = end(start, PENDING, {}, { halted });
    expect(says).toBe("");
    expect(memory.restarts["web"]).toEqual({ startedAtMs: [NOW_MS], order: 3, startDelayS: 30, host: null });
  });

  test("absorb: of the starts of one VM the last eight are kept", () => {
    const startedAtMs = [1, 2, 3, 4, 5, 6, 7, 8];
    const { memory } = end(start, DONE, { restarts: { web: { ...history, startedAtMs } } });
    expect(memory.restarts["web"]?.startedAtMs).toEqual([2, 3, 4, 5, 6, 7, 8, NOW_MS]);
  });

  test("absorb: an appliance is told by its name, and remembered by its uuid", () => {
    const { reasons, memory } = end(startBoth, DONE);
    expect(reasons).toEqual([{ kind: "vm-started", vm: "shop", uuid: null }]);
    expect(Object.keys(memory.restarts)).toEqual(["shop"]);
  });

  const refusals: readonly [string, Result, string][] = [
    ["somebody else has started it", api("VM_BAD_POWER_STATE"), ""],
    ["somebody else is starting it", api("OTHER_OPERATION_IN_PROGRESS"), ""],
    [
      "no host has room",
      api("HOST_NOT_ENOUGH_FREE_MEMORY"),
      "vm-start-failed it needs an unknown amount of memory, and the host has an unknown amount free (HOST_NOT_ENOUGH_FREE_MEMORY)",
    ],
    [
      "its disk is in use",
      api("SR_BACKEND_FAILURE_46"),
      "vm-start-failed its disk cannot be opened, perhaps because it is in use on another host (SR_BACKEND_FAILURE_46)",
    ],
  ];
  for (const [title, result, says] of refusals) {
    test(`absorb: ${title}: ${says || "not worth a word"}, and it waits a minute`, () => {
      const after = end(start, result);
      expect(after.says).toBe(says);
      expect(after.memory.retries["start-vm:web"]).toEqual({ failures: 1, notBeforeMs: NOW_MS + 60_000 });
      expect(after.memory.restarts).toEqual({});
    });
  }
});

describe("absorb, when an action may be tried again", () => {
  const key = "fence-host:h3";
  const failedTwice = { retries: { [key]: { failures: 2, notBeforeMs: 0 } } };

  test("absorb: the more often it has failed in a row, the longer it waits", () => {
    const first = end(fence, notFenced("agent-failed")).memory;
    expect(first.retries[key]).toEqual({ failures: 1, notBeforeMs: NOW_MS + 5_000 });
    const third = end(fence, notFenced("agent-failed"), failedTwice).memory;
    expect(third.retries[key]).toEqual({ failures: 3, notBeforeMs: NOW_MS + 30_000 });
  });

  test("absorb: a success ends the waiting", () =>
    expect(end(fence, DONE, failedTwice).memory.retries).toEqual({}));

  test("absorb: what takes effect later waits after a success, too", () => {
    const waits = (action: Action) => Object.values(end(action, DONE).memory.retries);
    expect(waits({ kind: "store-database", master: host(1), placement: "new", changes: 8 })).toEqual([
      { failures: 0, notBeforeMs: NOW_MS + 1_000 },
    ]);
    expect(waits({ kind: "restart-xapi", host: host(3), mayEnd: [] })).toEqual([
      { failures: 0, notBeforeMs: NOW_MS + 300_000 },
    ]);
    expect(waits({ kind: "hold-xapi" })).toEqual([{ failures: 0, notBeforeMs: NOW_MS + 300_000 }]);
    expect(waits({ kind: "follow-master", address: address(host(2)) })).toEqual([]);
  });
});

describe("absorb, the other actions", () => {
  const told: readonly [Action, string][] = [
    [{ kind: "follow-master", address: address(host(2)) }, "stood-down"],
    // By the name it had: no view lists it any more.
    [{ kind: "forget-host", host: host(9), name: "h9" }, "host-forgotten h9"],
    [{ kind: "enable-host", host: host(3) }, "host-enabled h3"],
    [{ kind: "hold-xapi" }, "toolstack-restarted"],
    [{ kind: "release-xapi" }, ""],
    [{ kind: "restart-xapi", host: host(3), mayEnd: [] }, "xapi-restarted h3"],
    [
      {
        kind: "correct-database",
        vm: vm("web"),
        host: host(3),
        says: null,
        ask: { vm: vm("web"), witnesses: [] },
      },
      "",
    ],
    [{ kind: "restart-toolstack" }, "toolstack-restarted"],
    [{ kind: "promote-self", rests: [], route: null }, ""],
    [{ kind: "sync-database", parameters: "new" }, ""],
    [{ kind: "store-database", master: host(1), placement: "new", changes: 8 }, ""],
    [{ kind: "fetch-database", host: host(2), master: host(1), changes: 8 }, ""],
    [{ kind: "mark-host", host: host(3), key: "key", value: "failed" }, ""],
    [{ kind: "stamp-home-pool", vm: vm("web"), pool: POOL }, ""],
  ];
  for (const [action, says] of told) {
    test(`absorb: ${action.kind}: a success is ${says || "not worth a word"}, a failure is told`, () => {
      expect(end(action, DONE).says).toBe(says);
      const [reason] = end(action, LATE).reasons;
      expect(reason).toMatchObject({ kind: "action-failed", why: "no end within 20 s" });
    });
  }

  test("absorb: the slaves have the parameters that were copied, and not those of a copy that failed", () => {
    const sync: Action = { kind: "sync-database", parameters: "new" };
    expect(end(sync, DONE).memory.lastGood?.parameters).toBe("new");
    expect(end(sync, LATE).memory.lastGood?.parameters).toBe("");
    expect(end(sync, DONE, { lastGood: null }).memory.lastGood).toBeNull();
  });

  test("absorb: what is on the master's disk is what was written, a second is left between two writes", () => {
    const store: Action = { kind: "store-database", master: host(1), placement: "new", changes: 8 };
    const { memory } = end(store, DONE);
    expect(memory.placementOnDisk).toBe("new");
    expect(memory.retries).toEqual({ "store-database": { failures: 0, notBeforeMs: NOW_MS + 1_000 } });
    const failed = end(store, LATE, { placementOnDisk: "old" }).memory;
    expect(failed.placementOnDisk).toBe("old");
    expect(failed.retries["store-database"]?.failures).toBe(1);
  });

  test("absorb: a copy that was fetched has what was counted before, and the next one is ten seconds away", () => {
    const fetch: Action = { kind: "fetch-database", host: host(2), master: host(1), changes: 8 };
    const { memory } = end(fetch, DONE);
    expect(memory.copy).toEqual({
      master: host(1),
      changes: 8,
      currentAtMs: NOW_MS,
      notBeforeMs: NOW_MS + 10_000,
    });
    expect(memory.retries).toEqual({});
    const copy = { master: host(1), changes: 7, currentAtMs: 1, notBeforeMs: 2 };
    const failed = end(fetch, LATE, { copy }).memory;
    expect(failed.copy).toEqual(copy);
    expect(failed.retries["fetch-database"]).toEqual({ failures: 1, notBeforeMs: NOW_MS + 10_000 });
  });

  test("absorb: why a copy cannot be fetched is said three times; after that a condition says that it is old", () => {
    const fetch: Action = { kind: "fetch-database", host: host(2), master: host(1), changes: 8 };
    const after = (failures: number) =>
      end(fetch, LATE, { retries: { "fetch-database": { failures, notBeforeMs: 0 } } }).reasons.length;
    expect([0, 1, 2, 3, 9].map(after)).toEqual([1, 1, 1, 0, 0]);
  });

  test("absorb: what a look at the fence devices has found is remembered, with its time", () => {
    const look: Action = { kind: "check-fence-devices", method: "ILO", hosts: [] };
    const { memory } = end(look, { kind: "checked", wrong: { h3: "no answer" } });
    expect(memory.fenceDevices).toEqual({ method: "ILO", checkedAtMs: NOW_MS, wrong: { h3: "no answer" } });
    expect(memory.retries).toEqual({});
  });

  test("absorb: a message is kept for a XAPI that is away, not for one that refuses it", () => {
    const alert: Alert = {
      key: "ha-off",
      from: "master_ip",
      severity: "info",
      subject: "HA is off",
      body: "",
      advice: "",
      target: { kind: "pool" },
      lasting: true,
      atMs: 0,
      repeats: null,
    };
    const post: Action = { kind: "post-message", alert };
    const kept = (result: Result) => end(post, result).memory.alerts.queue.unposted.length;
    expect([kept(DONE), kept(api("NOT_NOW")), kept(fault({ kind: "timeout" })), kept(LATE)]).toEqual([
      0, 0, 1, 1,
    ]);
    expect([end(post, fault({ kind: "timeout" })).says, end(post, api("NOT_NOW")).says]).toEqual([
      "",
      "action-failed NOT_NOW",
    ]);
  });
});
