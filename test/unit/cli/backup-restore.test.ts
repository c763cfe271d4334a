import { describe, expect, test } from "bun:test";
import { haCfg } from "./run.ts";
import { FLAG } from "./vms.ts";

const FILE = "/root/ha.conf";
const PASSWORD = `a 'b' "c" $d #e`;
const stored = {
  HA_FENCE_METHOD: "IPMI",
  HA_FENCE_PASSWD: PASSWORD,
  HA_FENCE_HEURISTICS_IPS: "10.0.0.1:[fd00::1]",
  HA_SMTP_USER: "",
  HA_MAIL_SUBJECT: "Alarm on $HOSTNAME",
  [FLAG]: "true",
  mine: "1",
};

describe("ha-cfg backup", () => {
  test("writes every parameter of the pool, not this host's overrides, not HA on/off", async () => {
    const run = await haCfg(["backup", FILE], { otherConfig: stored, override: { XE_TIMEOUT: "99" } });
    expect([run.code, run.err]).toEqual([0, ""]);
    expect(run.out).toBe("55 parameters of pool lab written to /root/ha.conf (mode 0600)\n");
    const text = run.world.files[FILE] ?? "";
    expect(text).toStartWith(
      "# Parameters of pool lab, 1970-01-01T00:00:00.000Z, ha-lizard 3.0.0.\n# Put back with ",
    );
    expect(text).toContain("\nFENCE_METHOD=IPMI\n");
    expect(text).toContain("\nXE_TIMEOUT=5\n");
    expect(text).toContain("\nSMTP_USER=\n");
    expect(text).not.toContain("CustomFields");
    expect(text).not.toContain("mine");
    expect(run.out + run.err).not.toContain(PASSWORD);
    expect(run.world.calls).toEqual(["read", `write ${FILE}`, "close"]);
  });

  test("what is written comes back as it was, passwords and all", async () => {
    const { world } = await haCfg(["backup", FILE], { otherConfig: stored });
    const back = await haCfg(["restore", FILE], { files: world.files });
    expect(back.code).toBe(0);
    const { [FLAG]: _, mine: __, ...parameters } = stored;
    expect(back.world.otherConfig).toMatchObject(parameters);
    expect(Object.keys(back.world.otherConfig).length).toBe(55);
    expect(back.out + back.err).not.toContain(PASSWORD);
    const again = await haCfg(["restore", FILE], { files: world.files, otherConfig: back.world.otherConfig });
    expect([again.code, again.out]).toEqual([
      0,
      "All 55 parameters already have these values: nothing was changed.\n",
    ]);
  });

  test("a file that is there is replaced only after a yes", async () => {
    const files = { [FILE]: "old" };
    const refused = await haCfg(["backup", FILE], { files });
    expect([refused.code, refused.world.files[FILE]]).toEqual([2, "old"]);
    expect(refused.err).toContain("give --yes");
    expect((await haCfg(["backup", FILE, "--yes"], { files })).code).toBe(0);
    expect((await haCfg(["backup", FILE], { files, terminal: true, lines: ["yes"] })).code).toBe(0);
    const no = await haCfg(["backup", FILE], { files, terminal: true, lines: ["no"] });
    expect([no.code, no.world.files[FILE]]).toEqual([1, "old"]);
  });

  test("a device, folder or link is never replaced; a disk that is full is told", async () => {
    const device = await haCfg(["backup", "/dev/null", "--yes"], { files: { "/dev/null": null } });
    expect([device.code, device.err]).toEqual([
      1,
      "Cannot write a backup to /dev/null: it is there, and it is no ordinary file.\n",
    ]);
    const full = await haCfg(["backup", "/full/x"]);
    expect([full.code, full.out, full.err]).toEqual([
      1,
      "",
      "Cannot write a backup to /full/x: the disk is full.\n",
    ]);
  });

  test("XAPI silent: no backup of what may be old, exit 124", async () => {
    const run = await haCfg(["backup", FILE], { readFault: { kind: "timeout" } });
    expect([run.code, run.world.files]).toEqual([124, {}]);
  });

  test("no name of a file: exit 2", async () => {
    for (const args of [["backup"], ["backup", ""], ["backup", "-"]])
      expect((await haCfg(args)).code).toBe(2);
  });
});

