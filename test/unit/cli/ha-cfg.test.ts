import { describe, expect, test } from "bun:test";
import { haCfg } from "./run.ts";

const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";
const ACTIONS = [
  "insert",
  "remove",
  "get",
  "set",
  "unset",
  "get-vm-ha",
  "set-vm-ha",
  "preset",
  "backup",
  "restore",
  "restore-default",
  "email",
  "email-debug",
  "show-alerts",
  "clear-alerts",
  "log",
  "ha-status",
  "ha-enable",
  "ha-disable",
  "disarm",
  "arm",
  "confirm-off",
  "power-on",
  "resume",
  "plan",
  "history",
  "report",
  "replay",
  "explain",
  "watch",
  "metrics",
  "fence-hosts",
  "fence-test",
  "manual",
  "version",
];

const wrongUsage: readonly (readonly [readonly string[], string])[] = [
  [[], "Usage: ha-cfg <action>"],
  [["ha-staus"], "did you mean ha-status?"],
  [["ha-enabel"], "did you mean ha-enable?"],
  [["frobnicate"], "see ha-cfg --help"],
  [["__proto__"], "there is no such action"],
  [["get", "FENCE_METHD"], "did you mean FENCE_METHOD?"],
  [["get", "fence_method", "ILO"], "2 values given, at most 1"],
  [["get", "--jsn"], "did you mean --json?"],
  [["get", "--json=yes"], "there is no option --json"],
  [["get", "--no-json"], "there is no option --no-json"],
  [["get", "-x"], "there is no option -x"],
  [["get", "WATCH_INTERVAL"], "/etc/init.d/ha-lizard-watchdog"],
  [["set"], "PARAM"],
  [["set", "FENCE_METHOD"], "VALUE"],
  [["set", "XE_TIMEOUT=0"], 'Cannot set XE_TIMEOUT to "0": out of range'],
  [["set", "FENCE_METHD=ILO"], "did you mean FENCE_METHOD?"],
  [["set", "=1"], "there is no such parameter"],
  [["get", "--json", "--plain"], "--json or --plain, not both"],
  [["set", "NOTHING_LIKE_IT", "1"], "no such parameter"],
  [["set", "FENCE_ENABLED", "yes"], 'Cannot set FENCE_ENABLED to "yes": allowed: 0 or 1'],
  [["set", "XE_TIMEOUT", "0"], "allowed: a whole number from 1 to 300 (seconds)"],
  [["set", "MAIL_SUBJECT", "two", "words"], "put quotes around"],
  [["set", "LOG_email", "0"], "/etc/ha-lizard/ha-lizard.conf"],
  [["ha-enable", "now"], "1 values given, at most 0"],
  [["ha-disable", "--yes"], "there is no option --yes"],
  [["ha-disable", "--force"], "there is no option --force"],
  [["ha-enable", "--forc"], "did you mean --force?"],
  [["insert", "--overwrit"], "did you mean --overwrite?"],
  [["set", "FENCE_METHOD", "POOL,ILO"], "nothing may follow it"],
  [["set", "FENCE_METHOD", "ILO,ilo"], "stands there twice"],
  [["set", "FENCE_METHOD", "ILO,"], "several with , between"],
];

for (const [args, says] of wrongUsage) {
  test(`ha-cfg ${args.join(" ")}: wrong usage, exit 2, said on standard error, XAPI not asked`, async () => {
    const run = await haCfg(args);
    expect(run.code).toBe(2);
    expect(run.err).toContain(says);
    expect(run.err).not.toContain("\u001b");
    expect(run.out).toBe("");
    expect(run.world.calls).toEqual([]);
  });
}

