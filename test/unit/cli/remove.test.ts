import { describe, expect, test } from "bun:test";
import { START_MARK_KEY } from "../../../src/cli/own-keys.ts";
import type { HostView } from "../../../src/core/model/pool-view.ts";
import { HOST } from "./fake-xapi.ts";
import { hostView } from "./hosts.ts";
import { haCfg } from "./run.ts";
import { FLAG, uuidOf, vm } from "./vms.ts";

const ours = {
  HA_FENCE_PASSWD: "hunter2",
  HA_OP_MODE: "2",
  HA_DISK_MONITOR: "1",
  [FLAG]: "true",
  autopromote_uuid: "none_available",
  "ha-lizard-epoch": "3",
  "ha-lizard-changes": "8",
};
const foreign = { mine: "1", HA_STATEFILE: "sr", "XenCenter.CustomFields.owner": "me" };

function host(name: string): HostView {
  const otherConfig = { [FLAG]: "master", [START_MARK_KEY]: "1795426874.", mine: "1" };
  return hostView(1, { uuid: HOST, name, otherConfig });
}

describe("ha-cfg remove", () => {
  test("removes our keys one by one, HA on/off first; others' keys stay", async () => {
    const run = await haCfg(["remove", "--yes"], { otherConfig: { ...ours, ...foreign } });
    expect(run.code).toBe(0);
    expect(run.err).toBe("Left alone, no parameters of this program: HA_STATEFILE.\n");
    expect(run.out).toBe(
      [
        "Of this program the database of pool lab holds: HA on/off; 3 parameters,",
        "passwords among them; 3 keys of its own.",
        `removed ${FLAG}`,
        "removed HA_FENCE_PASSWD",
        "removed HA_OP_MODE",
        "removed HA_DISK_MONITOR",
        "removed autopromote_uuid",
        "removed ha-lizard-epoch",
        "removed ha-lizard-changes",
        "7 keys removed. HA does nothing in this pool until ha-cfg insert and ha-enable.",
        "",
      ].join("\n"),
    );
    expect(run.world.otherConfig).toEqual(foreign);
    expect(run.world.calls.slice(-3)).toEqual(["sync", "wake", "close"]);
    expect(run.out).not.toContain("hunter2");
  });

  test("--vms takes those of hosts and VMs too, before the name of the field is gone", async () => {
    const { world } = await haCfg(["remove", "--vms", "--yes"], {
      otherConfig: { HA_OP_MODE: "2", [FLAG]: "false" },
      hosts: [host("h1")],
      vms: [vm(1, "a", "true"), vm(2, "b", undefined, { otherConfig: { mine: "1" } })],
    });
    expect(world.calls).toEqual([
      "read",
      "list VMs",
      `remove ${FLAG}`,
      `host 11111111-0000-0000-0000-000000000001 remove ${FLAG}`,
      `host 11111111-0000-0000-0000-000000000001 remove ${START_MARK_KEY}`,
      `VM ${uuidOf(1)} remove ${FLAG}`,
      `VM ${uuidOf(1)} remove home-pool`,
      `VM ${uuidOf(1)} remove ha-lizard-ran`,
      "remove HA_OP_MODE",
      "sync",
      "wake",
      "close",
    ]);
  });

  test("without a terminal it names --yes, exit 2, nothing changed", async () => {
    const run = await haCfg(["remove"], { otherConfig: ours });
    expect(run.code).toBe(2);
    expect(run.err).toContain("give --yes");
    expect(run.world.calls).toEqual(["read", "close"]);
  });

  for (const [typed, code] of [
    ["yes", 0],
    ["y", 1],
    ["", 1],
    ["no", 1],
  ] as const) {
    test(`on a terminal, answered ${JSON.stringify(typed)}: exit ${code}`, async () => {
      const run = await haCfg(["remove"], { otherConfig: ours, terminal: true, lines: [typed] });
      expect(run.code).toBe(code);
      expect(run.err).toContain("Remove these 7 keys? (yes/no)");
      expect(Object.keys(run.world.otherConfig).length).toBe(code === 0 ? 0 : 7);
    });
  }

  test("an end of input is no yes", async () => {
    expect((await haCfg(["remove"], { otherConfig: ours, terminal: true })).code).toBe(1);
  });

  test("the pool's own field goes, also when this host's override has another name", async () => {
    const { world } = await haCfg(["remove", "--yes"], {
      otherConfig: { HA_XC_FIELD_NAME: "of-pool", "XenCenter.CustomFields.of-pool": "true" },
      override: { XC_FIELD_NAME: "of-host" },
    });
    expect(world.otherConfig).toEqual({});
  });

  test("nothing there: nothing asked, nothing changed", async () => {
    const { code, out, world } = await haCfg(["remove"], { otherConfig: foreign });
    expect([code, out]).toEqual([
      0,
      "There are no keys of this program in the pool database: nothing was changed.\n",
    ]);
    expect(world.calls).toEqual(["read", "close"]);
  });

  test("XAPI stops answering half way: exit 124, and what to do", async () => {
    const { code, err, world } = await haCfg(["remove", "--yes"], {
      otherConfig: ours,
      writeFault: (key) => (key === "HA_OP_MODE" ? { kind: "timeout" } : null),
    });
    expect(code).toBe(124);
    expect(err).toContain("Cannot remove HA_OP_MODE from the pool database: no answer in time.");
    expect(err).toContain("run ha-cfg remove again");
    expect(world.otherConfig[FLAG]).toBeUndefined();
  });

  test("XAPI silent from the start: exit 124", async () => {
    const { code, out } = await haCfg(["remove", "--yes"], { readFault: { kind: "timeout" } });
    expect([code, out]).toEqual([124, ""]);
  });
});
