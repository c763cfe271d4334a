import { describe, expect, test } from "bun:test";
import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { hostUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import type { XapiResult } from "../../../../src/core/model/pool-view.ts";
import type { OpenMasterWay } from "../../../../src/ports/xapi-transport.ts";
import {
  api,
  createMemoryStore,
  createScript,
  createTestClock,
  type Handler,
  never,
  value,
} from "./fixtures.ts";

const SELF = hostUuid("h2");
const VM = vmUuid("62136d14-1a38-b599-b83c-32d2fcc78315");
const MASTER = "10.0.0.1";
const RUN = { host: hostUuid("h1"), xapiStartTime: "1700000000." };
const LOOK_UP = { "host.get_by_uuid": ([, uuid]: readonly unknown[]) => value(`OpaqueRef:${String(uuid)}`) };

/** A slave, its own xapi, and the master's as it is reached over the way. */
function slave(handlers: Readonly<Record<string, Handler>> = {}, over: Partial<{ way: OpenMasterWay }> = {}) {
  const own = createScript({ "VM.get_by_uuid": () => value("OpaqueRef:vm"), ...LOOK_UP });
  const master = createScript({
    "session.slave_login": () => value("OpaqueRef:ours"),
    "host.get_other_config": () => value({ agent_start_time: RUN.xapiStartTime }),
    "VM.get_all_records_where": () => value({}),
    "Async.VM.start_on": () => value("OpaqueRef:task"),
    "task.get_record": () => api("HANDLE_INVALID", "task", "OpaqueRef:task"),
    ...handlers,
  });
  const opened: string[] = [];
  const masterWay: OpenMasterWay = async (address) => {
    opened.push(address);
    return { ok: true, value: { transport: master.transport, secret: "the secret" } };
  };
  const xapi = createXapi({
    ...{ transport: own.transport, clock: createTestClock(), store: createMemoryStore(), xeTimeoutMs: 5_000 },
    masterWay: over.way ?? masterWay,
  });
  return { own, master, xapi, opened };
}

function starterOf<T>(found: XapiResult<T>): T {
  if (!found.ok) throw new Error(JSON.stringify(found.fault));
  return found.value;
}

describe("atMaster", () => {
  test("nothing is sent before the first call; then one session of this host, by the pool secret", async () => {
    const { xapi, master, own, opened } = slave();
    const starter = starterOf(await xapi.atMaster(SELF, MASTER, never()));
    expect(opened).toEqual([MASTER]);
    expect(master.calls).toEqual([]);
    expect(await starter.areStillHalted([], RUN, never())).toEqual({ ok: true, value: true });
    expect(master.calls[0]).toEqual({
      method: "session.slave_login",
      params: ["OpaqueRef:h2", "the secret"],
    });
    // The own xapi is asked for references that the last read did not have, and for nothing else.
    expect([...new Set(own.methods())]).toEqual(["session.login_with_password", "host.get_by_uuid"]);
    expect(xapi.calls()).toBe(own.calls.length + master.calls.length);
  });

  test("what was checked and what is started go over the same session, which ends with the pass", async () => {
    const { xapi, master, own } = slave();
    const first = starterOf(await xapi.atMaster(SELF, MASTER, never()));
    await first.areStillHalted([], RUN, never());
    const second = starterOf(await xapi.atMaster(SELF, MASTER, never()));
    await second.startVm(VM, [hostUuid("h1")], never(), async () => true);
    await xapi.close();
    expect(master.methods().filter((method) => method.startsWith("session."))).toEqual([
      "session.slave_login",
      "session.logout",
    ]);
    expect(master.methods()).toContain("Async.VM.start_on");
    expect(own.methods()).not.toContain("Async.VM.start_on");
  });

  test("a xapi that has forgotten the session is another one: there is no other session, and no start", async () => {
    const { xapi, master } = slave({
      "Async.VM.start_on": ([session]) => api("SESSION_INVALID", String(session)),
    });
    const starter = starterOf(await xapi.atMaster(SELF, MASTER, never()));
    await starter.areStillHalted([], RUN, never());
    for (let times = 0; times < 2; times++) {
      const started = await starter.startVm(VM, [hostUuid("h1")], never(), async () => true);
      expect(started).toMatchObject({ ok: false, fault: { code: "SESSION_INVALID" } });
    }
    expect(master.methods().filter((method) => method === "session.slave_login").length).toBe(1);
  });

  test("no way is a fault, and nothing is sent", async () => {
    const fault = { kind: "unreachable", detail: "no certificates" } as const;
    const { xapi, own } = slave({}, { way: async () => ({ ok: false, fault }) });
    expect(await xapi.atMaster(SELF, MASTER, never())).toEqual({ ok: false, fault });
    expect(own.methods()).not.toContain("Async.VM.start_on");
  });

  test("unless a client is given a way it has none", async () => {
    const { transport } = createScript(LOOK_UP);
    const given = { transport, clock: createTestClock(), store: createMemoryStore(), xeTimeoutMs: 5_000 };
    expect((await createXapi(given).atMaster(SELF, MASTER, never())).ok).toBe(false);
  });
});
