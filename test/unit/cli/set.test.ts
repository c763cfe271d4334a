import { describe, expect, test } from "bun:test";
import { haCfg } from "./run.ts";

const WHERE = `FENCE_PASSWD is stored in the pool database, where every administrator of the
pool can read it; with --local it is in a file of this host that only root can
read.
`;

describe("ha-cfg set PARAM -", () => {
  test("takes a secret from the pipe, and shows it nowhere", async () => {
    const run = await haCfg(["set", "FENCE_PASSWD", "-"], { lines: ["-hunter2 'x'"] });
    // Where it goes is said before it is typed.
    expect([run.code, run.err]).toEqual([0, WHERE]);
    expect(run.world.otherConfig["HA_FENCE_PASSWD"]).toBe("-hunter2 'x'");
    expect(run.out).toBe(
      "Success: FENCE_PASSWD set to ********\nWait at least 45 seconds for changes to be applied\n",
    );
  });

  test("on a terminal it asks twice and shows nothing", async () => {
    const run = await haCfg(["set", "FENCE_PASSWD", "-"], { terminal: true, lines: ["hunter2", "hunter2"] });
    expect([run.code, run.err]).toEqual([0, `${WHERE}FENCE_PASSWD: \nFENCE_PASSWD again: \n`]);
    const slip = await haCfg(["set", "FENCE_PASSWD", "-"], { terminal: true, lines: ["hunter2", "hunter3"] });
    expect([slip.code, slip.world.calls]).toEqual([2, []]);
    expect(slip.err).toContain("the two are not the same");
  });

  test("what is no secret is asked once", async () => {
    const run = await haCfg(["set", "MAIL_TO", "-"], { terminal: true, lines: ["a@b.c"] });
    expect([run.code, run.world.otherConfig["HA_MAIL_TO"]]).toEqual([0, "a@b.c"]);
  });

  test("an empty line is nothing, an empty input is wrong usage", async () => {
    expect((await haCfg(["set", "SMTP_USER", "-"], { lines: [""] })).code).toBe(0);
    const run = await haCfg(["set", "SMTP_USER", "-"]);
    expect([run.code, run.world.calls]).toEqual([2, []]);
  });

  test("a value that is refused is not repeated", async () => {
    const run = await haCfg(["set", "FENCE_PASSWD", "-"], { lines: ["hunter2\u0007"] });
    expect(run.code).toBe(2);
    expect(run.err).not.toContain("hunter2");
  });

  test("a secret on the command line is taken, with a word on who sees it", async () => {
    const run = await haCfg(["set", "FENCE_PASSWD", "hunter2"]);
    expect([run.code, run.err]).toEqual([
      0,
      `${WHERE}Warning: whoever is on this host can see a command line; ha-cfg set FENCE_PASSWD - asks.\n`,
    ]);
  });
});

describe("ha-cfg set --local", () => {
  test("writes the override file of this host, asks no XAPI, wakes the monitor", async () => {
    const run = await haCfg(["set", "xe_timeout", "9", "--local"], { lastGood: { MONITOR_DELAY: "60" } });
    expect([run.code, run.err]).toEqual([0, ""]);
    expect(run.out).toBe(
      "Success: XE_TIMEOUT set to 9 on this host\nWait at least 60 seconds for changes to be applied\n",
    );
    expect(run.world.calls).toEqual(["override XE_TIMEOUT=9", "wake"]);
  });

  test("takes the switches that only a host has", async () => {
    const run = await haCfg(["set", "log_EMAIL", "0", "--local"]);
    expect([run.code, run.world.override]).toEqual([0, { LOG_email: "0" }]);
    const pool = await haCfg(["set", "LOG_email", "0"]);
    expect([pool.code, pool.err]).toEqual([
      2,
      "Cannot set LOG_email: it belongs to one host: set --local writes it to /etc/ha-lizard/ha-lizard.conf there\n",
    ]);
  });

  test("the watchdog's own parameter is not in that file", async () => {
    expect((await haCfg(["set", "WATCH_INTERVAL", "20", "--local"])).code).toBe(2);
  });

  test("already so; a bad value; a file that cannot be written; a secret", async () => {
    const same = await haCfg(["set", "XE_TIMEOUT", "9", "--local"], { override: { XE_TIMEOUT: "9" } });
    expect([same.out, same.world.calls]).toEqual(["XE_TIMEOUT is 9 on this host already.\n", []]);
    expect((await haCfg(["set", "XE_TIMEOUT", "0", "--local"])).code).toBe(2);
    const full = await haCfg(["set", "XE_TIMEOUT", "9", "--local"], { overrideFault: "the disk is full" });
    expect([full.code, full.out, full.err]).toEqual([
      1,
      "",
      "Cannot set XE_TIMEOUT on this host: the disk is full.\n",
    ]);
    const secret = await haCfg(["set", "FENCE_PASSWD", "-", "--local"], { lines: ["hunter2"] });
    expect(secret.out + secret.err).not.toContain("hunter2");
    expect(secret.world.override["FENCE_PASSWD"]).toBe("hunter2");
  });
});

describe("ha-cfg set HEARTBEAT_PORT", () => {
  const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";

  test("only while HA is off: hosts with two ports do not hear each other", async () => {
    const on = await haCfg(["set", "HEARTBEAT_PORT", "6940"], { otherConfig: { [FLAG]: "true" } });
    expect([on.code, on.world.otherConfig["HA_HEARTBEAT_PORT"]]).toEqual([1, undefined]);
    expect(on.err).toContain("HA is on");
    const off = await haCfg(["set", "HEARTBEAT_PORT", "6940"], { otherConfig: { [FLAG]: "false" } });
    expect([off.code, off.world.otherConfig["HA_HEARTBEAT_PORT"]]).toEqual([0, "6940"]);
  });
});
