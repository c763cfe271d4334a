import { describe, expect, test } from "bun:test";
import { openSurvey } from "../../../../src/adapters/xapi/survey.ts";
import { hostUuid, vmUuid } from "../../../../src/core/model/ids.ts";
import { createScript, createTestClock, never, value } from "./fixtures.ts";

function scripted(records: Readonly<Record<string, unknown>>) {
  const handlers = Object.fromEntries(
    Object.entries(records).map(([cls, found]) => [`${cls}.get_all_records`, () => value(found)]),
  );
  const script = createScript({
    ...handlers,
    "VM.get_all_records_where": () => value({ "OpaqueRef:vm": { uuid: "vm" } }),
  });
  return openSurvey({
    transport: script.transport,
    clock: createTestClock(),
    xeTimeoutMs: 5_000,
    conceal: () => undefined,
  });
}

const HOSTS = { "OpaqueRef:h1": { uuid: "h1" }, "OpaqueRef:h2": { uuid: "h2" } };
const MALFORMED = { ok: false, fault: { kind: "malformed" } };

describe("localNetworks", () => {
  const read = (pifs: readonly string[]) =>
    scripted({
      host: HOSTS,
      VIF: { "OpaqueRef:v": { VM: "OpaqueRef:vm", network: "OpaqueRef:n" } },
      network: { "OpaqueRef:n": { name_label: "vlan 20", PIFs: pifs } },
      PIF: { "OpaqueRef:p1": { host: "OpaqueRef:h1" }, "OpaqueRef:p2": { host: "OpaqueRef:h2" } },
    }).localNetworks(never());

  test("a network that not every host has, with those that have it", async () =>
    expect(await read(["OpaqueRef:p2"])).toEqual({
      ok: true,
      value: [{ vm: vmUuid("vm"), network: "vlan 20", hosts: [hostUuid("h2")] }],
    }));

  test("one that all have, and one without any interface, tie nobody", async () => {
    expect(await read(["OpaqueRef:p1", "OpaqueRef:p2"])).toEqual({ ok: true, value: [] });
    expect(await read([])).toEqual({ ok: true, value: [] });
  });

  test("an answer that is none spoils all", async () =>
    expect(
      await scripted({ host: HOSTS, VIF: {}, network: {}, PIF: 7 }).localNetworks(never()),
    ).toMatchObject(MALFORMED));
});

describe("interfaces", () => {
  const PIF = {
    host: "OpaqueRef:h1",
    device: "eth0",
    currently_attached: true,
    IP: "192.0.2.77",
    netmask: "255.255.255.192",
    ip_configuration_mode: "Static",
    bond_master_of: [],
    management: true,
  };
  const read = (pif: Readonly<Record<string, unknown>>) =>
    scripted({ host: HOSTS, PIF: { "OpaqueRef:p": { ...PIF, ...pif } } }).interfaces(never());

  test("an address with its network, the card, and how it came by it", async () =>
    expect(await read({})).toEqual({
      ok: true,
      value: [
        {
          host: hostUuid("h1"),
          device: "eth0",
          isBond: false,
          address: "192.0.2.77",
          network: "192.0.2.64/26",
          isManagement: true,
          byDhcp: false,
        },
      ],
    }));

  test("a bond, a VLAN on one, DHCP, a mask that is none", async () => {
    const first = async (pif: Readonly<Record<string, unknown>>) => {
      const found = await read(pif);
      return found.ok ? found.value[0] : undefined;
    };
    expect(await first({ bond_master_of: ["OpaqueRef:b"] })).toMatchObject({ isBond: true });
    expect(await first({ device: "bond0" })).toMatchObject({ isBond: true });
    expect(await first({ ip_configuration_mode: "DHCP" })).toMatchObject({ byDhcp: true });
    for (const netmask of ["", "255.0.255.0", "/24", "255.255.255"])
      expect(await first({ netmask })).toMatchObject({ network: null });
  });

  test("what is not plugged, or has no address, is none", async () => {
    for (const pif of [{ currently_attached: false }, { IP: "" }, { host: "OpaqueRef:gone" }])
      expect(await read(pif)).toEqual({ ok: true, value: [] });
  });
});

describe("hostFacts", () => {
  const read = (over: Readonly<Record<string, unknown>>) =>
    scripted({
      host: {
        "OpaqueRef:h1": {
          uuid: "h1",
          software_version: { product_brand: "XCP-ng", product_version: "8.3.0", xapi_build: "24.19.2" },
          power_on_mode: "",
          power_on_config: {},
          ...over,
        },
      },
    }).hostFacts(never());

  test("the version, and no BMC where XAPI cannot switch it on", async () =>
    expect(await read({})).toEqual({
      ok: true,
      value: [{ host: hostUuid("h1"), version: "XCP-ng 8.3.0 24.19.2", powerOn: null }],
    }));

  test("a BMC with its address, and never its password", async () => {
    const config = { power_on_ip: "203.0.113.1", power_on_user: "root", power_on_password_secret: "s3cret" };
    const found = await read({ power_on_mode: "IPMI", power_on_config: config });
    expect(found).toMatchObject({ value: [{ powerOn: { mode: "IPMI", address: "203.0.113.1" } }] });
    expect(JSON.stringify(found)).not.toContain("s3cret");
    expect(await read({ power_on_mode: "my-script" })).toMatchObject({
      value: [{ powerOn: { mode: "my-script", address: null } }],
    });
  });

  test("a host without these fields is none", async () =>
    expect(await read({ power_on_config: null })).toMatchObject(MALFORMED));
});
