import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { startSmtpServer, type TestMailServer } from "../../unit/adapters/mail/smtp-server.ts";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { type Ran, Stage } from "./stage.ts";

const FLAG = "XenCenter.CustomFields.ha-lizard-enabled";
const WEB = "00000001-3333-4333-8333-333333333333";

const folder = new ScratchFolder("ha-cfg");
let stage: Stage;
let mail: TestMailServer;
beforeAll(async () => {
  mail = await startSmtpServer({ login: "user:topsecret" });
  stage = await Stage.open(folder, {
    hosts: 3,
    ha: "true",
    vms: [{ name: "web", on: 1 }, { name: "db", on: 2 }, { name: "spare" }],
    params: {
      ...{
        SMTP_SERVER: "127.0.0.1",
        SMTP_PORT: String(mail.port),
        SMTP_USER: "user",
        SMTP_PASS: "topsecret",
      },
      FENCE_PASSWD: "s3cret-of-the-bmc",
    },
  });
});
afterAll(async () => {
  await stage.stop();
  await mail.close();
});

/** Actions that a test of this file has run. */
const tried = new Set<string>();

async function run(args: readonly string[], options: Parameters<Stage["run"]>[2] = {}): Promise<Ran> {
  tried.add(args[0] ?? "");
  return stage.run(1, args, options);
}

async function done(args: readonly string[], options: Parameters<Stage["run"]>[2] = {}): Promise<string> {
  const { code, out, err } = await run(args, options);
  expect({ args, code, err }).toEqual({ args, code: 0, err: "" });
  return out;
}

async function json(args: readonly string[]): Promise<unknown> {
  return JSON.parse((await run([...args, "--json"])).out);
}

