import { describe, expect, test } from "bun:test";
import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { api, createMemoryStore, createScript, createTestClock, never, value } from "./fixtures.ts";
import {
  createPool,
  DOM0_1,
  faultOf,
  HOST_1,
  HOST_2,
  open,
  PLAIN,
  POOL,
  type RecordedPool,
} from "./recorded-pool.ts";

type Wire = () => ReturnType<typeof value> | ReturnType<typeof api>;
const PBD = { uuid: "dddddddd-0000-4000-8000-000000000001", currently_attached: true };
const UNPLUGGED = { uuid: "dddddddd-0000-4000-8000-000000000002", currently_attached: false };

describe("read: an answer that is not what it should be is never half a view", () => {
  const spoilt: readonly [string, (tables: RecordedPool["tables"]) => void, RegExp][] = [
    ["no pool", (t) => void delete t.pool[POOL], /pool.get_all_records: 0 pools/],
    ["two pools", (t) => void Object.assign(t.pool, { "OpaqueRef:x": t.pool[POOL] }), /2 pools/],
    ["no host", (t) => void Object.assign(t, { host: {} }), /without a host/],
    [
      "a host without enabled",
      (t) => void delete t.host[HOST_2]?.["enabled"],
      /host.get_all_records: .*enabled/,
    ],
    [
      "a host whose enabled is text",
      (t) => void Object.assign(t.host[HOST_2] ?? {}, { enabled: "true" }),
      /enabled/,
    ],
    [
      "a host whose residents are no references",
      (t) => void Object.assign(t.host[HOST_1] ?? {}, { resident_VMs: ["x"] }),
      /resident_VMs\.0/,
    ],
    [
      "metrics without live",
      (t) => void delete Object.values(t.host_metrics)[0]?.["live"],
      /host_metrics.*live/,
    ],
    ["ha_enabled missing", (t) => void delete t.pool[POOL]?.["ha_enabled"], /ha_enabled/],
    [
      "a number in other_config",
      (t) => void Object.assign(t.pool[POOL] ?? {}, { other_config: { HA_X: 1 } }),
      /other_config.HA_X/,
    ],
    [
      "an order with a fraction",
      (t) => void Object.assign(Object.values(t.vms)[0] ?? {}, { order: 1.5 }),
      /order/,
    ],
    [
      "a VM without blocked_operations",
      (t) => void delete Object.values(t.vms)[0]?.["blocked_operations"],
      /blocked_operations/,
    ],
    [
      "a control domain without memory",
      (t) => void delete t.vms[DOM0_1]?.["memory_static_max"],
      /memory_static_max/,
    ],
    [
      "a uuid that would end a filter's literal",
      (t) => void Object.assign(t.host[HOST_1] ?? {}, { uuid: '"' }),
      /uuid/,
    ],
  ];
  for (const [what, spoil, expected] of spoilt) {
    test(`read: ${what} is malformed, and says where`, async () => {
      const pool = createPool();
      spoil(pool.tables);
      expect(faultOf(await open(pool).xapi.read(PLAIN, never()))).toMatch(expected);
    });
  }

  test("read: records that are a list, or nothing, are malformed", async () => {
    for (const wrong of [[], null, "", 5]) {
      const pool = createPool();
      const { transport } = createScript({ ...pool.handlers, "host.get_all_records": () => value(wrong) });
      const xapi = createXapi({
        transport,
        clock: createTestClock(),
        store: createMemoryStore(),
        xeTimeoutMs: 5_000,
      });
      expect(faultOf(await xapi.read(PLAIN, never()))).toStartWith("malformed host.get_all_records");
    }
  });

  for (const method of Object.keys(createPool().handlers)) {
    test(`read: an error of ${method} is the error of the read`, async () => {
      const pool = createPool();
      const { transport } = createScript({ ...pool.handlers, [method]: () => api("INTERNAL_ERROR", "x") });
      const xapi = createXapi({
        transport,
        clock: createTestClock(),
        store: createMemoryStore(),
        xeTimeoutMs: 5_000,
      });
      const result = await xapi.read({ ...PLAIN, appliances: true, storage: true }, never());
      expect(result).toEqual({ ok: false, fault: { kind: "api", code: "INTERNAL_ERROR", params: ["x"] } });
    });
  }

  const plugs: readonly [string, Wire, readonly string[] | null][] = [
    ["those that are attached", () => value({ "OpaqueRef:a": PBD, "OpaqueRef:b": UNPLUGGED }), [PBD.uuid]],
    ["unknown when XAPI refuses", () => api("INTERNAL_ERROR", "x"), null],
    ["unknown when one record is none", () => value({ "OpaqueRef:a": { uuid: PBD.uuid } }), null],
  ];
  for (const [what, answer, expected] of plugs) {
    test(`read: storage connections are ${what}, and the view is whole`, async () => {
      const pool = createPool();
      const { transport } = createScript({ ...pool.handlers, "PBD.get_all_records": answer });
      const xapi = createXapi({
        transport,
        clock: createTestClock(),
        store: createMemoryStore(),
        xeTimeoutMs: 5_000,
      });
      const result = await xapi.read({ ...PLAIN, storage: true }, never());
      expect(result.ok && [result.value.hosts.length, result.value.storage]).toEqual([2, expected]);
    });
  }

  test("read: hangs no longer than one call may, with a master that is gone", async () => {
    const clock = createTestClock();
    const { transport } = createScript({ "session.login_with_password": () => "hang" });
    const xapi = createXapi({ transport, clock, store: createMemoryStore(), xeTimeoutMs: 5_000 });
    const startedMs = clock.uptimeMs();
    expect(await xapi.read(PLAIN, never())).toEqual({ ok: false, fault: { kind: "timeout" } });
    expect(clock.uptimeMs() - startedMs).toBe(5_000);
  });
});