describe("ha-cfg restore", () => {
  const restore = (text: string, otherConfig: Record<string, string> = {}) =>
    haCfg(["restore", FILE], { files: { [FILE]: text }, otherConfig });

  test("shows the difference, secrets masked, and writes that alone", async () => {
    const run = await restore("# a comment\nXE_TIMEOUT=7\nFENCE_PASSWD='new one'\nHA_OP_MODE=2\n", {
      HA_XE_TIMEOUT: "5",
      HA_FENCE_PASSWD: "old one",
      HA_OP_MODE: "2",
    });
    expect([run.code, run.err]).toEqual([0, ""]);
    expect(run.out).toBe(
      [
        "  XE_TIMEOUT    5 -> 7",
        "  FENCE_PASSWD  ******** -> ********",
        "Success: XE_TIMEOUT set to 7",
        "Success: FENCE_PASSWD set to ********",
        "Wait at least 45 seconds for changes to be applied",
        "",
      ].join("\n"),
    );
    expect(run.world.calls).toEqual([
      "read",
      "HA_XE_TIMEOUT=7",
      "HA_FENCE_PASSWD=new one",
      "sync",
      "wake",
      "close",
    ]);
  });

  test("one bad line, and nothing is written, XAPI not even asked; every problem is named, no value repeated", async () => {
    const run = await restore(
      [
        "OP_MODE=2",
        "XE_TIMEOUT=soon",
        "FENCE_METHD=ILO",
        "LOG_email=0",
        "FENCE_PASSWD='hunter2",
        "SMTP_PASS=hunter2\u0007",
        "what is this",
        "fence_action=stop",
        "FENCE_ACTION=reset",
      ].join("\n"),
    );
    expect([run.code, run.out]).toEqual([1, ""]);
    expect(run.world.calls).toEqual([]);
    expect(run.err).not.toContain("hunter2");
    expect(run.err).toStartWith("Cannot restore from /root/ha.conf, nothing was changed:\n  line 5: ");
    for (const says of [
      "line 7: not understood",
      "XE_TIMEOUT: not a whole number",
      "FENCE_METHD: there is no such parameter; did you mean FENCE_METHOD?",
      "LOG_email: it is no parameter of the pool",
      "SMTP_PASS: ",
      "FENCE_ACTION: it stands there twice",
    ])
      expect(run.err).toContain(says);
  });

  test("parameters of HA-Lizard 2.x are passed over", async () => {
    const run = await restore("DISK_MONITOR=1\nHA_OP_MODE=1\n");
    expect([run.code, run.err]).toEqual([0, "Ignored, not used by this program: DISK_MONITOR\n"]);
    expect(run.world.otherConfig).toEqual({ HA_OP_MODE: "1" });
  });

  test("no parameters, no file, no ordinary file: exit 1", async () => {
    expect((await restore("# nothing\n")).err).toContain("it holds no parameters");
    const missing = await haCfg(["restore", FILE]);
    expect([missing.code, missing.err]).toEqual([
      1,
      "Cannot restore from /root/ha.conf: there is no such file.\n",
    ]);
  });

  test("a dangerous value is restored with its warning", async () => {
    const run = await restore("FENCE_HA_ONFAIL=1\n");
    expect(run.code).toBe(0);
    expect(run.err).toContain("Warning: FENCE_HA_ONFAIL=1: dangerous");
  });
});

describe("ha-cfg restore-default", () => {
  test("asks; then every parameter has its default, and HA on/off stays", async () => {
    const asked = await haCfg(["restore-default"], { otherConfig: stored });
    expect([asked.code, asked.world.calls]).toEqual([2, ["read", "close"]]);
    const run = await haCfg(["restore-default", "--yes"], { otherConfig: stored });
    expect(run.code).toBe(0);
    expect(run.out).toContain("  FENCE_METHOD               IPMI -> POOL\n");
    expect(run.out + run.err).not.toContain(PASSWORD);
    expect(run.world.otherConfig).toMatchObject({
      HA_FENCE_METHOD: "POOL",
      HA_FENCE_PASSWD: "",
      [FLAG]: "true",
      mine: "1",
    });
    const again = await haCfg(["restore-default"], { otherConfig: run.world.otherConfig });
    expect([again.code, again.out]).toEqual([
      0,
      "All 55 parameters already have their defaults: nothing was changed.\n",
    ]);
  });
});
