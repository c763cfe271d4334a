import { describe, expect, test } from "bun:test";
import type { DeviceState } from "../../../src/ports/fencer.ts";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";

const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";

describe("ha-cfg fence-test", () => {
  const hosts = [hostView(1), hostView(2), hostView(3, { live: false })];
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

  const AGENT = "/etc/ha-lizard/fence/MINE/MINE.sh";
  const own = {
    ...setUp,
    otherConfig: { ...setUp.otherConfig, HA_FENCE_METHOD: "MINE" },
    method: () => ({ untestedAgent: AGENT }),
  };

  test("an agent that says on of a host that is on is remembered as tested", async () => {
    const run = await haCfg(["fence-test", "dom0-1"], own);
    expect([run.code, run.err]).toEqual([0, `${AGENT} is tested on this host now, until it changes.\n`]);
    expect(run.world.calls).toContain("remember MINE");
    const tested = await haCfg(["fence-test"], { ...own, method: () => ({}) });
    expect([tested.code, tested.err]).toEqual([0, ""]);
    expect(tested.world.calls).not.toContain("remember MINE");
  });

  const UNTESTED = `Warning: ${AGENT} has not been tested on this host, and its exit status 0 counts as proof that a host is off`;
  const deaf: readonly (readonly [string, DeviceState])[] = [
    ["nothing", { kind: "unknown", why: "exit status 1" }],
    ["nothing, for it cannot be asked", { kind: "not-asked", why: "it knows no status" }],
  ];
  test.each(deaf)("an agent that says %s is not: it is named", async (_, state) => {
    const run = await haCfg(["fence-test"], { ...own, device: () => state });
    expect(run.err).toContain(`${UNTESTED}: it has not said that a host is on.\n`);
    expect(run.world.calls).not.toContain("remember MINE");
    expect(run.code).toBe(1);
  });

  test("an agent that says off of one host that is up is not, whatever it says of another", async () => {
    let asked = 0;
    const device = (): DeviceState => ({ kind: asked++ === 0 ? "on" : "off" });
    const run = await haCfg(["fence-test"], { ...own, device });
    expect(run.err).toContain(`${UNTESTED}: it says off of a host that is up.\n`);
    expect(run.world.calls).not.toContain("remember MINE");
    expect(run.code).toBe(1);
  });

  test("a test that cannot be kept, and an agent that is never run, are named", async () => {
    const run = await haCfg(["fence-test"], { ...own, rememberFault: "ENOSPC" });
    expect(run.err).toContain(`${UNTESTED}: ENOSPC.\n`);
    const ignored = await haCfg(["fence-test"], {
      ...setUp,
      method: () => ({ ignoredAgent: "/opt/IPMI/IPMI.sh" }),
    });
    expect(ignored.err).toContain(
      "Warning: /opt/IPMI/IPMI.sh is not used, because IPMI is built in; an agent of your own needs another name.\n",
    );
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
