import { describe, expect, test } from "bun:test";
import { haCfg } from "./run.ts";
import { FLAG, uuidOf, vm } from "./vms.ts";

const OWN_FLAGS = { HA_GLOBAL_VM_HA: "0" };

describe("ha-cfg set-vm-ha", () => {
  test("writes one key of one VM, copies, wakes, in HA-Lizard's words", async () => {
    const vms = [vm(1, "cent4", "true"), vm(2, "cent5", "true")];
    const { code, out, err, world } = await haCfg(["set-vm-ha", "cent4", "false"], {
      vms,
      otherConfig: OWN_FLAGS,
    });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toBe(
      [
        `UUID for cent4 found: ${uuidOf(1)}`,
        "Success: VM: cent4 updated to HA status: false",
        "Wait at least 45 seconds for changes to be applied",
        "",
      ].join("\n"),
    );
    expect(world.calls).toEqual([
      "read",
      "list VMs",
      `VM ${uuidOf(1)} ${FLAG}=false`,
      "sync",
      "wake",
      "close",
    ]);
  });

  const names = [
    "two words",
    " spaces around ",
    `quo'te "both"`,
    "emoji 🦎👨‍👩‍👧",
    "n".repeat(200),
    "-dash",
    "$(reboot)",
    "日本",
  ];
  for (const name of names) {
    test(`works for the name ${JSON.stringify(name.slice(0, 20))}`, async () => {
      const vms = [vm(1, "other"), vm(2, name)];
      const { code, world } = await haCfg(["set-vm-ha", "--", name, "true"], { vms, otherConfig: OWN_FLAGS });
      expect(code).toBe(0);
      expect(world.calls).toContain(`VM ${uuidOf(2)} ${FLAG}=true`);
    });
  }

  test("two VMs of one name: both listed, none changed, exit 2; by uuid it works", async () => {
    const vms = [vm(1, "twin"), vm(2, "twin", "false", { powerState: "Halted" })];
    const { code, out, err, world } = await haCfg(["set-vm-ha", "twin", "true"], { vms });
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe(
      [
        "Cannot set HA of twin: 2 VMs have this name, none was changed; give a uuid:",
        `  ${uuidOf(1)}  Running`,
        `  ${uuidOf(2)}  Halted`,
        "",
      ].join("\n"),
    );
    expect(world.calls).toEqual(["read", "list VMs", "close"]);
    const byUuid = await haCfg(["set-vm-ha", uuidOf(2), "true"], { vms });
    expect(byUuid.world.calls).toContain(`VM ${uuidOf(2)} ${FLAG}=true`);
  });

  test("a VM whose name is another's uuid: the uuid counts", async () => {
    const vms = [vm(1, "a"), vm(2, uuidOf(1))];
    const { world } = await haCfg(["set-vm-ha", uuidOf(1), "true"], { vms });
    expect(world.calls).toContain(`VM ${uuidOf(1)} ${FLAG}=true`);
  });

  test("already so: nothing is written", async () => {
    const { code, out, world } = await haCfg(["set-vm-ha", "cent4", "TRUE"], {
      vms: [vm(1, "cent4", "true")],
    });
    expect([code, out]).toEqual([
      0,
      `UUID for cent4 found: ${uuidOf(1)}\nVM: cent4 has HA status: true already\n`,
    ]);
    expect(world.calls).toEqual(["read", "list VMs", "close"]);
  });

  test("the pool's own field name is used", async () => {
    const otherConfig = { ...OWN_FLAGS, HA_XC_FIELD_NAME: "my-ha" };
    const { world } = await haCfg(["set-vm-ha", "cent4", "true"], {
      vms: [vm(1, "cent4", "true")],
      otherConfig,
    });
    expect(world.calls).toContain(`VM ${uuidOf(1)} XenCenter.CustomFields.my-ha=true`);
  });

  test("a flag that nobody reads is done with a warning", async () => {
    const vms = [vm(1, "cent4", "true")];
    const global = await haCfg(["set-vm-ha", "cent4", "false"], { vms });
    expect([global.code, global.err]).toEqual([
      0,
      "Warning: GLOBAL_VM_HA=1 manages every VM, also those whose flag is false.\n",
    ]);
    const appliances = await haCfg(["set-vm-ha", "cent4", "false"], {
      vms,
      otherConfig: { HA_OP_MODE: "1" },
    });
    expect(appliances.err).toContain("Warning: OP_MODE=1 manages appliances");
  });

  test("no such VM, a value that is none: exit 2, nothing changed", async () => {
    const missing = await haCfg(["set-vm-ha", "cent", "true"], { vms: [vm(1, "cent4")] });
    expect([missing.code, missing.err]).toEqual([
      2,
      "Cannot set HA of cent: there is no VM of this name or uuid; did you mean cent4?\n",
    ]);
    const value = await haCfg(["set-vm-ha", "cent4", "yes"], { vms: [vm(1, "cent4")] });
    expect([value.code, value.err]).toEqual([2, 'Cannot set HA of cent4 to "yes": allowed: true or false\n']);
    expect(value.world.calls).toEqual([]);
  });

  test("XAPI silent at the write: exit 124, and that it may have been done", async () => {
    const run = await haCfg(["set-vm-ha", "cent4", "true"], {
      vms: [vm(1, "cent4")],
      writeFault: () => ({ kind: "timeout" }),
    });
    expect(run.code).toBe(124);
    expect(run.err).toContain(
      "Cannot set HA of cent4: no answer in time.\nXAPI may have done it all the same.\n",
    );
    expect(run.out).not.toContain("Success");
  });
});