describe("help", () => {
  for (const args of [["--help"], ["-help"], ["-h"], ["-?"], ["help"]]) {
    test(`ha-cfg ${args.join(" ")}: lists every action there is, on standard output, without colours`, async () => {
      const run = await haCfg(args);
      expect(run.code).toBe(0);
      for (const action of ACTIONS) expect(run.out).toContain(` ${action} `);
      expect(run.out).not.toContain("\u001b");
    });
  }

  for (const action of ACTIONS) {
    test(`ha-cfg ${action} --help: says what it does and does nothing`, async () => {
      const run = await haCfg([action, "--help"]);
      expect(run.code).toBe(0);
      expect(run.out).toContain(`ha-cfg ${action}`);
      expect(run.world.calls).toEqual([]);
      expect((await haCfg(["help", action])).out).toBe(run.out);
      expect((await haCfg([action, "-help"])).out).toBe(run.out);
    });
  }

  test("ha-cfg version", async () => {
    expect((await haCfg(["version"])).out).toBe("ha-lizard 3.0.0\n");
    expect((await haCfg(["--version"])).out).toBe("ha-lizard 3.0.0\n");
  });
});

describe("ha-cfg insert", () => {
  test("a key that somebody else has set since the read is kept", async () => {
    const { code, out, world } = await haCfg(["insert"], {
      otherConfig: {},
      meanwhile: { HA_XE_TIMEOUT: "17" },
    });
    expect([code, world.otherConfig["HA_XE_TIMEOUT"]]).toEqual([0, "17"]);
    expect(out).not.toContain("HA_XE_TIMEOUT");
    expect(out).toMatch(/^\d+ keys written, 1 kept\.$/m);
  });

  test("an empty pool gets every parameter, then the successor, HA off last; then one copy and a wake-up", async () => {
    const { code, out, world } = await haCfg(["insert"]);
    expect(code).toBe(0);
    expect(world.otherConfig["HA_FENCE_METHOD"]).toBe("POOL");
    expect(world.otherConfig["HA_DISABLED_VAPPS"]).toBe("()");
    expect(world.otherConfig["HA_FENCE_TIMEOUT"]).toBe("60");
    expect(world.otherConfig["HA_WATCH_INTERVAL"]).toBeUndefined();
    expect(world.calls.slice(-5)).toEqual([
      "autopromote_uuid=none_available",
      `${FLAG}=false`,
      "sync",
      "wake",
      "close",
    ]);
    expect(out).toContain("inserted HA_FENCE_METHOD = POOL\n");
    expect(out).toEndWith("57 keys written, 0 kept.\n");
  });

  test("what is there stays, also HA on, and a second run changes nothing", async () => {
    const otherConfig = { HA_FENCE_METHOD: "ILO", [FLAG]: "true", autopromote_uuid: "x", mine: "1" };
    const first = await haCfg(["insert"], { otherConfig });
    expect(first.world.otherConfig).toMatchObject(otherConfig);
    const again = await haCfg(["insert"], { otherConfig: first.world.otherConfig });
    expect(again.world.calls).toEqual(["read", "close"]);
    expect(again.out).toBe("All 57 keys are already in the pool database: nothing was changed.\n");
  });

  test("--overwrite replaces parameters, never HA on/off, the successor or other programs' keys", async () => {
    const otherConfig = { HA_FENCE_METHOD: "ILO", [FLAG]: "true", autopromote_uuid: "x", mine: "1" };
    const { out, world } = await haCfg(["insert", "--overwrite"], { otherConfig });
    expect(world.otherConfig).toMatchObject({ ...otherConfig, HA_FENCE_METHOD: "POOL" });
    expect(out).toContain("replaced HA_FENCE_METHOD = POOL\n");
  });

  test("HA on/off is written under the pool's own field name", async () => {
    const { world } = await haCfg(["insert"], { otherConfig: { HA_XC_FIELD_NAME: "'my-ha'" } });
    expect(world.otherConfig["XenCenter.CustomFields.my-ha"]).toBe("false");
    expect(world.otherConfig[FLAG]).toBeUndefined();
  });

  test("stops at the first key that XAPI does not take, before HA on/off; what it took is copied", async () => {
    const { code, err, world } = await haCfg(["insert"], {
      writeFault: (key) =>
        key === "HA_MAIL_ON" ? { kind: "api", code: "RBAC_PERMISSION_DENIED", params: [] } : null,
    });
    expect(code).toBe(1);
    expect(err).toContain(
      "Cannot write HA_MAIL_ON to the pool database: the session may not do that (RBAC_PERMISSION_DENIED).",
    );
    expect(world.otherConfig[FLAG]).toBeUndefined();
    expect(world.calls.slice(-3)).toEqual(["sync", "wake", "close"]);
  });
});

