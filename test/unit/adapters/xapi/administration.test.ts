import { describe, expect, test } from "bun:test";
import { hostUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import { api, never, value } from "./fixtures.ts";
import { addRunning, createPool, DOM0_1, faultOf, granted, HOST_1, open } from "./recorded-pool.ts";

const NOTHING = { ok: true, value: undefined } as never;

describe("listVms", () => {
  test("listVms: every real VM in every power state, by name; two calls and the login", async () => {
    const pool = createPool();
    const [running = ""] = addRunning(pool, 1);
    pool.tables.vms[running] = {
      ...pool.tables.vms[running],
      name_label: "zz top",
      power_state: "Suspended",
    };
    const { xapi, methods } = open(pool);
    const vms = granted(await xapi.listVms(never()));
    const names = vms.map(({ name }) => name);
    expect(names).toEqual([...names].sort());
    expect(vms.at(-1)).toMatchObject({ name: "zz top", powerState: "Suspended", applianceName: null });
    expect(vms.map(({ uuid }) => String(uuid))).not.toContain(String(pool.tables.vms[DOM0_1]?.["uuid"]));
    expect(JSON.stringify(vms)).not.toContain("OpaqueRef");
    expect([...methods()].sort()).toEqual([
      "VM.get_all_records_where",
      "VM_appliance.get_all_records",
      "session.login_with_password",
    ]);
  });

  test("listVms: two VMs of one name are in the order of their uuids, an appliance has its name", async () => {
    const pool = createPool();
    const refs = addRunning(pool, 2);
    for (const ref of refs)
      pool.tables.vms[ref] = { ...pool.tables.vms[ref], name_label: "twin", appliance: "OpaqueRef:app" };
    pool.tables.VM_appliance = {
      "OpaqueRef:app": {
        uuid: "cccccccc-0000-4000-8000-000000000000",
        name_label: "shop",
        current_operations: {},
        VMs: [...refs],
      },
    };
    const vms = granted(await open(pool).xapi.listVms(never()));
    const twins = vms.filter(({ name }) => name === "twin");
    expect(twins.map(({ uuid, applianceName }) => [String(uuid), applianceName])).toEqual([
      ["aaaaaaaa-0000-4000-8000-000000000000", "shop"],
      ["aaaaaaaa-0000-4000-8000-000000000001", "shop"],
    ]);
  });

  test("listVms: a template that gets through the filter is no VM", async () => {
    const pool = createPool();
    const [ref = ""] = Object.keys(pool.tables.vms);
    const template = { ...pool.tables.vms[ref], is_a_template: true };
    const handlers = { ...pool.handlers, "VM.get_all_records_where": () => value({ [ref]: template }) };
    expect(granted(await open({ handlers }).xapi.listVms(never()))).toEqual([]);
  });

  test("listVms: is given 30 s; a fault is the answer, half a list is none", async () => {
    const { handlers } = createPool();
    const { xapi, clock } = open({ handlers: { ...handlers, "VM.get_all_records_where": () => "hang" } });
    const startedMs = clock.uptimeMs();
    expect(faultOf(await xapi.listVms(never()))).toBe("timeout");
    expect(clock.uptimeMs() - startedMs).toBe(30_000);
    const half = open({ handlers: { ...handlers, "VM_appliance.get_all_records": () => api("DB_GONE") } });
    expect(faultOf(await half.xapi.listVms(never()))).toBe("api");
  });
});

describe("keys taken away", () => {
  test("removeHostKey, removeVmKey: one key, by the reference; the map is never written", async () => {
    const pool = createPool();
    const [ref = ""] = Object.keys(pool.tables.vms);
    const { xapi, calls } = open({
      handlers: {
        ...pool.handlers,
        "host.get_by_uuid": () => value(HOST_1),
        "VM.get_by_uuid": () => value(ref),
        "host.remove_from_other_config": () => value(""),
        "VM.remove_from_other_config": () => value(""),
      },
    });
    const host = hostUuid("00000001-1111-4111-8111-111111111111");
    expect(await xapi.removeHostKey(host, "k", never())).toEqual(NOTHING);
    expect(calls.at(-1)).toEqual({
      method: "host.remove_from_other_config",
      params: ["OpaqueRef:session-1", HOST_1, "k"],
    });
    expect(await xapi.removeVmKey(vmUuid("any"), "k", never())).toEqual(NOTHING);
    expect(calls.at(-1)).toEqual({
      method: "VM.remove_from_other_config",
      params: ["OpaqueRef:session-1", ref, "k"],
    });
  });

  test("removeVmKey: a VM that is gone is a fault", async () => {
    const { xapi } = open({ handlers: { "VM.get_by_uuid": () => api("UUID_INVALID", "VM", "x") } });
    expect(faultOf(await xapi.removeVmKey(vmUuid("x"), "k", never()))).toBe("api");
  });
});
