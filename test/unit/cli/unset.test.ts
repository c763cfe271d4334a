import { describe, expect, test } from "bun:test";
import { haCfg } from "./run.ts";

describe("ha-cfg unset --local", () => {
  test("undoes set --local: the value of the pool holds again; asks no XAPI, wakes the monitor", async () => {
    const run = await haCfg(["unset", "--local", "xe_timeout"], {
      override: { XE_TIMEOUT: "9", OP_MODE: "1" },
    });
    expect([run.code, run.err, run.world.override]).toEqual([0, "", { OP_MODE: "1" }]);
    expect(run.out).toBe(
      "Success: XE_TIMEOUT is no longer overridden on this host\nWait at least 45 seconds for changes to be applied\n",
    );
    expect(run.world.calls).toEqual(["override without XE_TIMEOUT", "wake"]);
  });

  test("takes the switches that only a host has", async () => {
    const run = await haCfg(["unset", "log_email", "--local"], { override: { LOG_email: "0" } });
    expect([run.code, run.world.override]).toEqual([0, {}]);
  });

  test("nothing there; a file that cannot be written", async () => {
    const none = await haCfg(["unset", "--local", "XE_TIMEOUT"]);
    expect([none.code, none.out, none.world.calls]).toEqual([
      0,
      "The override file of this host does not set XE_TIMEOUT: nothing was changed.\n",
      [],
    ]);
    const full = await haCfg(["unset", "--local", "XE_TIMEOUT"], {
      override: { XE_TIMEOUT: "9" },
      overrideFault: "the disk is full",
    });
    expect([full.code, full.out, full.err]).toEqual([
      1,
      "",
      "Cannot unset XE_TIMEOUT on this host: the disk is full.\n",
    ]);
  });
});

describe("ha-cfg unset", () => {
  test("puts a parameter of the pool back to its default, with the word of warning that it has", async () => {
    const run = await haCfg(["unset", "FENCE_METHOD"], { otherConfig: { HA_FENCE_METHOD: "IPMI" } });
    expect([run.code, run.world.otherConfig]).toEqual([0, { HA_FENCE_METHOD: "POOL" }]);
    expect(run.err).toContain("POOL cuts no power");
  });

  test("already so: nothing is written", async () => {
    const run = await haCfg(["unset", "XE_TIMEOUT"], { otherConfig: { HA_XE_TIMEOUT: "5" } });
    expect([run.code, run.out, run.world.calls]).toEqual([
      0,
      "XE_TIMEOUT already has its default 5.\n",
      ["read", "close"],
    ]);
  });

  for (const [args, says] of [
    [["unset"], "PARAM"],
    [["unset", "FENCE_METHD"], "did you mean FENCE_METHOD?"],
    [["unset", "LOG_email"], "unset --local takes it back"],
    [["unset", "WATCH_INTERVAL", "--local"], "/etc/init.d/ha-lizard-watchdog"],
  ] as const)
    test(`ha-cfg ${args.join(" ")}: exit 2, nothing asked`, async () => {
      const run = await haCfg(args);
      expect([run.code, run.out, run.world.calls]).toEqual([2, "", []]);
      expect(run.err).toContain(says);
    });
});
