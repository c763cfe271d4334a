import { describe, expect, test } from "bun:test";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";
import { uuidOf, vm } from "./vms.ts";

const GIB = 1024 ** 3;
const hosts = [hostView(1), hostView(2, { freeMemoryBytes: 3 * GIB }), hostView(3, { freeMemoryBytes: GIB })];
const vms = [
  vm(1, "web", "true", { memoryBytes: 2 * GIB, leastMemoryBytes: 2 * GIB }),
  vm(2, "huge", "true", { memoryBytes: 9 * GIB, leastMemoryBytes: 9 * GIB }),
  vm(3, "test", "false"),
  vm(4, "spare", "true", { powerState: "Suspended" }),
];
const setUp = { hosts, vms, otherConfig: { HA_GLOBAL_VM_HA: "0", HA_FENCE_METHOD: "IPMI" } };

describe("ha-cfg plan", () => {
  test("one host: every VM that it concerns, where it would run, or why not, and how long it takes", async () => {
    const { code, out, err } = await haCfg(["plan", "--if-host-fails", "dom0-1"], setUp);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      `If dom0-1 failed now:
  noticed     after about 81 s of silence
  proved off  IPMI, within 60 s

  VM    NOW     THEN
  web   dom0-1  dom0-2
  huge  dom0-1  no host
  test  dom0-1  left down

  huge: no host can run it: dom0-2 and dom0-3 with too little free memory;
    dom0-1 failed.
  test: HA does not look after it.

  1 other VM stays as it is.
`,
    );
  });

  test("each host in turn, and whether the pool survives it", async () => {
    const { out } = await haCfg(["plan"], setUp);
    expect(out).toContain(
      `  HOST    STARTED  NO HOST  LEFT DOWN
  dom0-1  1        1        1
  dom0-2  0        0        0
  dom0-3  0        0        0

If dom0-1 failed, some VMs would have no host: ha-cfg plan --if-host-fails
dom0-1
`,
    );
    const fine = await haCfg(["plan"], { ...setUp, vms: vms.slice(2) });
    expect(fine.out).toEndWith(
      "Whichever host fails, the others have room for the VMs that HA looks after.\n",
    );
  });

  test("--json has every VM; several hosts at the same time", async () => {
    const { out } = await haCfg(["plan", "--if-host-fails", "dom0-1,dom0-2", "--json"], setUp);
    const { plans } = JSON.parse(out) as { plans: { ifFails: string[]; vms: unknown[] }[] };
    expect(plans.map(({ ifFails }) => ifFails)).toEqual([["dom0-1", "dom0-2"]]);
    const [plan] = plans;
    expect(plan?.vms.length).toBe(4);
    expect(plan?.vms[0]).toEqual({
      ...{ uuid: uuidOf(1), name: "web", on: "dom0-1", fate: "no-host", to: null, together: false },
      why: "no host can run it: dom0-3 with too little free memory; dom0-1 and dom0-2 failed",
    });
  });

  test("no such host; appliances are placed by XAPI", async () => {
    const none = await haCfg(["plan", "--if-host-fails", "dom0-1,dom0-9"], setUp);
    expect([none.code, none.err]).toEqual([
      2,
      "Cannot plan for dom0-9: there is no such host; there are dom0-1, dom0-2, dom0-3\n",
    ]);
    const appliances = await haCfg(["plan"], { ...setUp, otherConfig: { HA_OP_MODE: "1" } });
    expect([appliances.code, appliances.err]).toEqual([
      1,
      "Cannot plan with OP_MODE=1: XAPI places the VMs of an appliance.\n",
    ]);
  });
});