describe("ha-cfg set", () => {
  test("writes one key, copies the database, wakes the monitor, says when it holds", async () => {
    const { code, out, err, world } = await haCfg(["set", "fence_method", "ilo"]);
    expect([code, err]).toEqual([0, ""]);
    expect(world.calls).toEqual(["read", "HA_FENCE_METHOD=ILO", "sync", "wake", "close"]);
    expect(out).toBe(
      "Success: FENCE_METHOD set to ILO\nWait at least 45 seconds for changes to be applied\n",
    );
  });

  test("PARAM=VALUE is PARAM VALUE; what follows the first = is the value", async () => {
    const { code, err, world } = await haCfg(["set", "mail_subject=a=b c"]);
    expect([code, err, world.otherConfig]).toEqual([0, "", { HA_MAIL_SUBJECT: "a=b c" }]);
    const local = await haCfg(["set", "--local", "XE_TIMEOUT=9"]);
    expect([local.code, local.world.override]).toEqual([0, { XE_TIMEOUT: "9" }]);
    const asked = await haCfg(["set", "FENCE_PASSWD=-"], { lines: ["hunter2"] });
    expect(asked.world.otherConfig).toEqual({ HA_FENCE_PASSWD: "hunter2" });
    const seen = await haCfg(["set", "FENCE_PASSWD=hunter2"]);
    expect(seen.err).toContain("Warning: whoever is on this host can see a command line");
    expect(seen.out + seen.err).not.toContain("hunter2");
  });

  test("the same value again writes nothing", async () => {
    const { code, out, world } = await haCfg(["set", "XE_TIMEOUT", "7"], {
      otherConfig: { HA_XE_TIMEOUT: "7" },
    });
    expect([code, out]).toEqual([0, "XE_TIMEOUT is 7 already.\n"]);
    expect(world.calls).toEqual(["read", "close"]);
  });

  for (const [name, value, word] of [
    ["FENCE_HA_ONFAIL", "1", "dangerous"],
    ["FENCE_HOST_FORGET", "1", "deprecated"],
    ["FENCE_QUORUM_REQUIRED", "0", "dangerous"],
    ["FENCE_METHOD", "pool", "cuts no power"],
    ["XC_FIELD_NAME", "other", "ha-enable"],
  ] as const) {
    test(`${name}=${value} is done with a warning: ${word}`, async () => {
      const { code, err, world } = await haCfg(["set", name, value]);
      expect(code).toBe(0);
      expect(err).toContain("Warning: ");
      expect(err).toContain(word);
      expect(world.calls).toContain("sync");
    });
  }

  test("values that need care: nothing, a list, one that begins with -", async () => {
    expect((await haCfg(["set", "SMTP_USER", ""])).world.otherConfig["HA_SMTP_USER"]).toBe("");
    const list = await haCfg(["set", "FENCE_HEURISTICS_IPS", "(10.0.0.1:[fd00::1])"]);
    expect(list.world.otherConfig["HA_FENCE_HEURISTICS_IPS"]).toBe("10.0.0.1:[fd00::1]");
    const dashed = await haCfg(["set", "FENCE_PASSWD", "--", "-hunter2"]);
    expect(dashed.world.otherConfig["HA_FENCE_PASSWD"]).toBe("-hunter2");
  });

  test("a secret is on no output, whether it is taken or refused", async () => {
    const runs = [
      await haCfg(["set", "FENCE_PASSWD", "hunter2"]),
      await haCfg(["set", "FENCE_PASSWD", "hunter2"], { otherConfig: { HA_FENCE_PASSWD: "hunter2" } }),
      await haCfg(["set", "FENCE_PASSWD", "hunter2\u0007"]),
      await haCfg(["set", "FENCE_PASSWD", "-hunter2"]),
      await haCfg(["set", "FENCE_PASSWD", "--hunter2"]),
      await haCfg(["set", "FENCE_PASSWD", "hunter2", "hunter2"]),
    ];
    expect(runs.map((run) => run.code)).toEqual([0, 0, 2, 2, 2, 2]);
    for (const run of runs) expect(run.out + run.err).not.toContain("hunter2");
  });

  test("says that the override file of this host is stronger", async () => {
    const { err } = await haCfg(["set", "XE_TIMEOUT", "9"], { override: { XE_TIMEOUT: "7" } });
    expect(err).toContain("the override file sets XE_TIMEOUT");
  });

  test("a copy to the slaves that fails is told; the value is stored all the same", async () => {
    const { code, err, world } = await haCfg(["set", "XE_TIMEOUT", "9"], { syncFault: { kind: "timeout" } });
    expect(code).toBe(0);
    expect(err).toContain("Cannot copy the pool database to the slaves now");
    expect(world.calls).toContain("wake");
  });

  test("no answer to the change: exit 124, and that it may have been made", async () => {
    const { code, out, err } = await haCfg(["set", "XE_TIMEOUT", "9"], {
      writeFault: () => ({ kind: "timeout" }),
    });
    expect([code, out]).toEqual([124, ""]);
    expect(err).toContain("XAPI may have done it all the same");
  });
});

