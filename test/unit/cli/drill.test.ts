import { describe, expect, test } from "bun:test";
import type { HostUuid } from "../../../src/core/model/ids.ts";
import { leads } from "../core/sight.ts";
import { HOST } from "./fake-xapi.ts";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";
import { hearing } from "./sound-pool.ts";
import { FLAG, uuidOf, vm } from "./vms.ts";

const GIB = 1024 ** 3;
const room = { freeMemoryBytes: 8 * GIB };
const hosts = [
  hostView(1, { ...room, uuid: HOST }),
  hostView(2, room),
  hostView(3, { ...room, enabled: false }),
];
const vms = [
  vm(1, "web", "true", { memoryBytes: 2 * GIB }),
  vm(2, "huge", "true", { memoryBytes: 9 * GIB }),
  vm(3, "test", "false"),
  vm(4, "spare", "true", { powerState: "Suspended" }),
];
const otherConfig = {
  [FLAG]: "true",
  ...{
    HA_GLOBAL_VM_HA: "0",
    HA_FENCE_METHOD: "IPMI",
    HA_FENCE_PASSWD: "s3cret",
    HA_XAPI_COUNT: "2",
    HA_XAPI_DELAY: "5",
  },
};
const setUp = { hosts, vms, otherConfig };

describe("ha-cfg drill", () => {
  test("the death of the master: what is assumed, what happens, each VM, the times; and nothing is written", async () => {
    const { code, out, err, world } = await haCfg(["drill", "dom0-1"], setUp);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toStartWith(
      "If dom0-1, the master, died now (a simulation: nothing was touched):\n\nIt is assumed that\n",
    );
    expect(out).toContain("  - the fence agent confirms after 3 s (--agent-takes;");
    expect(out).toContain(
      "  - a VM that is started runs after 0.2 s (--vm-start-takes), 10 at the same\n    time\n",
    );
    expect(out).toMatch(/\n {6}0\.0 {2}dom0-1 loses power\n/);
    expect(out).toMatch(/\n +\d+\.\d {2}dom0-2 asks the fence agent IPMI to cut dom0-1\n/);
    expect(out).toMatch(/\n {2}web {3}dom0-2 {3}\d+\.\d s\n/);
    expect(out).toMatch(/\n {2}huge {2}none {5}stays down\n/);
    expect(out).toContain("  huge: no host can run it: dom0-2 with too little free memory;");
    expect(out).toContain("  test: HA does not look after it.\n");
    expect(out).not.toContain("spare");
    expect(out).toMatch(/\n {2}the new master serves +\d+\.\d s\n/);
    expect(out).not.toContain("s3cret");
    expect(world.calls).toEqual(["read", "close"]);
  });

  test("a host without VMs: no time of a VM is said to be never", async () => {
    const { code, out } = await haCfg(["drill", "dom0-2"], setUp);
    expect(code).toBe(0);
    expect(out).toContain("  No VM runs there.\n");
    expect(out).toMatch(/\n {2}declared dead +\d+\.\d s\n$/);
  });

  test("--json has the same", async () => {
    const { code, out } = await haCfg(["drill", "dom0-1", "--json"], setUp);
    const report = JSON.parse(out);
    expect([code, report.schema, report.host, report.isMaster, report.haOn]).toEqual([
      0,
      1,
      "dom0-1",
      true,
      true,
    ]);
    expect(report.vms[0]).toEqual({
      ...{ uuid: uuidOf(1), name: "web", to: "dom0-2", why: null },
      afterS: report.times.lastVmS,
    });
    expect(report.vms.map(({ name, to }: { name: string; to: string | null }) => [name, to])).toEqual([
      ["web", "dom0-2"],
      ["huge", null],
      ["test", null],
    ]);
    expect(report.timeline[0]).toEqual({ atS: 0, text: "dom0-1 loses power" });
    expect(report.assumed.length).toBeGreaterThan(3);
  });

  test("HA is off: that is the first thing that is said", async () => {
    const { out } = await haCfg(["drill", "dom0-1"], {
      ...setUp,
      otherConfig: { ...otherConfig, [FLAG]: "false" },
    });
    expect(out).toContain(
      "It is assumed that\n  - HA is on. Now it is off, and nothing at all would be done (ha-cfg ha-enable)\n",
    );
    expect(out).toMatch(/\n {2}web {3}dom0-2 {3}\d+\.\d s\n/);
  });

  test("HA rests for a host: that is said, too", async () => {
    const rests = (host: HostUuid | null) =>
      hearing(hosts, { group: leads(HOST, [HOST], { roll: { disarms: [{ host, leftMs: 60_000 }] } }) });
    const whole = await haCfg(["drill", "dom0-1"], { ...setUp, hearing: rests(null) });
    expect(whole.out).toContain(
      "  - HA does not rest. Now it rests for the pool, and less would be done (ha-cfg\n",
    );
    const { out } = await haCfg(["drill", "dom0-1"], { ...setUp, hearing: rests(hosts[1]?.uuid ?? null) });
    expect(out).toContain("  - HA does not rest. Now it rests for dom0-2, and less would be done (ha-cfg\n");
  });

  test("a pool that fences nobody: no VM runs again, and it is said why", async () => {
    const { out } = await haCfg(["drill", "dom0-1"], {
      ...setUp,
      otherConfig: { ...otherConfig, HA_FENCE_ENABLED: "0" },
    });
    expect(out).not.toContain("the fence agent confirms");
    expect(out).toMatch(/\n {2}proved off +never\n/);
    expect(out).toContain("web: its host was never proved off and declared dead within ");
  });

  test("what cannot be played: no such host, one that is off, appliances, XAPI's own HA, seconds that are none", async () => {
    const none = await haCfg(["drill", "dom0-9"], setUp);
    expect([none.code, none.err]).toEqual([
      2,
      "Cannot play the death of dom0-9: there is no such host; there are dom0-1, dom0-2, dom0-3\n",
    ]);
    const off = await haCfg(["drill", "dom0-2"], {
      ...setUp,
      hosts: [hostView(1), hostView(2, { live: false })],
    });
    expect([off.code, off.err]).toEqual([
      1,
      "Cannot play the death of dom0-2: XAPI does not call it live, so it is off already, or cut off.\n",
    ]);
    const appliances = await haCfg(["drill", "dom0-1"], { ...setUp, otherConfig: { HA_OP_MODE: "1" } });
    expect([appliances.code, appliances.err]).toEqual([
      1,
      "Cannot play a drill with OP_MODE=1: XAPI places the VMs of an appliance.\n",
    ]);
    const xapiHa = await haCfg(["drill", "dom0-1"], { ...setUp, haEnabled: true });
    expect([xapiHa.code, xapiHa.err]).toEqual([1, expect.stringContaining("HA of XAPI itself is on")]);
    const long = await haCfg(["drill", "dom0-1", "--agent-takes", "soon"], setUp);
    expect([long.code, long.err]).toEqual([
      2,
      "Cannot use --agent-takes soon: seconds are wanted, above 0 and at most 3600, like 12 or 0.5\n",
    ]);
    const silent = await haCfg(["drill", "dom0-1"], { ...setUp, readFault: { kind: "timeout" } });
    expect(silent.code).toBe(124);
  });
});
