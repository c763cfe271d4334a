import { describe, expect, test } from "bun:test";
import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { hostUuid } from "../../../../src/core/model/ids.ts";
import {
  api,
  createMemoryStore,
  createScript,
  createTestClock,
  type Handler,
  never,
  type Reply,
  recorded,
  value,
} from "./fixtures.ts";

const HOST = hostUuid("00000003-1111-4111-8111-111111111113");
const PENDING = { status: "pending", error_info: [] };
/** Final task records of a real xapi: a host that was dead, and one that was not. */
const DEAD = recorded("tasks", "declare_dead dead h3 final").body;
const LIVE = recorded("tasks", "declare_dead live final").body;
const OK = { ok: true, value: undefined } as never;

function failed(...error_info: string[]): Reply {
  return value({ status: "failure", error_info });
}

function open(handlers: Readonly<Record<string, Handler>>) {
  const script = createScript({
    "host.get_by_uuid": () => value("OpaqueRef:dead"),
    "host.tickle_heartbeat": () => value({}),
    "Async.host.declare_dead": () => value("OpaqueRef:task"),
    "task.get_record": () => value(DEAD),
    "host.get_resident_VMs": () => value(["OpaqueRef:dom0", ...vms(20)]),
    "VM.power_state_reset": ([, vm]) =>
      vm === "OpaqueRef:dom0" ? api("CANNOT_RESET_CONTROL_DOMAIN", "OpaqueRef:dom0") : value(""),
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

function vms(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `OpaqueRef:vm-${i}`);
}

const resets = (methods: readonly string[]) =>
  methods.filter((method) => method === "VM.power_state_reset").length;

describe("declareDead: proved by a fence", () => {
  test("declareDead: XAPI is told in a local session, then declare_dead is followed to its end", async () => {
    const { xapi, calls, methods } = open({});
    expect(await xapi.declareDead(HOST, true, never())).toEqual(OK);
    expect(methods()).toEqual([
      "session.login_with_password",
      "host.get_by_uuid",
      "session.slave_local_login_with_password",
      "host.tickle_heartbeat",
      "session.local_logout",
      "Async.host.declare_dead",
      "task.get_record",
      "task.destroy",
    ]);
    expect(calls[3]?.params).toEqual(["OpaqueRef:local-1", "OpaqueRef:dead", { "shutting-down": "true" }]);
    expect(calls[5]?.params).toEqual(["OpaqueRef:session-1", "OpaqueRef:dead"]);
  });

  test("declareDead: a tickle that is refused does not matter", async () => {
    const { xapi } = open({ "host.tickle_heartbeat": () => api("RBAC_PERMISSION_DENIED") });
    expect(await xapi.declareDead(HOST, true, never())).toEqual(OK);
  });

  test("declareDead: HOST_IS_LIVE, as recorded, is the answer and nothing is reset", async () => {
    const { xapi, methods } = open({ "task.get_record": () => value(LIVE) });
    expect(await xapi.declareDead(HOST, true, never())).toEqual({
      ok: false,
      fault: {
        kind: "api",
        code: "HOST_IS_LIVE",
        params: ["OpaqueRef:e58fe336-0a8b-33b3-8fc2-ab36bec1fc39"],
      },
    });
    expect(resets(methods())).toBe(0);
  });

  test("declareDead: a task that failed otherwise is replaced by resetting each VM; dom0's refusal does not count", async () => {
    const { xapi, methods } = open({ "task.get_record": () => failed("XAPI_HOOK_FAILED", "10resetvdis") });
    expect(await xapi.declareDead(HOST, true, never())).toEqual(OK);
    expect(resets(methods())).toBe(21);
  });

  test("declareDead: a xapi without the call is answered by resetting each VM", async () => {
    const { xapi, methods } = open({ "Async.host.declare_dead": () => api("MESSAGE_METHOD_UNKNOWN", "x") });
    expect(await xapi.declareDead(HOST, true, never())).toEqual(OK);
    expect(resets(methods())).toBe(21);
  });

  test("declareDead: a VM whose reset says HOST_IS_LIVE makes the whole a fault", async () => {
    const { xapi } = open({
      "task.get_record": () => failed("INTERNAL_ERROR", "x"),
      "VM.power_state_reset": ([, vm]) =>
        vm === "OpaqueRef:vm-7" ? api("HOST_IS_LIVE", "OpaqueRef:dead") : value(""),
    });
    const result = await xapi.declareDead(HOST, true, never());
    expect(result).toEqual({
      ok: false,
      fault: { kind: "api", code: "HOST_IS_LIVE", params: ["OpaqueRef:dead"] },
    });
  });

  test("declareDead: a task that takes too long is helped by resets, eight at a time, and followed on", async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    const clock = createTestClock();
    const script = open({ "task.get_record": () => value(done === 21 ? DEAD : PENDING) });
    const slow = async (ms: number) => {
      running += 1;
      most = Math.max(most, running);
      await clock.sleep(ms);
      running -= 1;
      done += 1;
    };
    const transport = {
      ...script.transport,
      async call(...call: Parameters<typeof script.transport.call>) {
        if (call[0] === "VM.power_state_reset") await slow(500);
        return script.transport.call(...call);
      },
    };
    const xapi = createXapi({ transport, clock, store: createMemoryStore(), xeTimeoutMs: 5_000 });
    const startedMs = clock.uptimeMs();
    expect(await xapi.declareDead(HOST, true, never())).toEqual(OK);
    expect(most).toBe(8);
    expect(clock.uptimeMs() - startedMs).toBeGreaterThanOrEqual(15_000);
    expect(clock.uptimeMs() - startedMs).toBeLessThan(20_000);
  });

  test("declareDead: no end before the caller's: a timeout", async () => {
    const controller = new AbortController();
    const { xapi } = open({
      "task.get_record": (_, nth) => {
        if (nth === 3) controller.abort();
        return value(PENDING);
      },
    });
    const result = await xapi.declareDead(HOST, true, controller.signal);
    expect(result).toEqual({ ok: false, fault: { kind: "timeout" } });
  });
});

describe("declareDead: not proved", () => {
  test("declareDead: XAPI is told nothing, and no VM is reset past its own check", async () => {
    const { xapi, methods } = open({ "task.get_record": () => failed("INTERNAL_ERROR", "x") });
    expect((await xapi.declareDead(HOST, false, never())).ok).toBe(false);
    expect(methods()).not.toContain("host.tickle_heartbeat");
    expect(resets(methods())).toBe(0);
  });

  test("declareDead: takes as long as XAPI needs", async () => {
    const { xapi, methods } = open({ "task.get_record": (_, nth) => value(nth < 60 ? PENDING : DEAD) });
    expect(await xapi.declareDead(HOST, false, never())).toEqual(OK);
    expect(resets(methods())).toBe(0);
  });
});

describe("forgetHost", () => {
  test("forgetHost: host.destroy, followed to its end", async () => {
    const { xapi, methods } = open({ "Async.host.destroy": () => value("OpaqueRef:task") });
    expect(await xapi.forgetHost(HOST, never())).toEqual(OK);
    expect(methods()).toContain("task.destroy");
  });
});

describe("promotion", () => {
  test("promoteSelf: in a local session only, for the master that a login needs is dead", async () => {
    const { xapi, methods } = open({
      "session.login_with_password": () => "hang",
      "pool.emergency_transition_to_master": () => value(""),
    });
    expect(await xapi.promoteSelf(never())).toEqual(OK);
    expect(methods()).toEqual([
      "session.slave_local_login_with_password",
      "pool.emergency_transition_to_master",
      "session.local_logout",
    ]);
  });

  test("promoteSelf: a refusal comes back", async () => {
    const { xapi } = open({ "pool.emergency_transition_to_master": () => api("HA_IS_ENABLED") });
    expect((await xapi.promoteSelf(never())).ok).toBe(false);
  });
});
