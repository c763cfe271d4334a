import { describe, expect, test } from "bun:test";
import { createXapi } from "../../../../src/adapters/xapi/client.ts";
import { createSocketTransport } from "../../../../src/adapters/xapi/transport.ts";
import { hostUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import {
  createMemoryStore,
  createScript,
  createTestClock,
  never,
  realClock,
  recordedAll,
  value,
} from "./fixtures.ts";
import {
  addRunning,
  createPool,
  DOM0_1,
  DOM0_2,
  faultOf,
  granted,
  HOST_1,
  HOST_2,
  open,
  PLAIN,
  POOL,
  readPool,
  select,
} from "./recorded-pool.ts";
import { answer, startReplay } from "./replay-server.ts";

describe("read: the recorded pool", () => {
  test("read: gives hosts, halted VMs and the master in the words of the core", async () => {
    const view = await readPool(createPool());
    expect(view.pool).toMatchObject({
      uuid: "c214c33b-308b-0c17-eb42-c93deff5e740",
      master: "00000001-1111-4111-8111-111111111111",
      haEnabled: false,
    });
    expect(view.hosts.map(({ name, address, enabled, live }) => ({ name, address, enabled, live }))).toEqual([
      { name: "xapih1", address: "10.77.0.11", enabled: true, live: true },
      { name: "xapih2", address: "10.77.0.12", enabled: true, live: true },
    ]);
    expect(view.hosts[0]?.xapiStartTime).toBe("1795426874.");
    expect(view.hosts.flatMap(({ residents }) => residents)).toEqual([]);
    const vm2 = view.halted.find(({ name }) => name === "vm2");
    expect(vm2).toMatchObject({
      uuid: "08152f0b-c7e6-f023-e026-fd9f9ad1ec52",
      order: 1,
      startDelayS: 5,
      memoryBytes: 268_435_456 + 5_242_880,
      leastMemoryBytes: 268_435_456 + 5_242_880,
      restartPriority: "restart",
      cpus: 1,
      affinity: null,
      scheduledOn: null,
      busy: false,
      startBlocked: false,
      appliance: null,
    });
    expect(vm2?.otherConfig["x"]).toBe("y");
    expect(view.appliances).toBeNull();
    expect(JSON.stringify(view)).not.toContain("OpaqueRef");
  });

  test("read: works over a socket as well", async () => {
    const { handlers } = createPool();
    const server = await startReplay(({ body }) => {
      const login = body.method === "session.login_with_password" ? value("OpaqueRef:s") : null;
      const reply = login ?? handlers[body.method]?.(body.params, 1) ?? value("");
      return answer({
        jsonrpc: "2.0",
        result: reply === "hang" || !("value" in reply) ? "" : reply.value,
        id: body.id,
      });
    });
    const transport = createSocketTransport({ socketPath: server.socketPath });
    const xapi = createXapi({ transport, clock: realClock, store: createMemoryStore(), xeTimeoutMs: 5_000 });
    const view = granted(await xapi.read(PLAIN, never()));
    await xapi.close();
    expect(view.hosts.length).toBe(2);
    expect(server.connections()).toBeLessThanOrEqual(6);
    expect(server.requests.at(-1)?.body.method).toBe("session.logout");
    await server.stop();
  });

  test("read: filters are of the form that a real xapi has answered", () => {
    const asked = recordedAll("reads", "VM where").map(({ request }) => String(request?.params[1]));
    expect(asked).toContain(
      '(field "is_a_template" = "false") and (field "is_control_domain" = "false") and (field "is_a_snapshot" = "false")',
    );
  });
});

describe("read: what is made of the records", () => {
  test("read: a master that names no host is null", async () => {
    const pool = createPool();
    pool.tables.pool[POOL] = { ...pool.tables.pool[POOL], master: "OpaqueRef:NULL" };
    expect((await readPool(pool)).pool.master).toBeNull();
  });

  test("read: free memory is what the residents, the control domain and Xen leave, never below 0", async () => {
    const pool = createPool();
    const total = 68_719_476_736;
    const field = (record: Record<string, unknown> | undefined, name: string) => Number(record?.[name]);
    const dom0 = pool.tables.vms[DOM0_1];
    const ofXen = field(pool.tables.host[HOST_1], "memory_overhead") + field(dom0, "memory_overhead");
    addRunning(pool, 2);
    const [first] = (await readPool(pool)).hosts;
    const left = total - ofXen - field(dom0, "memory_static_max") - 2 * (268_435_456 + 5_242_880);
    expect([first?.freeMemoryBytes, first?.squeezedFreeBytes, first?.cpus]).toEqual([left, left, 8]);
    expect(first?.residents.length).toBe(2);

    // A guest that can be squeezed to half, and a VM of the same size that XAPI is just starting there.
    const running = "OpaqueRef:running-0";
    pool.tables.vms[running] = { ...pool.tables.vms[running], memory_dynamic_min: 134_217_728 };
    const [halted = ""] = Object.keys(pool.tables.vms).filter(
      (ref) => pool.tables.vms[ref]?.["name_label"] === "vm2",
    );
    pool.tables.vms[halted] = { ...pool.tables.vms[halted], scheduled_to_be_resident_on: HOST_1 };
    const again = await readPool(pool);
    const coming = 268_435_456 + 5_242_880;
    expect(again.hosts[0]).toMatchObject({
      freeMemoryBytes: left - coming,
      squeezedFreeBytes: left - coming + 134_217_728,
    });
    expect(again.halted.find(({ name }) => name === "vm2")?.scheduledOn).toBe(again.hosts[0]?.uuid ?? null);
    pool.tables.vms["OpaqueRef:running-0"] = {
      ...pool.tables.vms["OpaqueRef:running-0"],
      memory_static_max: total,
    };
    expect((await readPool(pool)).hosts[0]?.freeMemoryBytes).toBe(0);
  });

  test("read: free memory is unknown where XAPI says 0 or nothing, and a host without metrics is not live", async () => {
    const pool = createPool();
    const [first = "", second = ""] = [HOST_1, HOST_2].map((host) =>
      String(pool.tables.host[host]?.["metrics"]),
    );
    pool.tables.host_metrics[first] = { ...pool.tables.host_metrics[first], memory_total: 0 };
    delete pool.tables.host_metrics[second];
    const { hosts } = await readPool(pool);
    expect(hosts.map(({ freeMemoryBytes, live }) => [freeMemoryBytes, live])).toEqual([
      ["unknown", true],
      ["unknown", false],
    ]);
  });

  test("read: integers may come as decimal strings", async () => {
    const pool = createPool();
    const [ref = ""] = Object.keys(pool.tables.vms);
    pool.tables.vms[ref] = {
      ...pool.tables.vms[ref],
      order: "3",
      start_delay: "0",
      memory_static_max: "4294967296",
      memory_overhead: "0",
    };
    const vm = (await readPool(pool)).halted.find(({ order }) => order === 3);
    expect([vm?.memoryBytes, vm?.startDelayS]).toEqual([4_294_967_296, 0]);
  });

  test("read: a VM is busy with an operation in progress, and when it is seen halted and resident at once", async () => {
    const pool = createPool();
    const [one = "", two = ""] = Object.keys(pool.tables.vms);
    pool.tables.vms[one] = { ...pool.tables.vms[one], current_operations: { "OpaqueRef:t": "start" } };
    pool.tables.host[HOST_2] = { ...pool.tables.host[HOST_2], resident_VMs: [DOM0_2, two] };
    const { halted } = await readPool(pool);
    const uuids = [one, two].map((ref) => String(pool.tables.vms[ref]?.["uuid"]));
    const busy: readonly string[] = halted.filter((vm) => vm.busy).map(({ uuid }) => uuid);
    expect([...busy].sort()).toEqual([...uuids].sort());
  });

  test("read: start or start_on among the blocked operations blocks a start, others do not", async () => {
    for (const [operation, blocked] of [
      ["start", true],
      ["start_on", true],
      ["destroy", false],
    ] as const) {
      const pool = createPool();
      const [ref = ""] = Object.keys(pool.tables.vms);
      const uuid = String(pool.tables.vms[ref]?.["uuid"]);
      pool.tables.vms[ref] = { ...pool.tables.vms[ref], blocked_operations: { [operation]: "because" } };
      const vm = (await readPool(pool)).halted.find((one) => one.uuid === vmUuid(uuid));
      expect(vm?.startBlocked).toBe(blocked);
    }
  });

  test("read: a template that gets through the filter is no VM", async () => {
    const pool = createPool();
    const [ref = ""] = Object.keys(pool.tables.vms);
    const uuid = pool.tables.vms[ref]?.["uuid"];
    const { transport } = createScript({
      ...pool.handlers,
      "VM.get_all_records_where": ([, filter]) => {
        const found = select(pool.tables.vms, String(filter));
        if (found[ref] !== undefined) found[ref] = { ...found[ref], is_a_template: true };
        return value(found);
      },
    });
    const xapi = createXapi({
      transport,
      clock: createTestClock(),
      store: createMemoryStore(),
      xeTimeoutMs: 5_000,
    });
    const view = granted(await xapi.read(PLAIN, never()));
    expect(view.halted.some((vm) => vm.uuid === uuid)).toBe(false);
    expect(view.halted.length).toBeGreaterThan(0);
  });

  test("read: a resident that is gone from the database is left out", async () => {
    const pool = createPool();
    const [ref = ""] = addRunning(pool, 2);
    delete pool.tables.vms[ref];
    expect((await readPool(pool)).hosts[0]?.residents.length).toBe(1);
  });

  test("read: domains are compared with where the database has their VMs", async () => {
    const pool = createPool();
    const [one = "", two = "", three = ""] = addRunning(pool, 3, HOST_2);
    pool.tables.vms[two] = { ...pool.tables.vms[two], current_operations: { "OpaqueRef:t": "pool_migrate" } };
    pool.tables.vms[three] = { ...pool.tables.vms[three], resident_on: "OpaqueRef:not-read" };
    const uuids = [one, two, three].map((ref) => vmUuid(String(pool.tables.vms[ref]?.["uuid"])));
    const unknown = vmUuid("bbbbbbbb-0000-4000-8000-000000000000");
    const here = hostUuid("00000001-1111-4111-8111-111111111111");
    const { domains } = await readPool(pool, {
      appliances: false,
      storage: false,
      addresses: false,
      domains: { host: here, vms: [...uuids, unknown] },
    });
    const host = "00000002-1111-4111-8111-111111111112";
    expect(domains.map(({ uuid, residentOn, busy }) => [uuid, residentOn as string | null, busy])).toEqual([
      [uuids[0], host, false],
      [uuids[1], host, true],
      [uuids[2], null, true],
    ] as never);
  });

  test("read: appliances come with those of their VMs that are halted", async () => {
    const pool = createPool();
    const [halted = ""] = Object.keys(pool.tables.vms);
    const [running = ""] = addRunning(pool, 1);
    pool.tables.VM_appliance = {
      "OpaqueRef:app": {
        uuid: "cccccccc-0000-4000-8000-000000000000",
        name_label: "shop",
        name_description: "",
        allowed_operations: [],
        current_operations: { "OpaqueRef:t": "start" },
        VMs: [halted, running],
      },
    };
    pool.tables.vms[halted] = { ...pool.tables.vms[halted], appliance: "OpaqueRef:app" };
    const view = await readPool(pool, { ...PLAIN, appliances: true });
    const uuid = vmUuid(String(pool.tables.vms[halted]?.["uuid"]));
    expect(view.appliances).toEqual([
      { uuid: "cccccccc-0000-4000-8000-000000000000", name: "shop", busy: true, haltedVms: [uuid] } as never,
    ]);
    expect(view.halted.find((vm) => vm.uuid === uuid)?.appliance as string | undefined).toBe(
      "cccccccc-0000-4000-8000-000000000000",
    );
  });
});

describe("read: names are anybody's text", () => {
  const ODD: readonly [string, string][] = [
    ["vm2", "vm2"],
    ["web 1", "web 1"],
    ["x\nhost h2 has failed", '"x\\nhost h2 has failed"'],
    ["x was started. h2 is fenced", '"x was started. h2 is fenced"'],
    ["\u001b[2J\u202e", '"\\u{1b}[2J\\u{202e}"'],
    ["n".repeat(4_096), `"${"n".repeat(63)}…"`],
  ];
  test.each(ODD)("read: %j is shown as what it is, on one line", async (name, shown) => {
    const pool = createPool();
    const rename = (table: Record<string, Record<string, unknown>>) => {
      for (const [ref, record] of Object.entries(table)) table[ref] = { ...record, name_label: name };
    };
    for (const table of [pool.tables.vms, pool.tables.host, pool.tables.pool, pool.tables.VM_appliance])
      rename(table);
    const view = await readPool(pool, { ...PLAIN, appliances: true });
    const names = [view.pool, ...view.hosts, ...view.halted, ...(view.appliances ?? [])].map(
      (one) => one.name,
    );
    expect(new Set(names)).toEqual(new Set([shown]));
    expect(names.length).toBeGreaterThan(4);
  });
});

describe("read: a uuid is a uuid", () => {
  test.each([
    "__proto__",
    "constructor",
    "",
    "x",
    "../../etc",
    '" or ""="',
    `${"0".repeat(8)}-0000-0000-0000-00000000000g`,
  ])("read: %j as the uuid of a host or a VM makes the answer malformed, and nothing else", async (uuid) => {
    for (const which of ["host", "vms", "pool"] as const) {
      const pool = createPool();
      const [ref = ""] = Object.keys(pool.tables[which]);
      pool.tables[which][ref] = { ...pool.tables[which][ref], uuid };
      const { xapi } = open(pool);
      expect(faultOf(await xapi.read(PLAIN, never()))).toStartWith("malformed ");
    }
  });
  test("read: other_config with names of the language itself is data like any other", async () => {
    const pool = createPool();
    const [ref = ""] = Object.keys(pool.tables.host);
    const other_config = JSON.parse('{"__proto__": "x", "constructor": "y", "hasOwnProperty": "z"}');
    pool.tables.host[ref] = { ...pool.tables.host[ref], other_config };
    const view = await readPool(pool);
    expect(JSON.stringify(view.hosts[0]?.otherConfig)).toBe(JSON.stringify(other_config));
  });
});