describe("ha-cfg ha-status", () => {
  const rows: readonly (readonly [string | undefined, number, string, boolean | null])[] = [
    ["true", 0, "true\n", true],
    ["false", 0, "false\n", false],
    ["TRUE", 1, "unset\n", null],
    [undefined, 1, "unset\n", null],
  ];
  for (const [value, code, out, ha] of rows) {
    test(`the field ${value ?? "not there"}: ${out.trim()}, exit ${code}`, async () => {
      const otherConfig: Record<string, string> = value === undefined ? {} : { [FLAG]: value };
      const run = await haCfg(["ha-status"], { otherConfig });
      expect([run.code, run.out]).toEqual([code, out]);
      const json = await haCfg(["ha-status", "--json"], { otherConfig });
      expect(JSON.parse(json.out)).toEqual({ ha, source: "pool" });
    });
  }

  test("a master that never answers: what it was last, exit 124, and whose silence it is", async () => {
    const run = await haCfg(["ha-status"], {
      hangs: true,
      rememberedFlag: "on",
      role: { kind: "slave", masterAddress: "10.0.0.1" },
    });
    expect([run.code, run.out]).toEqual([124, "true\n"]);
    expect(run.err).toContain("slave of 10.0.0.1");
    expect(run.err).toContain("what it was last");
  });

  test("XAPI silent and nothing remembered: says nothing it does not know", async () => {
    const run = await haCfg(["ha-status"], { readFault: { kind: "unreachable", detail: "ECONNREFUSED" } });
    expect([run.code, run.out]).toEqual([124, ""]);
  });
});

