import { describe, expect, test } from "bun:test";
import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { hostUuid, poolUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import type { NewMessage } from "../../../../src/ports/pool-database.ts";
import type { XapiTransport } from "../../../../src/ports/xapi-transport.ts";
import {
  api,
  createMemoryStore,
  createScript,
  createTestClock,
  type Handler,
  never,
  type Reply,
  recorded,
  recordsOf,
  value,
} from "./fixtures.ts";
import { addRunning, createPool, granted, HOST_1, open, PLAIN, POOL } from "./recorded-pool.ts";

/** The refusal of a real xapi, word for word. */
const DUPLICATE = duplicate();
function duplicate(): Reply {
  const { body } = recorded("writes", "duplicate");
  const { error } = body as { error: { message: string; data: string[] } };
  return api(error.message, ...error.data);
}

function openWriter(handlers: Readonly<Record<string, Handler>>, tcp?: XapiTransport) {
  const script = createScript({
    "pool.get_all_records": () => value(recordsOf("pool.get_all_records")),
    "pool.remove_from_other_config": () => value(""),
    ...handlers,
  });
  const clock = createTestClock();
  const xapi = createXapi({
    transport: script.transport,
    ...(tcp === undefined ? {} : { tcp }),
    clock,
    store: createMemoryStore(),
    xeTimeoutMs: 5_000,
  });
  return { ...script, clock, xapi };
}

const OK = { ok: true, value: undefined } as never;

describe("setPoolKey", () => {
  test("setPoolKey: a new key is added, and nothing else is done", async () => {
    const { xapi, calls } = openWriter({ "pool.add_to_other_config": () => value("") });
    expect(await xapi.setPoolKey("HA_OP_MODE", "2", never())).toEqual(OK);
    expect(calls.slice(2)).toEqual([
      { method: "pool.add_to_other_config", params: ["OpaqueRef:session-1", POOL, "HA_OP_MODE", "2"] },
    ]);
  });

  test("setPoolKey: MAP_DUPLICATE_KEY with another value: remove, add; the map is never written whole", async () => {
    const { xapi, methods } = openWriter({
      "pool.add_to_other_config": (_, nth) => (nth === 1 ? DUPLICATE : value("")),
      "pool.get_other_config": () => value({ "ha:test": "1" }),
    });
    expect(await xapi.setPoolKey("ha:test", "2", never())).toEqual(OK);
    expect(methods().slice(2)).toEqual([
      "pool.add_to_other_config",
      "pool.get_other_config",
      "pool.remove_from_other_config",
      "pool.add_to_other_config",
    ]);
    expect(methods()).not.toContain("pool.set_other_config");
  });

  test("setPoolKey: MAP_DUPLICATE_KEY with the same value is done", async () => {
    const { xapi, methods } = openWriter({
      "pool.add_to_other_config": () => DUPLICATE,
      "pool.get_other_config": () => value({ "ha:test": "1" }),
    });
    expect(await xapi.setPoolKey("ha:test", "1", never())).toEqual(OK);
    expect(methods()).not.toContain("pool.remove_from_other_config");
  });

  test("setPoolKey: a key that was removed is added again although the caller has no time left", async () => {
    const controller = new AbortController();
    const { xapi, methods } = openWriter({
      "pool.add_to_other_config": (_, nth) => (nth === 1 ? DUPLICATE : value("")),
      "pool.get_other_config": () => value({ "ha:test": "1" }),
      "pool.remove_from_other_config": () => {
        controller.abort();
        return value("");
      },
    });
    await xapi.setPoolKey("ha:test", "2", controller.signal);
    expect(methods().slice(-2)).toEqual(["pool.remove_from_other_config", "pool.add_to_other_config"]);
  });

  test("setPoolKey: somebody who sets the same key between remove and add does not make it fail", async () => {
    const { xapi, methods } = openWriter({
      "pool.add_to_other_config": (_, nth) => (nth <= 2 ? DUPLICATE : value("")),
      "pool.get_other_config": (_, nth) => value({ "ha:test": nth === 1 ? "1" : "theirs" }),
    });
    expect(await xapi.setPoolKey("ha:test", "2", never())).toEqual(OK);
    expect(methods().filter((method) => method === "pool.remove_from_other_config").length).toBe(2);
    const busy = openWriter({
      "pool.add_to_other_config": () => DUPLICATE,
      "pool.get_other_config": () => value({ "ha:test": "theirs" }),
    });
    expect((await busy.xapi.setPoolKey("ha:test", "2", never())).ok).toBe(false);
  });

  test("setPoolKey: any other error is the answer", async () => {
    const { xapi, methods } = openWriter({
      "pool.add_to_other_config": () => api("INTERNAL_ERROR", "Db_exn.Empty_key_in_map"),
    });
    expect((await xapi.setPoolKey("", "v", never())).ok).toBe(false);
    expect(methods()).not.toContain("pool.remove_from_other_config");
  });
});

describe("the other marks", () => {
  test("removePoolKey: removes; an absent key is no error", async () => {
    const { xapi, calls } = openWriter({});
    expect(await xapi.removePoolKey("HA_X", never())).toEqual(OK);
    expect(calls.at(-1)?.params).toEqual(["OpaqueRef:session-1", POOL, "HA_X"]);
  });

  test("setHostKey and setVmKey: by the references of the last read, without asking", async () => {
    const pool = createPool();
    const [vm = {}] = Object.values(pool.tables.vms);
    const { xapi, methods } = open({
      ...pool,
      handlers: {
        ...pool.handlers,
        "host.add_to_other_config": ([, ref]) => (ref === HOST_1 ? value("") : api("HANDLE_INVALID")),
        "VM.add_to_other_config": () => value(""),
      },
    });
    granted(await xapi.read(PLAIN, never()));
    const before = methods().length;
    const host = hostUuid("00000001-1111-4111-8111-111111111111");
    expect(await xapi.setHostKey(host, "k", "healthy", never())).toEqual(OK);
    expect(await xapi.setVmKey(vmUuid(String(vm["uuid"])), "k", "true", never())).toEqual(OK);
    expect(methods().length - before).toBe(2);
  });

  test("stampHomePool: the next read shows the stamp without reading the VM again, also in the next pass", async () => {
    const pool = createPool();
    const [ref = ""] = addRunning(pool, 1);
    pool.tables.vms[ref] = { ...pool.tables.vms[ref], other_config: {} };
    const handlers = { ...pool.handlers, "VM.add_to_other_config": () => value("") };
    const first = open({ ...pool, handlers });
    const view = granted(await first.xapi.read(PLAIN, never()));
    const [resident] = view.hosts[0]?.residents ?? [];
    expect(resident?.homePool).toBeNull();
    const uuid = vmUuid(String(resident?.uuid));
    expect(await first.xapi.stampHomePool(uuid, poolUuid("our-pool"), never())).toEqual(OK);
    const again = granted(await first.xapi.read(PLAIN, never()));
    expect(again.hosts[0]?.residents[0]?.homePool).toBe("our-pool");
    await first.xapi.close();
    const next = granted(await open(pool, first.store).xapi.read(PLAIN, never()));
    expect(next.hosts[0]?.residents[0]?.homePool).toBe("our-pool");
  });

  test("stampHomePool: a stamp that failed is not believed", async () => {
    const pool = createPool();
    const [ref = ""] = addRunning(pool, 1);
    pool.tables.vms[ref] = { ...pool.tables.vms[ref], other_config: {} };
    const handlers = { ...pool.handlers, "VM.add_to_other_config": () => api("INTERNAL_ERROR") };
    const { xapi } = open({ ...pool, handlers });
    const view = granted(await xapi.read(PLAIN, never()));
    const uuid = vmUuid(String(view.hosts[0]?.residents[0]?.uuid));
    expect((await xapi.stampHomePool(uuid, poolUuid("our-pool"), never())).ok).toBe(false);
    expect(granted(await xapi.read(PLAIN, never())).hosts[0]?.residents[0]?.homePool).toBeNull();
  });

  test("storeDatabase: asked of the master itself, in a local session, by force", async () => {
    const { xapi, calls } = openWriter({
      "host.get_by_uuid": () => value("OpaqueRef:h1"),
      "session.slave_local_login_with_password": () => value("OpaqueRef:local"),
      "host.request_backup": () => value(""),
      "session.local_logout": () => value(""),
    });
    expect(await xapi.storeDatabase(hostUuid("u1"), never())).toMatchObject({ ok: true });
    expect(calls.find(({ method }) => method === "host.request_backup")?.params).toEqual([
      ...["OpaqueRef:local", "OpaqueRef:h1"],
      ...[0, true],
    ]);
  });

  const local = {
    "host.get_by_uuid": () => value("OpaqueRef:h2"),
    "session.slave_local_login_with_password": () => value("OpaqueRef:local"),
    "session.local_logout": () => value(""),
  };

  test("fetchDatabase: asked of this host over TCP in a local session, which its socket makes and ends", async () => {
    const tcp = createScript({ "host.request_backup": () => value("") });
    const { xapi, methods } = openWriter(local, tcp.transport);
    expect(await xapi.fetchDatabase(hostUuid("u2"), never())).toEqual(OK);
    expect(tcp.calls).toEqual([
      { method: "host.request_backup", params: ["OpaqueRef:local", "OpaqueRef:h2", 0, true] },
    ]);
    expect(methods().slice(-3)).toEqual([
      "host.get_by_uuid",
      "session.slave_local_login_with_password",
      "session.local_logout",
    ]);
  });

  test("fetchDatabase: is given 15 s, and the session is ended all the same", async () => {
    const tcp = createScript({ "host.request_backup": () => "hang" });
    const { xapi, clock, methods } = openWriter(local, tcp.transport);
    const startedMs = clock.uptimeMs();
    expect(await xapi.fetchDatabase(hostUuid("u2"), never())).toMatchObject({ fault: { kind: "timeout" } });
    expect(clock.uptimeMs() - startedMs).toBe(15_000);
    expect(methods().at(-1)).toBe("session.local_logout");
  });

  test("replacePoolKey: two calls, and what was there is not looked at", async () => {
    const { xapi, calls } = openWriter({ "pool.add_to_other_config": () => value("") });
    expect(await xapi.replacePoolKey("count", "2", never())).toEqual(OK);
    expect(calls.slice(2)).toEqual([
      { method: "pool.remove_from_other_config", params: ["OpaqueRef:session-1", POOL, "count"] },
      { method: "pool.add_to_other_config", params: ["OpaqueRef:session-1", POOL, "count", "2"] },
    ]);
  });

  test("replacePoolKey: a key that was removed is added again although the caller has no time left", async () => {
    const controller = new AbortController();
    const { xapi, methods } = openWriter({
      "pool.add_to_other_config": () => value(""),
      "pool.remove_from_other_config": () => {
        controller.abort();
        return value("");
      },
    });
    await xapi.replacePoolKey("count", "2", controller.signal);
    expect(methods().at(-1)).toBe("pool.add_to_other_config");
  });

  test("syncDatabase: is given a minute", async () => {
    const { xapi, clock } = openWriter({ "pool.sync_database": () => "hang" });
    const startedMs = clock.uptimeMs();
    expect((await xapi.syncDatabase(never())).ok).toBe(false);
    expect(clock.uptimeMs() - startedMs).toBe(60_000);
  });
});

describe("addPoolKey", () => {
  test("addPoolKey: writes what is not there", async () => {
    const { xapi, calls } = openWriter({ "pool.add_to_other_config": () => value("") });
    expect(await xapi.addPoolKey("HA_X", "1", never())).toEqual({ ok: true, value: true });
    expect(calls.at(-1)?.params.slice(2)).toEqual(["HA_X", "1"]);
  });

  test("addPoolKey: what is there stays, whoever wrote it", async () => {
    const { xapi, calls } = openWriter({ "pool.add_to_other_config": () => DUPLICATE });
    expect(await xapi.addPoolKey("HA_X", "1", never())).toEqual({ ok: true, value: false });
    expect(calls.map(({ method }) => method)).not.toContain("pool.remove_from_other_config");
  });
});

describe("post", () => {
  const message = (over: Partial<NewMessage> = {}): NewMessage => ({
    name: "HA-LIZARD",
    priority: 1,
    target: { kind: "pool" },
    body: "x",
    ...over,
  });
  const POOL_UUID = "c214c33b-308b-0c17-eb42-c93deff5e740";

  test("post: a message on the pool, with a body that XAPI can store", async () => {
    const { xapi, calls } = openWriter({ "message.create": () => value("OpaqueRef:message") });
    const body = `half a \ud83d${"x".repeat(400_000)}`;
    expect(await xapi.post(message({ body }), never())).toEqual(OK);
    const params = calls.at(-1)?.params ?? [];
    expect(params.slice(1, 5)).toEqual(["HA-LIZARD", 1, "Pool", POOL_UUID]);
    expect(String(params[5])).toStartWith("half a \ufffdx");
    expect(Buffer.byteLength(JSON.stringify(params))).toBeLessThan(100_000);
  });

  test("post: on the host or VM that it is about", async () => {
    const { xapi, calls } = openWriter({ "message.create": () => value("OpaqueRef:message") });
    await xapi.post(message({ target: { kind: "host", uuid: hostUuid("h-1") } }), never());
    await xapi.post(message({ target: { kind: "vm", uuid: vmUuid("v-1") } }), never());
    const posts = calls.filter(({ method }) => method === "message.create");
    expect(posts.map(({ params }) => params.slice(3, 5))).toEqual([
      ["Host", "h-1"],
      ["VM", "v-1"],
    ]);
  });

  test("post: on the pool when XAPI knows the host no more", async () => {
    const { xapi, calls } = openWriter({
      "message.create": (params) =>
        params[3] === "Pool" ? value("OpaqueRef:message") : api("UUID_INVALID", "host", "h-1"),
    });
    expect(await xapi.post(message({ target: { kind: "host", uuid: hostUuid("h-1") } }), never())).toEqual(
      OK,
    );
    expect(calls.at(-1)?.params.slice(3, 5)).toEqual(["Pool", POOL_UUID]);
  });

  test("post: a message that XAPI could not store is a fault", async () => {
    const { xapi } = openWriter({ "message.create": () => value("OpaqueRef:NULL") });
    expect((await xapi.post(message(), never())).ok).toBe(false);
  });
});
