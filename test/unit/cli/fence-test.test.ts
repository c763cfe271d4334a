import { describe, expect, test } from "bun:test";
import { hostUuid } from "../../../src/core/model/ids.ts";
import type { DeviceState } from "../../../src/ports/fencer.ts";
import { haCfg } from "./run.ts";

const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";

describe("ha-cfg fence-test", () => {
  const hostView = (number: number, live: boolean) => ({
    uuid: hostUuid(`1111111${number}-0000-4000-8000-000000000001`),
    name: `dom0-${number}`,
    address: `192.0.2.${number}`,
    enabled: true,
    live,
    xapiStartTime: "1.",
    otherConfig: {},
    residents: [],
    freeMemoryBytes: 0,
  });
  const hosts = [hostView(1, true), hostView(2, true), hostView(3, false)];
  const setUp = {
    hosts,
    otherConfig: { [FLAG]: "true", HA_FENCE_METHOD: "IPMI", HA_FENCE_PASSWD: "hunter2" },
  };
  const device = (host: string): DeviceState =>
    host === hosts[1]?.uuid ? { kind: "unknown", why: "no answer" } : { kind: "on" };

  test("asks every device, fences nobody, and says of which host it cannot be sure", async () => {
    const run = await haCfg(["fence-test"], { ...setUp, device });
    expect(run.out).toBe(
      "Asking the fence devices (FENCE_METHOD IPMI) of 3 hosts\n" +
        "dom0-1  IPMI  on\ndom0-2  IPMI  cannot say: no answer\ndom0-3  IPMI  on\n",
    );
    expect([run.code, run.err]).toEqual([1, "Cannot rely on the fence devices of 1 of 3 hosts.\n"]);
  });

  test("all answer: exit code 0; one host by name or uuid", async () => {
    const all = await haCfg(["fence-test"], setUp);
    expect([all.code, all.err]).toEqual([0, ""]);
    for (const typed of ["dom0-2", hosts[1]?.uuid.toUpperCase() ?? ""]) {
      const one = await haCfg(["fence-test", typed], { ...setUp, device });
      expect(one.out).toContain("dom0-2  IPMI  cannot say");
      expect(one.out).not.toContain("dom0-1");
    }
    const none = await haCfg(["fence-test", "dom0-9"], setUp);
    expect([none.code, none.err]).toEqual([
      2,
      "Cannot test dom0-9: there is no such host; there are dom0-1, dom0-2, dom0-3\n",
    ]);
  });

  test("off, though XAPI calls the host live: perhaps another machine's device", async () => {
    const run = await haCfg(["fence-test", "--json"], { ...setUp, device: () => ({ kind: "off" }) });
    const rows = JSON.parse(run.out) as { host: string; state: string; wrong: string | null }[];
    expect(rows.map(({ host, state, wrong }) => [host, state, wrong?.slice(0, 11) ?? null])).toEqual([
      ["dom0-1", "off", "it says off"],
      ["dom0-2", "off", "it says off"],
      ["dom0-3", "off", null],
    ]);
    expect(run.code).toBe(1);
  });

  test("several methods: a line for each; POOL has no device", async () => {
    const otherConfig = { ...setUp.otherConfig, HA_FENCE_METHOD: "IPMI,POOL" };
    const pool = (_host: string, method: string): DeviceState =>
      method === "POOL" ? { kind: "not-asked", why: "POOL switches nothing off" } : { kind: "on" };
    const run = await haCfg(["fence-test", "dom0-1"], { ...setUp, otherConfig, device: pool });
    expect(run.out).toContain("dom0-1  IPMI  on\ndom0-1  POOL  cannot say: POOL switches nothing off\n");
  });

  test("the pool is silent: the hosts that this one remembers", async () => {
    const silent = await haCfg(["fence-test"], {
      ...setUp,
      readFault: { kind: "unreachable", detail: "refused" },
      rememberedFlag: "on",
    });
    expect([silent.code, silent.out]).toEqual([124, ""]);
    expect(silent.err).toContain("this host knows no host of the pool");
  });
});
