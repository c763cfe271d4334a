import { describe, expect, test } from "bun:test";
import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { applianceUuid, hostUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import type { XapiFault } from "../../../../src/core/model/pool-view.ts";
import type { StartResult } from "../../../../src/ports/pool-database.ts";
import {
  api,
  createMemoryStore,
  createScript,
  createTestClock,
  type Handler,
  never,
  type Reply,
  recorded,
  recordedAll,
  resultOf,
  value,
} from "./fixtures.ts";

const VM = vmUuid("62136d14-1a38-b599-b83c-32d2fcc78315");
const HOSTS = ["h1", "h2", "h3"].map(hostUuid);

/** The task records of one start, as recorded: pending, success. */
const POLLS = recordedAll("tasks", "task poll").map(resultOf);
const SUCCESS = POLLS.at(-1);

function failure(...errorInfo: string[]): Reply {
  const failed = resultOf(recorded("tasks", "failed task"));
  return value({ ...(failed as object), error_info: errorInfo });
}

function open(handlers: Readonly<Record<string, Handler>>) {
  const script = createScript({
    "VM.get_by_uuid": () => value("OpaqueRef:vm"),
    "host.get_by_uuid": ([, uuid]) => value(`OpaqueRef:${String(uuid)}`),
    "VM_appliance.get_by_uuid": () => value("OpaqueRef:app"),
    "Async.VM.start_on": ([, , host]) =>
      value(`OpaqueRef:task-on-${String(host).slice("OpaqueRef:".length)}`),
    "Async.VM.start": () => value("OpaqueRef:task"),
    "Async.VM_appliance.start": () => value("OpaqueRef:task"),
    ...handlers,
  });
  const clock = createTestClock();
  const xapi = createXapi({
    transport: script.transport,
    clock,
    store: createMemoryStore(),
    xeTimeoutMs: 5_000,
  });
  return { ...script, clock, xapi };
}

const goesOn = async () => true;
const fault = (what: XapiFault): StartResult => ({ ok: false, fault: what });

describe("startVm", () => {
  test("startVm: without candidates XAPI picks; the recorded task is followed to success and destroyed", async () => {
    const { xapi, calls, methods } = open({
      "task.get_record": (_, nth) => value(POLLS[Math.min(nth, POLLS.length) - 1]),
    });
    expect(await xapi.startVm(VM, [], never(), goesOn)).toEqual({ ok: true, value: "started" });
    expect(calls.find(({ method }) => method === "Async.VM.start")?.params).toEqual([
      "OpaqueRef:session-1",
      "OpaqueRef:vm",
      false,
      false,
    ]);
    expect(methods().at(-1)).toBe("task.destroy");
    expect(POLLS[0]).toMatchObject({ status: "pending" });
  });

  test("startVm: start_on the first candidate, not paused and not forced", async () => {
    const { xapi, calls } = open({ "task.get_record": () => value(SUCCESS) });
    expect(await xapi.startVm(VM, HOSTS, never(), goesOn)).toEqual({ ok: true, value: "started" });
    const starts = calls.filter(({ method }) => method === "Async.VM.start_on");
    expect(starts.map(({ params }) => params)).toEqual([
      ["OpaqueRef:session-1", "OpaqueRef:vm", "OpaqueRef:h1", false, false],
    ]);
  });

  test("startVm: before each host but the first it is asked whether the start may go on", async () => {
    const { xapi, calls } = open({ "task.get_record": () => failure("HOST_NOT_ENOUGH_FREE_MEMORY") });
    const answers = [true, false];
    const result = await xapi.startVm(VM, HOSTS, never(), async () => answers.shift() ?? true);
    expect(result.ok).toBe(false);
    expect(calls.filter(({ method }) => method === "Async.VM.start_on").length).toBe(2);
    expect(answers).toEqual([]);
  });

  test("startVm: a task that failed is a fault with XAPI's reason, as recorded, and is destroyed", async () => {
    const { xapi, methods } = open({
      "task.get_record": () => value(resultOf(recorded("tasks", "failed task"))),
    });
    const result = await xapi.startVm(VM, HOSTS, never(), goesOn);
    expect(result).toEqual(
      fault({
        kind: "api",
        code: "VM_BAD_POWER_STATE",
        params: ["OpaqueRef:b7dc131f-d7d6-8888-fb6d-95d6d74772ad", "halted", "running"],
      }),
    );
    expect(methods()).toContain("task.destroy");
  });

  const rows: readonly [string, boolean][] = [
    ["HOST_NOT_ENOUGH_FREE_MEMORY", true],
    ["HOST_DISABLED", true],
    ["HOST_OFFLINE", true],
    ["VM_REQUIRES_SR", true],
    ["VM_REQUIRES_NETWORK", true],
    ["CANNOT_CONTACT_HOST", false],
    ["SR_BACKEND_FAILURE_46", false],
    ["VM_BAD_POWER_STATE", false],
    ["OTHER_OPERATION_IN_PROGRESS", false],
    ["OPERATION_BLOCKED", false],
    ["INTERNAL_ERROR", false],
  ];
  for (const [code, triesNext] of rows) {
    test(`startVm: after ${code} the next candidate is ${triesNext ? "tried" : "not tried"}`, async () => {
      const { xapi, methods } = open({
        "task.get_record": ([, task]) =>
          task === "OpaqueRef:task-on-h1" ? failure(code, "x") : value(SUCCESS),
      });
      const result = await xapi.startVm(VM, HOSTS, never(), goesOn);
      const starts = methods().filter((method) => method === "Async.VM.start_on").length;
      expect(starts).toBe(triesNext ? 2 : 1);
      expect(result).toEqual(
        triesNext ? { ok: true, value: "started" } : fault({ kind: "api", code, params: ["x"] }),
      );
    });
  }

  test("startVm: no candidate can take it: the last one's reason", async () => {
    const { xapi } = open({
      "task.get_record": ([, task]) => failure("HOST_NOT_ENOUGH_FREE_MEMORY", String(task)),
    });
    expect(await xapi.startVm(VM, HOSTS, never(), goesOn)).toEqual(
      fault({ kind: "api", code: "HOST_NOT_ENOUGH_FREE_MEMORY", params: ["OpaqueRef:task-on-h3"] }),
    );
  });

  test("startVm: a candidate that is gone from the pool is passed over, a VM that is gone is not", async () => {
    const one = open({
      "host.get_by_uuid": ([, uuid]) =>
        uuid === "h1" ? api("UUID_INVALID", "host", "h1") : value("OpaqueRef:h2"),
      "task.get_record": () => value(SUCCESS),
    });
    expect((await one.xapi.startVm(VM, HOSTS, never(), goesOn)).ok).toBe(true);
    const gone = open({ "VM.get_by_uuid": () => api("UUID_INVALID", "VM", VM) });
    expect((await gone.xapi.startVm(VM, HOSTS, never(), goesOn)).ok).toBe(false);
    expect(gone.methods()).not.toContain("Async.VM.start_on");
  });

  test("startVm: the order to start that was not answered is a timeout, and no other host is asked", async () => {
    const { xapi, methods } = open({ "Async.VM.start_on": () => "hang" });
    expect(await xapi.startVm(VM, HOSTS, never(), goesOn)).toEqual(fault({ kind: "timeout" }));
    expect(methods().filter((method) => method === "Async.VM.start_on").length).toBe(1);
  });

  test("startVm: an abort while the task runs is pending, at once, and leaves the task alone", async () => {
    const controller = new AbortController();
    const { xapi, methods, clock } = open({
      "task.get_record": (_, nth) => {
        if (nth === 3) queueMicrotask(() => controller.abort());
        return nth < 3 ? value(POLLS[0]) : "hang";
      },
    });
    const startedMs = clock.uptimeMs();
    expect(await xapi.startVm(VM, HOSTS, controller.signal, goesOn)).toEqual({ ok: true, value: "pending" });
    expect(methods()).not.toContain("task.destroy");
    expect(clock.uptimeMs() - startedMs).toBeLessThan(1_000);
  });

  test("startVm: a task that can't be asked about for a while is followed on, one that is gone is pending", async () => {
    const shaky = open({
      "task.get_record": (_, nth) =>
        nth < 4 ? { fault: { kind: "unreachable", detail: "" } } : value(SUCCESS),
    });
    expect(await shaky.xapi.startVm(VM, HOSTS, never(), goesOn)).toEqual({ ok: true, value: "started" });
    const gone = open({ "task.get_record": () => api("HANDLE_INVALID", "task", "x") });
    expect(await gone.xapi.startVm(VM, HOSTS, never(), goesOn)).toEqual({ ok: true, value: "pending" });
  });

  test("startVm: asks soon at first, at most every second, and never without a pause", async () => {
    const times: number[] = [];
    const { xapi, clock } = open({
      "task.get_record": (_, nth) => {
        times.push(clock.uptimeMs());
        return value(nth < 20 ? POLLS[0] : SUCCESS);
      },
    });
    const startedMs = clock.uptimeMs();
    await xapi.startVm(VM, [], never(), goesOn);
    const pauses = times.map((at, i) => at - (times[i - 1] ?? startedMs));
    expect(pauses[0]).toBe(100);
    expect(Math.max(...pauses)).toBe(1_000);
    expect(Math.min(...pauses)).toBe(100);
  });

  test("startVm: a cancelled task is a fault", async () => {
    const { xapi } = open({
      "task.get_record": () => value({ ...(SUCCESS as object), status: "cancelled" }),
    });
    const result = await xapi.startVm(VM, [], never(), goesOn);
    expect(result).toEqual(fault({ kind: "api", code: "TASK_CANCELLED", params: ["OpaqueRef:task"] }));
  });
});

describe("startAppliance", () => {
  test("startAppliance: VM_appliance.start, not paused", async () => {
    const { xapi, calls } = open({ "task.get_record": () => value(SUCCESS) });
    expect(await xapi.startAppliance(applianceUuid("a"), never())).toEqual({ ok: true, value: "started" });
    const start = calls.find(({ method }) => method === "Async.VM_appliance.start");
    expect(start?.params).toEqual(["OpaqueRef:session-1", "OpaqueRef:app", false]);
  });

  test("startAppliance: VMs that could not be started are in the fault", async () => {
    const { xapi } = open({
      "task.get_record": () => failure("OPERATION_PARTIALLY_FAILED", "start", "OpaqueRef:vm"),
    });
    expect(await xapi.startAppliance(applianceUuid("a"), never())).toEqual(
      fault({ kind: "api", code: "OPERATION_PARTIALLY_FAILED", params: ["start", "OpaqueRef:vm"] }),
    );
  });
});

describe("areStillHalted", () => {
  const record = (over: Readonly<Record<string, unknown>> = {}) => ({
    uuid: VM,
    name_label: "web",
    power_state: "Halted",
    resident_on: "OpaqueRef:NULL",
    current_operations: {},
    ...over,
  });
  const run = { host: HOSTS[0] ?? hostUuid("h1"), xapiStartTime: "17." };
  const rows: readonly [string, Readonly<Record<string, unknown>>, string, boolean][] = [
    ["halted, in the same run of xapi", { "OpaqueRef:vm": record() }, "17.", true],
    ["in another run of xapi", { "OpaqueRef:vm": record() }, "18.", false],
    ["it runs", { "OpaqueRef:vm": record({ power_state: "Running" }) }, "17.", false],
    ["somebody starts it", { "OpaqueRef:vm": record({ current_operations: { a: "start" } }) }, "17.", false],
    ["it is gone", {}, "17.", false],
  ];
  for (const [title, records, startTime, expected] of rows)
    test(`areStillHalted: ${title}: ${expected}`, async () => {
      const { xapi } = open({
        "host.get_other_config": () => value({ agent_start_time: startTime }),
        "VM.get_all_records_where": () => value(records),
      });
      expect(await xapi.areStillHalted([VM], run, never())).toEqual({ ok: true, value: expected });
    });
});
