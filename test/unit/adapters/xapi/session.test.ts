import { describe, expect, test } from "bun:test";
import { openSession } from "../../../../src/adapters/xapi/session.ts";
import { api, createScript, createTestClock, type Handler, never, value } from "./fixtures.ts";

function open(handlers: Readonly<Record<string, Handler>>) {
  const script = createScript(handlers);
  const clock = createTestClock();
  const session = openSession({ transport: script.transport, clock, xeTimeoutMs: 5_000 });
  return { ...script, clock, session };
}

const LOGIN = "session.login_with_password";

describe("openSession", () => {
  test("openSession: sends nothing before the first call", async () => {
    const { session, calls } = open({});
    await session.close();
    expect(calls).toEqual([]);
  });

  test("openSession: calls at the same time share one login, with a name for xapi's limits", async () => {
    const { session, calls } = open({ "host.get_all": () => value([]) });
    await Promise.all([1, 2, 3].map(() => session.call("host.get_all", ["x"], never())));
    const logins = calls.filter(({ method }) => method === LOGIN);
    expect(logins).toEqual([{ method: LOGIN, params: ["root", "", "1.0", "ha-lizard"] }]);
    expect(calls[1]).toEqual({ method: "host.get_all", params: ["OpaqueRef:session-1", "x"] });
    expect(session.calls()).toBe(4);
  });

  test("openSession: SESSION_INVALID is answered by one new login and one more try", async () => {
    const { session, calls, methods } = open({
      "host.get_all": ([ref]) =>
        ref === "OpaqueRef:session-1" ? api("SESSION_INVALID", String(ref)) : value([]),
    });
    expect(await session.call("host.get_all", [], never())).toEqual({ ok: true, value: [] });
    expect(methods()).toEqual([LOGIN, "host.get_all", LOGIN, "host.get_all"]);
    expect(calls.at(-1)?.params).toEqual(["OpaqueRef:session-2"]);
  });

  test("openSession: several calls that find the session dead share the new login", async () => {
    const { session, methods } = open({
      "host.get_all": ([ref]) =>
        ref === "OpaqueRef:session-1" ? api("SESSION_INVALID", String(ref)) : value([]),
    });
    const answers = await Promise.all([1, 2, 3, 4].map(() => session.call("host.get_all", [], never())));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(methods().filter((method) => method === LOGIN).length).toBe(2);
  });

  test("openSession: a call that learns late that the old session was dead does not end the new one", async () => {
    const clock = createTestClock();
    const { transport, methods } = createScript({
      "host.get_all": ([ref]) =>
        ref === "OpaqueRef:session-1" ? api("SESSION_INVALID", String(ref)) : value([]),
    });
    const session = openSession({
      clock,
      xeTimeoutMs: 5_000,
      transport: {
        ...transport,
        async call(method, params, signal) {
          const answer = await transport.call(method, params, signal);
          if (params[1] === "slow") await clock.sleep(1_000);
          return answer;
        },
      },
    });
    const slow = session.call("host.get_all", ["slow"], never());
    expect((await session.call("host.get_all", ["quick"], never())).ok).toBe(true);
    expect((await slow).ok).toBe(true);
    expect(methods().filter((method) => method === LOGIN).length).toBe(2);
  });

  test("openSession: SESSION_INVALID for the new session too is the answer", async () => {
    const { session, methods } = open({ "host.get_all": () => api("SESSION_INVALID", "x") });
    const answer = await session.call("host.get_all", [], never());
    expect(answer).toEqual({ ok: false, fault: { kind: "api", code: "SESSION_INVALID", params: ["x"] } });
    expect(methods().filter((method) => method === LOGIN).length).toBe(2);
  });

  test("openSession: a login that failed is tried again by the next call", async () => {
    const { session } = open({
      [LOGIN]: (_, nth) => (nth === 1 ? api("UUID_INVALID", "host", "x") : value("OpaqueRef:s")),
      "host.get_all": () => value([]),
    });
    expect((await session.call("host.get_all", [], never())).ok).toBe(false);
    expect((await session.call("host.get_all", [], never())).ok).toBe(true);
  });

  test("openSession: a login without a reference is malformed", async () => {
    const { session } = open({ [LOGIN]: () => value({}) });
    const answer = await session.call("host.get_all", [], never());
    expect(answer.ok ? "" : answer.fault.kind).toBe("malformed");
  });

  test("openSession: a call that hangs ends at its own deadline, a long one at the longer", async () => {
    const { session, clock } = open({ "pool.recover_slaves": () => "hang" });
    const startedMs = clock.uptimeMs();
    expect(await session.call("pool.recover_slaves", [], never())).toEqual({
      ok: false,
      fault: { kind: "timeout" },
    });
    expect(clock.uptimeMs() - startedMs).toBe(5_000);
    await session.call("pool.recover_slaves", [], never(), 60_000);
    expect(clock.uptimeMs() - startedMs).toBe(65_000);
  });

  test("openSession: a caller's abort ends its wait for a login that hangs, not the login of the others", async () => {
    const { session, clock } = open({ [LOGIN]: () => "hang" });
    const controller = new AbortController();
    const startedMs = clock.uptimeMs();
    const impatient = session.call("host.get_all", [], controller.signal);
    const patient = session.call("host.get_all", [], never());
    controller.abort();
    expect(await impatient).toEqual({ ok: false, fault: { kind: "timeout" } });
    expect(clock.uptimeMs()).toBe(startedMs);
    await patient;
    expect(clock.uptimeMs() - startedMs).toBe(5_000);
  });

  test("openSession: close logs out once and refuses what comes after", async () => {
    const { session, calls } = open({ "host.get_all": () => value([]) });
    await session.call("host.get_all", [], never());
    await session.close();
    expect(calls.at(-1)).toEqual({ method: "session.logout", params: ["OpaqueRef:session-1"] });
    const answer = await session.call("host.get_all", [], never());
    expect(answer.ok ? "" : answer.fault.kind).toBe("unreachable");
    expect(session.calls()).toBe(3);
  });

  test("openSession: close waits no longer than a second, for a logout or a login that hangs", async () => {
    const slow = open({ "host.get_all": () => value([]), "session.logout": () => "hang" });
    await slow.session.call("host.get_all", [], never());
    const startedMs = slow.clock.uptimeMs();
    await slow.session.close();
    expect(slow.clock.uptimeMs() - startedMs).toBe(1_000);

    const stuck = open({ [LOGIN]: () => "hang" });
    const call = stuck.session.call("host.get_all", [], never());
    await stuck.session.close();
    expect((await call).ok).toBe(false);
    expect(stuck.clock.uptimeMs()).toBe(startedMs);
  });
});

describe("openSession: local sessions", () => {
  test("callLocally: opens a session of its own, and logs out of it", async () => {
    const { session, calls } = open({ "host.is_in_emergency_mode": () => value(false) });
    const answer = await session.callLocally("host.is_in_emergency_mode", [], never());
    expect(answer).toEqual({ ok: true, value: false });
    expect(calls).toEqual([
      { method: "session.slave_local_login_with_password", params: ["root", ""] },
      { method: "host.is_in_emergency_mode", params: ["OpaqueRef:local-1"] },
      { method: "session.local_logout", params: ["OpaqueRef:local-1"] },
    ]);
  });

  test("callLocally: logs out also after an error, a hang, or the caller's abort", async () => {
    const controller = new AbortController();
    const replies = [api("HA_IS_ENABLED"), "hang", "hang"] as const;
    const { session, methods } = open({
      "x.y": (_, nth) => {
        if (nth === 3) queueMicrotask(() => controller.abort());
        return replies[nth - 1] ?? "hang";
      },
    });
    await session.callLocally("x.y", [], never());
    await session.callLocally("x.y", [], never());
    await session.callLocally("x.y", [], controller.signal);
    expect(methods().filter((method) => method === "session.local_logout").length).toBe(3);
  });
});