describe("ha-cfg, compiled, on a master", () => {
  test("version", async () => expect(await done(["version"])).toMatch(/^ha-lizard \d+\.\d+\.\d+/));

  test("insert: what is missing is written, what is there stays, twice is once", async () => {
    const out = await done(["insert"]);
    expect(out).toContain("inserted HA_FENCE_METHOD = POOL\n");
    expect(out).not.toContain("HA_SMTP_PORT");
    expect(stage.poolKeys()["HA_SMTP_PORT"]).toBe(String(mail.port));
    expect(await done(["insert"])).toContain("nothing was changed");
  });

  test("get: values, where they are from, and no secret unless root asks for it", async () => {
    const out = await done(["get"]);
    expect(out).toMatch(/^FENCE_METHOD=POOL$/m);
    expect(out).toMatch(/^SMTP_PASS=\*{8}$/m);
    expect(await done(["get", "--plain"])).toBe(out);
    for (const text of [out, JSON.stringify(await json(["get"]))])
      for (const secret of ["topsecret", "s3cret"]) expect(text).not.toContain(secret);
    expect(await done(["get", "smtp_pass", "--show-secrets"])).toContain("topsecret");
    expect(await json(["get", "fence_method"])).toMatchObject([{ name: "FENCE_METHOD", value: "POOL" }]);
  });

  test("set: one key, checked, with a word about danger", async () => {
    expect(await done(["set", "xe_timeout", "7"])).toContain("XE_TIMEOUT");
    expect(stage.poolKeys()["HA_XE_TIMEOUT"]).toBe("7");
    const dangerous = await run(["set", "FENCE_HA_ONFAIL", "1"]);
    expect([dangerous.code, dangerous.err]).toEqual([
      0,
      expect.stringContaining("two copies destroy a disk"),
    ]);
    await done(["set", "FENCE_HA_ONFAIL", "0"]);
    const refused = await run(["set", "XE_TIMEOUT", "soon"]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("a whole number from 1 to 300")]);
    expect(stage.poolKeys()["HA_XE_TIMEOUT"]).toBe("7");
  });

  test("set PARAM -: a secret comes through standard input, not through the command line", async () => {
    const { code, out, err } = await run(["set", "FENCE_PASSWD", "-"], { input: "an0ther\n" });
    expect(code).toBe(0);
    expect(out + err).not.toContain("an0ther");
    expect(stage.poolKeys()["HA_FENCE_PASSWD"]).toBe("an0ther");
  });

  test("set --local: the override file of this host, for root's eyes", async () => {
    await done(["set", "--local", "FENCE_TIMEOUT", "90"]);
    const file = stage.at(1, "etc/ha-lizard/ha-lizard.conf");
    expect(stage.read(1, "etc/ha-lizard/ha-lizard.conf")).toBe("# nothing yet\nFENCE_TIMEOUT=90\n");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await json(["get", "FENCE_TIMEOUT"])).toMatchObject([{ value: "90", source: "override" }]);
    expect(stage.poolKeys()["HA_FENCE_TIMEOUT"]).toBe("60");
  });

  test("unset --local: the override is gone, the pool's value holds", async () => {
    await done(["unset", "--local", "FENCE_TIMEOUT"]);
    expect(stage.read(1, "etc/ha-lizard/ha-lizard.conf")).toBe("# nothing yet\n");
    expect(await done(["get", "FENCE_TIMEOUT"])).toBe("FENCE_TIMEOUT=60\n");
  });

  test("get-vm-ha and set-vm-ha", async () => {
    const set = await run(["set-vm-ha", "web", "false"]);
    expect(set.out).toContain("UUID for web found");
    expect(set.out).toContain("Success: VM: web updated to HA status: false\n");
    expect(set.err).toContain("GLOBAL_VM_HA=1 manages every VM");
    expect(await json(["get-vm-ha", "web"])).toMatchObject([{ name: "web", uuid: WEB, ha: false }]);
    await run(["set-vm-ha", WEB, "true"]);
    expect(await done(["get-vm-ha"])).toMatch(new RegExp(`^true +yes +${WEB} +web$`, "m"));
  });

  test("confirm-off: nobody takes the word of a host whose monitor does not run", async () => {
    const { code, err } = await run(["confirm-off", "h2", "--yes"]);
    expect([code, err]).toEqual([1, expect.stringContaining("Cannot confirm that ")]);
  });

  test("disarm and arm: nobody takes the word of a host whose monitor does not run", async () => {
    for (const verb of ["disarm", "arm"]) {
      const { code, err } = await run([verb]);
      expect([code, err]).toEqual([1, expect.stringContaining("Cannot tell whether the hosts have it: ")]);
    }
    expect(stage.poolKeys()["ha-lizard-disarm"]).toMatch(/^\d+\.pool\.0$/);
  });

  test("resume: nobody takes the word of a host whose monitor does not run", async () => {
    const { code, err } = await run(["resume", "--yes"]);
    expect([code, err]).toEqual([1, expect.stringContaining("Cannot resume fencing: ")]);
  });

  test("ha-status, ha-disable, ha-enable", async () => {
    expect(await done(["ha-status"])).toBe("true\n");
    await done(["ha-disable"]);
    expect([await done(["ha-status"]), stage.poolKeys()[FLAG]]).toEqual(["false\n", "false"]);
    // Nothing runs on these hosts, and nobody answers here: that is found before HA is switched on.
    const refused = await run(["ha-enable"]);
    expect([refused.code, stage.poolKeys()[FLAG]]).toEqual([1, "false"]);
    expect([refused.out, refused.err]).toEqual([
      expect.stringMatching(/^bad +the monitor does not run on this host/m),
      expect.stringContaining("give --force"),
    ]);
    expect((await run(["ha-enable", "--force"])).code).toBe(0);
    expect(stage.poolKeys()[FLAG]).toBe("true");
  });

  test("preset: shows what it would change; nothing without a yes", async () => {
    const before = stage.poolKeys();
    const asked = await run(["preset", "auto-start"]);
    expect([asked.code, stage.poolKeys()]).toEqual([2, before]);
    expect(asked.err).toContain("--yes");
    const { code } = await run(["preset", "auto-start", "--yes"]);
    expect([code, stage.poolKeys()["HA_FENCE_ENABLED"]]).toEqual([0, "0"]);
    await run(["preset", "two-node", "--yes"]);
    expect(stage.poolKeys()["HA_FENCE_MIN_HOSTS"]).toBe("2");
  });

  test("backup, restore-default and restore: there and back", async () => {
    const file = stage.at(1, "backup");
    await done(["backup", file]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = stage.poolKeys();
    expect((await run(["restore-default", "--yes"])).code).toBe(0);
    expect(stage.poolKeys()["HA_FENCE_MIN_HOSTS"]).toBe("3");
    expect((await run(["restore", file])).code).toBe(0);
    expect(stage.poolKeys()).toEqual(before);
    stage.write(1, "bad", "XE_TIMEOUT=9\nXAPI_COUNT=none\n");
    const bad = await run(["restore", stage.at(1, "bad")]);
    expect([bad.code, stage.poolKeys()]).toEqual([1, before]);
  });

  test("email: a server without TLS is not told the password before somebody has chosen so", async () => {
    const { code, err } = await run(["email"], { network: true });
    expect(code).toBe(1);
    expect(err).toMatch(/does not encrypt .*, so the password is not sent\. .*ha-cfg set SMTP_TLS off\.$/m);
    expect(mail.logins).toEqual([]);
    expect((await run(["set", "SMTP_TLS", "off"])).code).toBe(0);
  });

  test("email and email-debug: a real server takes it, and nobody sees the password", async () => {
    expect(await done(["email"], { network: true })).toContain("The mail server has taken it.");
    const { code, out, err } = await run(["email-debug"], { network: true });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^ {2}> EHLO /m);
    for (const secret of ["topsecret", Buffer.from("\0user\0topsecret").toString("base64")])
      expect(out).not.toContain(secret);
    expect(mail.mails.map(({ login, to }) => [login, to])).toEqual([
      ["user:topsecret", ["root@localhost"]],
      ["user:topsecret", ["root@localhost"]],
    ]);
    expect(mail.mails[0]?.data).toContain("Test mail of HA-Lizard");
    await run(["set", "SMTP_PASS", "-"], { input: "wrong\n" });
    const wrong = await run(["email", "--json"], { network: true });
    expect([wrong.code, JSON.parse(wrong.out)]).toEqual([
      1,
      expect.objectContaining({ sent: false, why: expect.stringContaining("535") }),
    ]);
    expect(wrong.out + wrong.err).not.toContain("wrong\n");
  });

  test("show-alerts and clear-alerts: only ours", async () => {
    const { database, messages } = stage.server.world.host(1);
    const [pool] = database.refs("pool");
    const post = (name: string, body: string) =>
      messages.set(`OpaqueRef:${name}`, {
        ...{ uuid: name, name, priority: 1, cls: "pool", obj_uuid: String(pool) },
        ...{ timestamp: "20261123T09:41:40Z", body },
      });
    post("HA-LIZARD", "h9 has failed\nLook at h9.");
    post("OTHERS", "stays");
    expect(await done(["show-alerts"])).toBe(
      "2026-11-23 09:41:40 UTC  critical\n  h9 has failed\n    Look at h9.\n",
    );
    expect(await json(["show-alerts"])).toMatchObject([{ severity: "critical", subject: "h9 has failed" }]);
    expect(await done(["clear-alerts"])).toBe("1 alerts removed.\n");
    expect([...messages.values()].map(({ name }) => name)).toEqual(["OTHERS"]);
  });

  test("log: this program's lines of the system's log", async () => {
    const line = (text: string) => `Nov 23 09:41:40 h1 ${text}\n`;
    stage.write(
      1,
      "var/log/messages",
      line("ha-lizard[1]: vm_mon: one") + line("sshd[2]: other") + line("ha-lizard[1]: vm_mon: two"),
    );
    const out = await done(["log", "--no-follow", "-n", "1"]);
    expect(out).toContain("vm_mon: two");
    expect(out).not.toMatch(/one|other/);
  });

  test("status", async () => {
    const out = await done(["status"]);
    for (const part of [
      /^HA +on$/m,
      /^Master +h1$/m,
      /^VMs +3 managed, 2 running, 1 waiting/m,
      /^\* h1 +master/m,
    ])
      expect(out).toMatch(part);
    expect(await json(["status"])).toMatchObject({ schema: 1, ha: "on", vms: { all: 3 } });
  });

  test("doctor: exit 1 while something is bad, each with its cure", async () => {
    const { code, out } = await run(["doctor"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^ok {4}XAPI answers in \d+ ms$/m);
    expect(out).toMatch(/^bad {3}the monitor does not run on this host -> service ha-lizard start$/m);
    expect(await json(["doctor"])).toBeObject();
  });

  test("fence-test: asks the method's agent, switches nothing", async () => {
    stage.write(
      1,
      "agents/MINE/MINE.sh",
      '#!/bin/sh\necho "$2" >>"$0.asked"\ncase $2 in status) exit 0 ;; esac\nexit 1\n',
    );
    await Bun.$`chmod 755 ${stage.at(1, "agents/MINE/MINE.sh")}`.quiet();
    await run(["set", "FENCE_FILE_LOC", stage.at(1, "agents")]);
    await run(["set", "FENCE_METHOD", "MINE"]);
    const { out } = await run(["fence-test", "h2"]);
    expect(out).toMatch(/^h2 +MINE /m);
    const asked = stage.at(1, "agents/MINE/MINE.sh.asked");
    if (existsSync(asked)) expect(stage.read(1, "agents/MINE/MINE.sh.asked")).toBe("status\n");
    expect(await json(["fence-test"])).toBeArrayOfSize(3);
  });

  test("fence-hosts: the list of this host; those of hosts without the plugin are not known", async () => {
    const { code, out } = await run(["fence-hosts", "--method", "ilo"]);
    expect([code, out]).toEqual([1, expect.stringMatching(/^h1 +no device +no list there$/m)]);
    const refused = await run(["fence-hosts", "set", "h1", "192.0.2.1"]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("give --yes")]);
  });

  test("power-on: refused where no monitor knows whether the host is heard", async () => {
    const refused = await run(["power-on", "h2", "--yes"]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("Cannot switch ")]);
  });

  test("tie-breaker: what is set, and what each choice means for this pool", async () => {
    const out = await done(["tie-breaker"]);
    expect(out).toStartWith("TIE_BREAKER=ip\n");
    expect(out).toContain("\n* ip ");
    const refused = await run(["tie-breaker", "ssh", "ha@h2:claims"]);
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining("give --yes")]);
  });

  test("plan: where VMs would be started if a host failed", async () => {
    expect(await done(["plan"])).toStartWith("If one host failed now:\n  noticed     after about ");
    expect(await done(["plan", "--if-host-fails", "h1"])).toStartWith("If h1 failed now:\n");
    expect(await json(["plan", "--if-host-fails", "h1,h2"])).toBeObject();
  });

  test("drill: the death of the master, played by the compiled program; the pool is not touched", async () => {
    const before = [...stage.server.world.log];
    const out = await done(["drill", "h1"]);
    expect(out).toStartWith("If h1, the master, died now (a simulation: nothing was touched):\n");
    expect(out).toContain("h1 loses power\n");
    expect(out).toContain("Times to expect:\n  not heard any more ");
    expect(stage.server.world.log).toEqual(before);
    expect(await json(["drill", "h2"])).toMatchObject({ host: "h2", isMaster: false });
    expect((await run(["drill", "h9"])).code).toBe(2);
  });

  test("history: nothing yet, and hosts without this program are named", async () => {
    const { code, out, err } = await run(["history"]);
    expect([code, out]).toEqual([0, "Nothing has happened in the last 30 days, by these records.\n"]);
    expect(err).toMatch(/^Without the record of h2: /m);
  });

  test("report: there is nothing to report yet", async () => {
    const { code, err } = await run(["report", stage.at(1, "report.html")]);
    expect([code, err]).toEqual([2, expect.stringContaining("Cannot write a report: nothing has happened")]);
  });

  test("replay: the records of this host, and what is none", async () => {
    expect(await done(["replay"])).toBe("This host has no record yet: it is written while HA runs.\n");
    const { code, err } = await run(["replay", "/etc/hostname"]);
    expect([code, err]).toEqual([2, "Cannot replay /etc/hostname: it is no record of ha-lizard.\n"]);
  });

  test("status --nagios: one line, and the exit code of a plugin", async () => {
    const { code, out, err } = await run(["status", "--nagios"]);
    // No daemon runs on these hosts.
    expect([code, err]).toEqual([2, ""]);
    expect(out).toMatch(/^HA-LIZARD CRITICAL - .*the monitor does not run.*\|hosts_alive=\d.*\n$/);
    expect((await run(["status", "--nagios", "--jsn"])).code).toBe(3);
  });

  test("metrics: on standard output, and in a file that node_exporter reads", async () => {
    const out = await done(["metrics"]);
    expect(out).toContain("# TYPE ha_lizard_vms gauge\nha_lizard_vms 3\n");
    const file = stage.at(1, "ha-lizard.prom");
    expect([await done(["metrics", "--output", file]), statSync(file).mode & 0o777]).toEqual(["", 0o644]);
    expect(stage.read(1, "ha-lizard.prom")).toContain("\nha_lizard_monitor_running 0\n");
  });

  test("watch: only on a terminal (watch.test.ts)", async () => {
    const { code, out, err } = await run(["watch"]);
    expect([code, out, err]).toEqual([2, "", expect.stringContaining("use ha-cfg status")]);
  });

  test("explain: a host, and a VM", async () => {
    expect(await done(["explain", "host", "h2"])).toMatch(/^Host h2 .*\n\nNow {3}slave, enabled; /);
    expect(await done(["explain", "vm", "web"])).toContain("Now   it runs on h1.\n");
    expect(await json(["explain", "vm", "spare"])).toMatchObject([{ kind: "vm", name: "spare" }]);
  });

  test("manual: the chapters are in the executable", async () => {
    expect(await done(["manual"])).toContain("  purpose ");
    expect(await done(["manual", "purpose"])).toStartWith("WHAT HA-LIZARD DOES\n====");
  });

  test("bash-completion", async () =>
    expect(await done(["bash-completion"])).toContain("complete -F _ha_cfg ha-cfg"));

  test("remove: asks first; then our keys are gone, and nobody else's", async () => {
    const others = { "xo:tag": "gold", HA_unknown: "theirs" };
    for (const [key, value] of Object.entries(others)) setPoolKey(key, value);
    const asked = await run(["remove"]);
    expect([asked.code, stage.poolKeys()["HA_OP_MODE"]]).toEqual([2, "2"]);
    expect((await run(["remove", "--vms", "--yes"])).code).toBe(0);
    expect(stage.poolKeys()).toMatchObject({ "xo:tag": "gold" });
    const left = [...stage.otherConfigs("pool"), ...stage.otherConfigs("VM"), ...stage.otherConfigs("host")];
    const ours = left
      .flatMap((keys) => Object.keys(keys))
      .filter((key) => key === FLAG || key === "home-pool" || key === "HA_XE_TIMEOUT");
    expect(ours).toEqual([]);
  });

  test("every action in the help was run by a test here", async () => {
    const { out } = await stage.run(1, ["--help"]);
    const listed = [...out.matchAll(/^ {2,}([a-z][a-z-]+) {2,}/gm)].map((match) => match[1] ?? "");
    expect(listed.length).toBeGreaterThan(20);
    expect(listed.filter((name) => !tried.has(name))).toEqual([]);
  });
});

function setPoolKey(key: string, value: string): void {
  const { database } = stage.server.world.host(1);
  for (const [ref, fields] of database.entries("pool"))
    database.update("pool", ref, { other_config: { ...(fields["other_config"] as object), [key]: value } });
}
