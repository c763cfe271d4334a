import { expect, test } from "bun:test";
import { vmUuid } from "../../../../src/core/model/ids.ts";
import { api, never, value } from "./fixtures.ts";
import { open } from "./recorded-pool.ts";

const WEB = vmUuid("0d8eb3ef-fa18-8097-bf1c-ae7700f82566");
const TOOLS = { PV_drivers_version: { major: "8" }, networks: {} };

function ready(guest: object | null, what: "tools" | "address") {
  const { xapi } = open({
    handlers: {
      "VM.get_all_records_where": () =>
        value({
          "OpaqueRef:1": { uuid: WEB, guest_metrics: guest === null ? "OpaqueRef:NULL" : "OpaqueRef:2" },
        }),
      "VM_guest_metrics.get_record": () => value(guest),
    },
  });
  return xapi.readReady([WEB], what, never()).then((found) => [...found]);
}

test.each([
  ["no agent has spoken since the start", null, [], []],
  ["devices without an agent", { PV_drivers_version: {}, PV_drivers_detected: true, networks: {} }, [], []],
  ["an agent", TOOLS, [WEB], []],
  [
    "only addresses that it gave itself",
    { ...TOOLS, networks: { "0/ip": "169.254.7.7", "0/ipv6/0": "fe80::1" } },
    [WEB],
    [],
  ],
  ["an address", { ...TOOLS, networks: { "0/ip": "", "1/ip": "10.9.0.7" } }, [WEB], [WEB]],
  ["an address of IPv6", { ...TOOLS, networks: { "0/ipv6/0": "2001:db8::7" } }, [WEB], [WEB]],
  ["a record that is none", { networks: 7 }, [], []],
] as const)("readReady: %s", async (_, guest, tools, address) => {
  expect(await ready(guest, "tools")).toEqual([...tools]);
  expect(await ready(guest, "address")).toEqual([...address]);
});

test("readReady: a fault, or nobody to ask about, is nobody", async () => {
  const { xapi } = open({ handlers: { "VM.get_all_records_where": () => api("INTERNAL_ERROR") } });
  expect([...(await xapi.readReady([WEB], "tools", never()))]).toEqual([]);
  expect([...(await xapi.readReady([], "tools", never()))]).toEqual([]);
});
