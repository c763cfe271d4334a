import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { setXapi } from "../../../src/simulation/control.ts";
import { ScratchFolder } from "../../unit/adapters/scratch.ts";
import { Stage } from "./stage.ts";

const folder = new ScratchFolder("plugin");
const SECRET = "s3cret-of-the-bmc";
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open(folder, {
    hosts: 3,
    ha: "true",
    vms: [
      { name: "web & <db>", on: 1 },
      { name: `named as ${SECRET}`, on: 2 },
    ],
    params: { FENCE_PASSWD: SECRET, XE_TIMEOUT: "1" },
  });
  folder.script("root1/opt/xensource/bin/logger", `cat >>${folder.at("log")}`);
  mkdirSync(folder.at("plugins"));
  symlinkSync(stage.binary, folder.at("plugins/ha-lizard-plugin"));
});
afterAll(() => stage.stop());

/** Calls it as XAPI does, and takes the answer apart. */
async function call(host: number, name: string, given: Readonly<Record<string, string>> = {}) {
  const members = Object.entries(given).map(
    ([key, text]) => `<member><name>${key}</name><value>${text}</value></member>`,
  );
  const xml = `<?xml version="1.0"?><methodCall><methodName>${name}</methodName><params><param><value>OpaqueRef:s</value></param><param><value><struct>${members.join("")}</struct></value></param></params></methodCall>`;
  const { env } = stage.command(host, []);
  const command = [
    "unshare",
    "--user",
    "--map-root-user",
    "--net",
    folder.at("plugins/ha-lizard-plugin"),
    xml,
  ];
  const child = Bun.spawn(command, { env, stdin: "ignore", stderr: "pipe", timeout: 60_000 });
  const [out, err] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  expect([await child.exited, err]).toEqual([0, ""]);
  const found = /<name>Status<.name><value><string>(\w+)<.*<name>Value<.name><value><string>([^<]*)</.exec(
    out,
  );
  const [, status = "", value = ""] = found ?? [];
  const text = value.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  return { status, text };
}

describe("the plugin, as XO, Ansible or Terraform call it through XAPI", () => {
  test("status: what ha-cfg status --json shows", async () => {
    const { status, text } = await call(2, "status");
    expect(status).toBe("Success");
    expect(JSON.parse(text)).toMatchObject({
      schema: 1,
      source: "pool",
      self: { name: "h2" },
      vms: { all: 2 },
    });
  });

  test("plan: each host in turn, or those that are named; no password, also where a VM is called by it", async () => {
    const all = await call(1, "plan");
    expect([all.status, JSON.parse(all.text).plans.length]).toEqual(["Success", 3]);
    expect(all.text).toContain("web & <db>");
    expect(all.text).not.toContain(SECRET);
    const one = await call(1, "plan", { hosts: "h1,h2" });
    expect(JSON.parse(one.text).plans).toMatchObject([{ ifFails: ["h1", "h2"] }]);
  });

  test("what goes wrong is an answer, too", async () => {
    expect(await call(1, "plan", { hosts: "h9" })).toEqual({
      status: "Failure",
      text: "Cannot plan for h9: there is no such host; there are h1, h2, h3",
    });
    expect((await call(1, "plan", { hosts: "--help" })).status).toBe("Failure");
    expect((await call(1, "ha-disable")).status).toBe("Failure");
  });

  test("disarm and arm: refused with the cure until an administrator allows them, then by the words of ha-cfg, and logged", async () => {
    const refused = await call(1, "disarm", { for: "2h" });
    expect([refused.status, refused.text]).toEqual([
      "Failure",
      expect.stringContaining("ha-cfg set PLUGIN_WRITE 1"),
    ]);
    expect((await stage.run(1, ["set", "PLUGIN_WRITE", "1"])).code).toBe(0);
    // No monitor runs here, so nobody takes the word; it is in the pool database and in the log.
    expect((await stage.run(1, ["set", "MONITOR_DELAY", "1"])).code).toBe(0);
    const { status, text } = await call(1, "disarm", { for: "90min", host: "h2" });
    expect(status).toBe("Failure");
    expect(text).not.toContain("PLUGIN_WRITE");
    expect(readFileSync(folder.at("log"), "utf8")).toMatch(
      /HA disarmed for h2, for 1 h 30 min, by .* through XAPI \(host\.call_plugin\)/,
    );
    expect(await call(1, "disarm", { hots: "h2" })).toMatchObject({ status: "Failure" });
  });

  test("XAPI hangs: status says so in its answer, plan fails", async () => {
    const { world } = stage.server;
    setXapi(world, world.host(1), "hang");
    await stage.server.settled();
    const { status, text } = await call(1, "status");
    expect([status, JSON.parse(text).source]).toEqual(["Success", "none"]);
    expect(await call(1, "plan")).toEqual({
      status: "Failure",
      text: "Cannot read the pool database: no answer in time.",
    });
    setXapi(world, world.host(1), "run");
    await stage.server.settled();
  });
});
