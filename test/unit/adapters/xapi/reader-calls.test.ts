import { describe, expect, test } from "bun:test";
import { hostUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import { createMemoryStore, createTestClock, never, recordsOf } from "./fixtures.ts";
import {
  addRunning,
  createPool,
  DOM0_2,
  granted,
  HOST_1,
  HOST_2,
  open,
  PLAIN,
  POOL,
  type RecordedPool,
  withPifs,
} from "./recorded-pool.ts";

describe("read: how many calls a pass makes", () => {
  for (const count of [0, 10, 500]) {
    test(`read: at most 8 with login, logout and domains, with ${count} running VMs`, async () => {
      const pool = createPool();
      const store = createMemoryStore();
      addRunning(pool, count);
      const first = open(withPifs(pool, recordsOf("PIF.get_all_records")), store);
      await first.xapi.read({ ...PLAIN, addresses: true }, never());
      await first.xapi.close();
      expect(first.calls.length).toBeLessThanOrEqual(8);

      const second = open(pool, store, createTestClock(1_010_000));
      const host = hostUuid("00000001-1111-4111-8111-111111111111");
      const domains = { host, vms: [vmUuid("bbbbbbbb-0000-4000-8000-000000000000")] };
      const scope = { ...PLAIN, appliances: true, domains };
      const view = granted(await second.xapi.read(scope, never()));
      await second.xapi.close();
      expect(view.hosts[0]?.residents.length).toBe(count);
      expect(second.calls.length).toBeLessThanOrEqual(8);
      expect(second.calls.length).toBe(second.xapi.calls());
    });
  }

  test("read: domains that the database has on their host are not read, also among others", async () => {
    const pool = createPool();
    const uuids = addRunning(pool, 2).map((ref) => vmUuid(String(pool.tables.vms[ref]?.["uuid"])));
    const host = hostUuid("00000001-1111-4111-8111-111111111111");
    const { xapi, methods, calls } = open(pool);
    await xapi.read(PLAIN, never());
    const before = methods().length;
    const view = granted(await xapi.read({ ...PLAIN, domains: { host, vms: uuids } }, never()));
    expect([view.domains, methods().length - before]).toEqual([[], 4]);
    const stranger = vmUuid("bbbbbbbb-0000-4000-8000-000000000000");
    await xapi.read({ ...PLAIN, domains: { host, vms: [...uuids, stranger] } }, never());
    expect(calls.at(-1)?.params[1]).toBe(`(field "uuid" = "${stranger}")`);
  });

  test("read: only a resident never seen before is read, and only a changed index is written", async () => {
    const pool = createPool();
    const store = createMemoryStore();
    const { xapi, calls, methods } = open(pool, store);
    await xapi.read(PLAIN, never());
    expect(store.saves()).toBe(1);
    await xapi.read(PLAIN, never());
    expect(store.saves()).toBe(1);
    const before = methods().length;
    addRunning(pool, 1);
    await xapi.read(PLAIN, never());
    expect(methods().length - before).toBe(5);
    expect(calls.at(-1)?.params[1]).toBe('(field "_ref" = "OpaqueRef:running-0")');
    expect(store.saves()).toBe(2);
  });

  test("read: a VM that is gone leaves the index", async () => {
    const pool = createPool();
    const store = createMemoryStore();
    const [ref = ""] = addRunning(pool, 2);
    const { xapi } = open(pool, store);
    await xapi.read(PLAIN, never());
    expect(JSON.stringify(store.documents.get("vm-index"))).toContain(ref);
    delete pool.tables.vms[ref];
    const residents = pool.tables.host[HOST_1]?.["resident_VMs"] as string[];
    pool.tables.host[HOST_1] = {
      ...pool.tables.host[HOST_1],
      resident_VMs: residents.filter((vm) => vm !== ref),
    };
    await xapi.read(PLAIN, never());
    expect(JSON.stringify(store.documents.get("vm-index"))).not.toContain(ref);
  });

  test("read: a VM that was halted is known when it runs", async () => {
    const pool = createPool();
    const { xapi, methods } = open(pool);
    const [ref = ""] = Object.keys(pool.tables.vms);
    await xapi.read(PLAIN, never());
    const before = methods().length;
    const vm = pool.tables.vms[ref] ?? {};
    pool.tables.vms[ref] = { ...vm, power_state: "Running", resident_on: HOST_2 };
    pool.tables.host[HOST_2] = { ...pool.tables.host[HOST_2], resident_VMs: [DOM0_2, ref] };
    const view = granted(await xapi.read(PLAIN, never()));
    expect(view.hosts[1]?.residents).toEqual([{ uuid: vmUuid(String(vm["uuid"])), homePool: null }]);
    expect(methods().length - before).toBe(4);
  });

  const renewals: readonly [string, (pool: RecordedPool) => void, number][] = [
    ["older than an hour", () => undefined, 1_000_000 + 3_600_000],
    ["from an earlier boot", () => undefined, 5_000],
    [
      "from before a change of master",
      ({ tables }) => {
        tables.pool[POOL] = { ...tables.pool[POOL], master: HOST_2 };
      },
      1_001_000,
    ],
  ];
  for (const [what, change, nowMs] of renewals) {
    test(`read: an index ${what} is read again`, async () => {
      const pool = createPool();
      const store = createMemoryStore();
      const [ref = ""] = addRunning(pool, 1);
      await open(pool, store).xapi.read(PLAIN, never());
      pool.tables.vms[ref] = { ...pool.tables.vms[ref], other_config: {} };
      change(pool);
      const kept = granted(await open(pool, store, createTestClock(1_001_000 - 1)).xapi.read(PLAIN, never()));
      if (nowMs !== 1_001_000) expect(kept.hosts[0]?.residents[0]?.homePool).toBe("some-pool");
      const view = granted(await open(pool, store, createTestClock(nowMs)).xapi.read(PLAIN, never()));
      expect(view.hosts[0]?.residents[0]?.homePool).toBeNull();
    });
  }

  test("read: a damaged index, one of another form, and a disk that refuses cost calls and nothing else", async () => {
    const pool = createPool();
    addRunning(pool, 1);
    const store = createMemoryStore();
    store.documents.set("vm-index", { version: 1, vms: "?" });
    expect(granted(await open(pool, store).xapi.read(PLAIN, never())).hosts[0]?.residents.length).toBe(1);
    const row = ["dddddddd-0000-4000-8000-000000000000", null, "much", false];
    store.documents.set("vm-index", { version: 2, readAtMs: 1, master: HOST_1, vms: { "OpaqueRef:x": row } });
    expect(granted(await open(pool, store).xapi.read(PLAIN, never())).hosts[0]?.residents.length).toBe(1);
    const broken = {
      ...createMemoryStore(),
      load: () => Promise.resolve({ kind: "damaged", why: "torn" } as const),
      save: () => Promise.reject(new Error("no space left")),
    };
    const { xapi } = open(pool, broken);
    expect(granted(await xapi.read(PLAIN, never())).hosts[0]?.residents.length).toBe(1);
    await xapi.close();
  });
});
