import { describe, expect, test } from "bun:test";
import type { FakeWorld } from "./fake-ports.ts";
import { haCfg } from "./run.ts";
import { FLAG, uuidOf, vm } from "./vms.ts";

const BY = "by alice as root without a terminal.";
const MESSAGE = { id: "m", postedAt: "2026-11-23T09:41:40Z", priority: 2, body: "x" };

/** Every action that changes something, and the first line about it. */
const CHANGES: readonly (readonly [readonly string[], Partial<FakeWorld>, string])[] = [
  [
    ["set", "FENCE_METHOD", "IPMI"],
    { otherConfig: { HA_FENCE_METHOD: "POOL" } },
    "FENCE_METHOD of the pool changed from POOL to IPMI",
  ],
  [
    ["set", "SMTP_USER", ""],
    { otherConfig: { HA_SMTP_USER: "x" } },
    "SMTP_USER of the pool changed from ******** to ''",
  ],
  [["set", "--local", "OP_MODE", "1"], {}, "OP_MODE of this host changed from nothing to 1"],
  [["unset", "OP_MODE"], { otherConfig: { HA_OP_MODE: "1" } }, "OP_MODE of the pool changed from 1 to 2"],
  [
    ["unset", "--local", "OP_MODE"],
    { override: { OP_MODE: "1" } },
    "Override of OP_MODE on this host, 1, removed",
  ],
  [["preset", "auto-start", "--yes"], {}, "FENCE_ACTION of the pool changed from nothing to stop"],
  [
    ["restore", "/f"],
    { files: { "/f": "XE_TIMEOUT=9\n" } },
    "XE_TIMEOUT of the pool changed from nothing to 9",
  ],
  [["restore-default", "--yes"], {}, "MONITOR_DELAY of the pool changed from nothing to 45"],
  [["insert"], {}, "HA_MONITOR_DELAY of the pool inserted with its default"],
  [
    ["insert", "--overwrite"],
    { otherConfig: { HA_MONITOR_DELAY: "9" } },
    "HA_MONITOR_DELAY of the pool put back to its default",
  ],
  [["remove", "--yes"], { otherConfig: { HA_OP_MODE: "1" } }, "HA_OP_MODE removed from the pool database"],
  [["set-vm-ha", "web", "true"], { vms: [vm(1, "web")] }, `HA flag of VM web (${uuidOf(1)}) set to true`],
  [["ha-disable"], { otherConfig: { [FLAG]: "true" } }, "HA of the pool switched off"],
  [["clear-alerts"], { messages: [MESSAGE as never] }, "1 alert removed from XAPI"],
];

describe("every change is logged, with who made it and where", () => {
  for (const [args, world, line] of CHANGES) {
    test(`ha-cfg ${args.join(" ")}`, async () => {
      const run = await haCfg(args, world);
      expect([run.code, run.world.logged[0]]).toEqual([0, `info ha-cfg: ${line}, ${BY}`]);
    });
  }

  test("on a terminal it is named", async () => {
    const { world } = await haCfg(["ha-disable"], { terminal: true });
    expect(world.logged).toEqual(["info ha-cfg: HA of the pool switched off, by alice as root on pts/3."]);
  });

  test("a password stands in no line", async () => {
    const { world } = await haCfg(["set", "FENCE_PASSWD", "-"], {
      lines: ["hunter2"],
      otherConfig: { HA_FENCE_PASSWD: "hunter1" },
    });
    expect(world.logged).toEqual([
      `info ha-cfg: FENCE_PASSWD of the pool changed from ******** to ********, ${BY}`,
    ]);
    const inserted = await haCfg(["insert", "--overwrite"], { otherConfig: { HA_FENCE_PASSWD: "hunter1" } });
    const removed = await haCfg(["remove", "--yes"], { otherConfig: { HA_FENCE_PASSWD: "hunter1" } });
    for (const run of [inserted, removed]) expect(run.world.logged.join()).not.toContain("hunter");
  });

  test("a change without an answer may have been made, and is logged as such; a refused one is not", async () => {
    const silent = await haCfg(["set", "OP_MODE", "1"], { writeFault: () => ({ kind: "timeout" }) });
    expect(silent.world.logged).toEqual([
      `info ha-cfg: Asked of XAPI, which gave no answer: OP_MODE of the pool changed from nothing to 1, ${BY}`,
    ]);
    const refused = await haCfg(["set", "OP_MODE", "1"], {
      writeFault: () => ({ kind: "api", code: "RBAC_PERMISSION_DENIED", params: [] }),
    });
    expect(refused.world.logged).toEqual([]);
  });

  test("what only looks, or finds everything as it should be, logs nothing", async () => {
    for (const args of [
      ["get"],
      ["status"],
      ["set", "OP_MODE", "2"],
      ["unset", "OP_MODE"],
      ["unset", "--local", "OP_MODE"],
    ])
      expect((await haCfg(args, { otherConfig: { HA_OP_MODE: "2" } })).world.logged).toEqual([]);
  });

  test("ENABLE_LOGGING=0 holds for these lines too; that it is set is still logged", async () => {
    const off = await haCfg(["set", "OP_MODE", "1"], { otherConfig: { HA_ENABLE_LOGGING: "0" } });
    expect(off.world.logged).toEqual([]);
    const switching = await haCfg(["set", "ENABLE_LOGGING", "0"], {});
    expect(switching.world.logged.length).toBe(1);
  });

  test("a name cannot write a line of its own", async () => {
    const { world } = await haCfg(["set-vm-ha", uuidOf(1), "true"], { vms: [vm(1, "x\nroot: HA is off")] });
    expect(world.logged[0]).toStartWith('info ha-cfg: HA flag of VM "x\\nroot: HA is off" (');
  });
});