describe("ha-cfg ha-enable, ha-disable", () => {
  test("switch the one key, copy, wake", async () => {
    const on = await haCfg(["ha-enable", "--force"], { otherConfig: { HA_OP_MODE: "2", [FLAG]: "false" } });
    expect([on.code, on.err]).toEqual([0, ""]);
    expect(on.out).toEndWith("\nHA is switched on for pool lab.\n");
    expect(on.world.calls.slice(-4)).toEqual([`${FLAG}=true`, "sync", "wake", "close"]);
    const off = await haCfg(["ha-disable"], { otherConfig: on.world.otherConfig });
    expect([off.code, off.world.otherConfig[FLAG]]).toEqual([0, "false"]);
  });

  test("use the pool's own field name", async () => {
    const { world } = await haCfg(["ha-enable", "--force"], {
      otherConfig: { HA_XC_FIELD_NAME: "my-ha" },
    });
    expect(world.otherConfig["XenCenter.CustomFields.my-ha"]).toBe("true");
  });

  test("already so: nothing is written", async () => {
    const { code, out, world } = await haCfg(["ha-disable"], { otherConfig: { [FLAG]: "false" } });
    expect([code, out]).toEqual([0, "HA is already off for pool lab.\n"]);
    expect(world.calls).toEqual(["read", "wake", "close"]);
  });

  test("a pool without a name, and one with an odd one", async () => {
    const off = { otherConfig: { [FLAG]: "true" } };
    const nameless = await haCfg(["ha-disable"], { ...off, poolName: "" });
    expect(nameless.out).toBe("HA is switched off for this pool.\n");
    const odd = await haCfg(["ha-disable"], { ...off, poolName: "x\n\u001b[2J" });
    expect(odd.out).toBe('HA is switched off for pool "x\\n\\u{1b}[2J".\n');
    for (const args of [
      ["backup", "/b"],
      ["remove", "--yes"],
    ]) {
      const run = await haCfg(args, { ...off, poolName: "" });
      expect([run.code, run.out]).toEqual([0, expect.stringContaining("of this pool ")]);
    }
  });

  test("HA is not switched on beside XAPI's own HA, but off it can be switched", async () => {
    const on = await haCfg(["ha-enable"], { haEnabled: true });
    expect([on.code, on.world.otherConfig]).toEqual([1, {}]);
    expect((await haCfg(["ha-disable"], { haEnabled: true })).code).toBe(0);
  });

  test("XAPI silent: nothing is claimed, exit 124", async () => {
    const { code, out, world } = await haCfg(["ha-disable"], { readFault: { kind: "timeout" } });
    expect([code, out]).toEqual([124, ""]);
    expect(world.calls).toEqual(["read", "close"]);
  });

  test("a fault that is an answer: exit 1", async () => {
    const readFault = { kind: "api", code: "HOST_STILL_BOOTING", params: [] } as const;
    expect((await haCfg(["ha-enable"], { readFault })).code).toBe(1);
  });
});

test("ha-cfg: what is no UTF-8 is refused, whatever the action, and nothing is done", async () => {
  for (const args of [
    ["set", "MAIL_SUBJECT", "gr\ufffd"],
    ["set", "SMTP_PASS", "\ufffd"],
    ["backup", "/root/\ufffd"],
  ]) {
    const { code, err, out, world } = await haCfg(args, { otherConfig: {} });
    expect([code, out, world.calls]).toEqual([2, "", []]);
    expect(err).toBe(`Cannot run ha-cfg: argument ${args.length} is no text (UTF-8)\n`);
  }
});

describe("ha-cfg as a user who is not root", () => {
  const denied = "/var/lib/xcp/xapi";
  for (const args of [["get"], ["status"], ["set", "OP_MODE", "1"], ["log"], ["ha-enable"]]) {
    test(`${args.join(" ")}: says to run it as root, exit 1, nothing asked`, async () => {
      const { code, out, err, world } = await haCfg(args, { denied, isRoot: false });
      expect([code, out, world.calls]).toEqual([1, "", []]);
      expect(err).toBe(`Cannot run ha-cfg ${args[0]}: this user may not use ${denied}. Run it as root.\n`);
    });
  }

  test("help, version and completion are for everybody", async () => {
    for (const args of [["--help"], ["set", "--help"], ["version"], ["bash-completion"]])
      expect((await haCfg(args, { denied, isRoot: false })).code).toBe(0);
  });
});
